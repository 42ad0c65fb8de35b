import { formatDiagnosisText } from "../report/diagnosis-text";
import { diagnoseLayer } from "../study/diagnose-layer";
import { chooseSpecification, chosenLayer, studyOptions } from "./choose-specification";
import type { GivenChoice } from "./choose-specification";
import { print, printJson } from "./output";

/** `raella diagnose` */
export async function diagnoseCommand(
  files: readonly string[],
  given: GivenChoice & { readonly json?: boolean },
): Promise<void> {
  const { architecture } = given;
  const layer = files.length === 0 ? chosenLayer(given) : undefined;
  const diagnosis =
    architecture !== undefined && layer !== undefined
      ? diagnoseLayer({ ...studyOptions(given), ...layer, architecture })
      : diagnoseLayer(chooseSpecification(files, given));
  await (given.json ? printJson(diagnosis) : print(formatDiagnosisText(diagnosis)));
}
