import { RaellaError } from "../errors";
import { adcIdentity } from "./adc-beyond-library";
import type { AdcBeyondLibrary, SparseHandling, SpecificationIdentity } from "./specification";

/** Choices about what is modelled that are left at their defaults in the published figures. */
export interface ModelChoices {
  readonly adcBeyondLibrary?: AdcBeyondLibrary;
  /** What happens to sparse optimizations: `refuse` (default), or `dense` to leave them out on purpose. */
  readonly sparse?: SparseHandling;
  /** Count leakage, in energies and in what searches minimise. Off by default, as in the published figures. */
  readonly leakage?: boolean;
  /** Statistics that nobody gives may keep the placeholders that stand in the model. By default they are refused. */
  readonly usePlaceholders?: boolean;
}

const sparseHandlings: readonly SparseHandling[] = ["refuse", "dense"];

/** The choices among other options, to be handed on. */
export function choicesOf({
  adcBeyondLibrary,
  sparse,
  leakage,
  usePlaceholders,
}: ModelChoices): ModelChoices {
  return { adcBeyondLibrary, sparse, leakage, usePlaceholders };
}

/** The choices as parts of an identity, where only the unusual ones are written down. */
export type ChosenIdentity = Pick<
  SpecificationIdentity,
  "adcBeyondLibrary" | "sparse" | "leakage" | "usePlaceholders"
>;

/** @throws RaellaError `usage` for a choice that does not exist. */
export function identityOfChoices(choices: ModelChoices): ChosenIdentity {
  const { sparse = "refuse" } = choices;
  if (!sparseHandlings.includes(sparse))
    throw notAChoice("sparse", sparse, sparseHandlings.map((known) => JSON.stringify(known)).join(" or "));
  return {
    ...adcIdentity(choices.adcBeyondLibrary),
    ...(sparse === "dense" ? { sparse } : {}),
    ...(isChosen("leakage", choices) ? { leakage: true } : {}),
    ...(isChosen("usePlaceholders", choices) ? { usePlaceholders: true } : {}),
  };
}

function isChosen(name: "leakage" | "usePlaceholders", choices: ModelChoices): boolean {
  const given: unknown = choices[name] ?? false;
  if (typeof given === "boolean") return given;
  throw notAChoice(name, given, "true or false");
}

function notAChoice(name: string, given: unknown, expected: string): RaellaError {
  return new RaellaError({
    code: "usage",
    message: `The option "${name}" cannot be ${JSON.stringify(given)}.`,
    value: given,
    expected,
  });
}
