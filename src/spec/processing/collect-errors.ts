import { RaellaError, RaellaErrors, throwAll } from "../../errors";

/**
 * Converts independent items, so that the mistakes in several of them are reported together.
 *
 * @throws RaellaErrors with every mistake found.
 */
export function collectErrors<T, R>(items: readonly T[], convert: (item: T, index: number) => R): R[] {
  const errors: RaellaError[] = [];
  const results: R[] = [];
  for (let index = 0; index < items.length; index++)
    try {
      results.push(convert(items[index], index));
    } catch (error) {
      if (!(error instanceof RaellaError)) throw error;
      errors.push(...(error instanceof RaellaErrors ? error.errors : [error]));
    }
  throwAll(errors);
  return results;
}
