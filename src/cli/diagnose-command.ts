import { formatDiagnosisText } from "../report/diagnosis-text";
import { diagnoseLayer } from "../study/diagnose-layer";
import { chooseLayer, chooseSpecification } from "./choose-specification";
import type { GivenChoice } from "./choose-specification";
import { print, printJson } from "./output";

/** `raella diagnose` */
export async function diagnoseCommand(
  files: readonly string[],
  given: GivenChoice & { readonly json?: boolean },
): Promise<void> {
  const diagnosis = diagnoseLayer(files.length > 0 ? chooseSpecification(files, given) : chooseLayer(given));
  await (given.json ? printJson(diagnosis) : print(formatDiagnosisText(diagnosis)));
}
