import { RaellaError, suggestName } from "../errors";
import type { EstimationChoices } from "./specification";

/** What may be chosen about the component library, the defaults first. */
export const estimationChoices = {
  adcBeyondLibrary: ["scale", "survey"],
  technologyInterpolation: ["linear", "original"],
} as const satisfies { readonly [Name in keyof EstimationChoices]-?: readonly string[] };

const names = Object.keys(estimationChoices) as (keyof EstimationChoices)[];

/**
 * The choices as a part of an identity, where only unusual ones are written down.
 * @throws RaellaError `usage` for a choice that there is not.
 */
export function chosenEstimation(given: EstimationChoices): EstimationChoices {
  return Object.fromEntries(
    names
      .map((name) => [name, requireChoice(name, given[name])] as const)
      .filter(([name, choice]) => choice !== estimationChoices[name][0]),
  );
}

function requireChoice(name: keyof EstimationChoices, given: unknown): string {
  const known: readonly string[] = estimationChoices[name];
  const choice = given === undefined ? known[0] : known.find((way) => way === given);
  if (choice !== undefined) return choice;
  throw new RaellaError({
    code: "usage",
    message: `The option "${name}" cannot be ${JSON.stringify(given)}.`,
    value: given,
    expected: known.join(", "),
    remedy: typeof given === "string" ? suggestName(given, known) : undefined,
  });
}
