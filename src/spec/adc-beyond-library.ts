import { shown } from "../arguments";
import { RaellaError, suggestName } from "../errors";
import type { AdcBeyondLibrary, SpecificationIdentity } from "./specification";

/** The choices of {@link AdcBeyondLibrary}, the default first. */
export const adcChoices: readonly AdcBeyondLibrary[] = ["scale", "survey"];

/** The choice as a part of an identity, where only the unusual one is written down. @throws RaellaError `usage` for others. */
export function adcIdentity(given: unknown = "scale"): Pick<SpecificationIdentity, "adcBeyondLibrary"> {
  const choice = adcChoices.find((known) => known === given);
  if (choice === undefined)
    throw new RaellaError({
      code: "usage",
      message: `The option "adcBeyondLibrary" cannot be ${shown(given)}.`,
      value: given,
      expected: adcChoices.join(", "),
      remedy: typeof given === "string" ? suggestName(given, adcChoices) : undefined,
    });
  return choice === "scale" ? {} : { adcBeyondLibrary: choice };
}
