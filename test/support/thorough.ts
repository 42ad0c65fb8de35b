/**
 * What a title holds whose test takes long for what it adds to the others: `npm test` leaves such tests out,
 * `npm run test:thorough` runs them alone.
 */
const tag = "@thorough";

/** A test of random cases, as often as there are numbers of them: with few in `npm test`, with many in the thorough tests. */
export function fewAndMany(few: number, many: number): readonly (readonly [count: number, tag: string])[] {
  return [
    [few, ""],
    [many, ` ${tag}`],
  ];
}
