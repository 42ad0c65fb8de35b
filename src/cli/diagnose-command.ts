import { formatDiagnosisText } from "../report/diagnosis-text";
import { diagnoseLayer } from "../study/diagnose-layer";
import { chooseSpecification, studyOptions } from "./choose-specification";
import type { GivenChoice } from "./choose-specification";
import { print, printJson } from "./output";
import { parseCount } from "./parse-options";

/** `raella diagnose` */
export async function diagnoseCommand(
  files: readonly string[],
  given: GivenChoice & { readonly json?: boolean },
): Promise<void> {
  const { architecture, dnn, layer } = given;
  const isNamed =
    files.length === 0 && architecture !== undefined && dnn !== undefined && layer !== undefined;
  const diagnosis = isNamed
    ? diagnoseLayer({ ...studyOptions(given), architecture, dnn, layer: parseCount(layer, "--layer", 0) })
    : diagnoseLayer(chooseSpecification(files, given));
  await (given.json ? printJson(diagnosis) : print(formatDiagnosisText(diagnosis)));
}
