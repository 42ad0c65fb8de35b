import { checkedLater, oneOf, optional, shown } from "../arguments";
import { nearestName, RaellaError } from "../errors";
import { countsLeakage } from "./convention";
import type { Convention, ModelChoices } from "./specification";

/** The ways of each choice, the default first. */
const ways = {
  adcBeyondLibrary: ["scale", "survey", "survey-all"],
  technologyInterpolation: ["linear", "original"],
  unmetChecks: ["warn", "adapt"],
  sparse: ["refuse", "dense"],
  convention: ["auto", "2023", "2024"],
  leakage: [false, true],
  usePlaceholders: [false, true],
} as const satisfies { readonly [Name in keyof ModelChoices]-?: readonly ModelChoices[Name][] };

/** Names of the choices. */
const modelChoices = Object.keys(ways) as (keyof ModelChoices)[];

/** The choices as entries of a schema of options. {@link completeChoices} looks at their values. */
export const modelChoiceEntries = Object.fromEntries(
  modelChoices.map((name) => [name, checkedLater]),
) as Record<keyof ModelChoices, typeof checkedLater>;

/** Those that say how components are priced, as entries of a schema of options. */
export const estimationChoiceEntries = {
  adcBeyondLibrary: optional(oneOf(ways.adcBeyondLibrary)),
  technologyInterpolation: optional(oneOf(ways.technologyInterpolation)),
};

/** The choices among other options, as they are given. */
export function choicesAmong(options: ModelChoices): ModelChoices {
  return Object.fromEntries(modelChoices.map((name) => [name, options[name]]));
}

/** Whose defaults the files decide. */
type OpenChoices = "leakage" | "convention";
export type CompleteChoices = Required<Omit<ModelChoices, OpenChoices>> & Pick<ModelChoices, OpenChoices>;

/**
 * Every choice, with the defaults of those left out; leakage and convention stay open, since the files decide.
 * @throws RaellaError `usage` for a choice that there is not.
 */
export function completeChoices(given: ModelChoices): CompleteChoices {
  const choices: Partial<Record<keyof ModelChoices, string | boolean>> = {};
  for (const name of modelChoices)
    if ((name !== "leakage" && name !== "convention") || given[name] !== undefined)
      choices[name] = requireChoice(name, given[name]);
  return choices as CompleteChoices;
}

/**
 * The choices as a part of an identity, where only unusual ones are written down.
 * @throws RaellaError `usage` for a choice that there is not.
 */
export function unusualChoices(given: ModelChoices): ModelChoices {
  const choices: Partial<Record<keyof ModelChoices, string | boolean>> = completeChoices(given);
  const unusual: typeof choices = {};
  for (const name in choices) {
    const choice = name as keyof ModelChoices;
    const usual = choice === "leakage" ? countsLeakage({ ...given, leakage: undefined }) : ways[choice][0];
    if (choices[choice] !== usual) unusual[choice] = choices[choice];
  }
  return unusual as ModelChoices;
}

/** What the choices are for the files that they have been made for: of a convention of 2023 only one that is asked for is told. */
export function resolvedChoices(given: ModelChoices, found: Convention): ModelChoices {
  const asked = given.convention === "auto" ? undefined : given.convention;
  const convention = asked ?? (found === "2024" ? found : undefined);
  const { convention: ignored, ...others } = given;
  void ignored;
  return unusualChoices(convention === undefined ? others : { ...others, convention });
}

function requireChoice(name: keyof ModelChoices, given: unknown): string | boolean {
  const known: readonly (string | boolean)[] = ways[name];
  const choice = given === undefined ? known[0] : known.find((way) => way === given);
  if (choice !== undefined) return choice;
  const near = typeof given === "string" ? nearestName(given, known.map(String)) : undefined;
  throw new RaellaError({
    code: "usage",
    message: `The option "${name}" cannot be ${shown(given)}.`,
    value: given,
    expected: known.join(" or "),
    remedy: near === undefined ? undefined : `Did you mean "${near}"?`,
  });
}
