import assert from "node:assert/strict";
import { layerStatistics } from "../../src/network/layer-statistics";
import { runLayer } from "../../src/study/run-layer";
import { smallModel, smallProblem, smallSpecification, specificationOf } from "./support/small-model";

const checksOf = (...entries: string[]): string =>
  `\nchecks:\n${entries.map((entry) => `  - {${entry}}\n`).join("")}`;
const actions = (energy: number): string =>
  `[${["read", "write", "update", "compute"].map((name) => `{name: ${name}, energy: ${energy}}`).join(", ")}]`;
const prices = `
ERT: {tables: [{name: memory, actions: ${actions(1)}}, {name: buffer, actions: ${actions(0)}}, {name: mac, actions: ${actions(0)}}]}
ART: {tables: [{name: memory, area: 0}, {name: buffer, area: 5}, {name: mac, area: 0}]}
`;
const limit = "source: 'a book, page 3'";
const few = `expression: ROWS >= 4, message: 'There are {ROWS} rows, {4 / ROWS} times too few.', ${limit}`;

/** The small model with checks, and what a run of it says. */
const withChecks = (...entries: string[]) =>
  smallSpecification(undefined, undefined, {}, prices + checksOf(...entries));

describe("checks of a design", () => {
  it("warn with the design's figures, the source and the place of the check", () => {
    const { warnings } = withChecks(few, `expression: ROWS == 2, message: never, ${limit}`);
    assert.equal(warnings.length, 1);
    const [{ code, message, location }] = warnings;
    assert.equal(code, "check");
    assert.equal(message, "There are 2 rows, 2 times too few. (a book, page 3)");
    assert.match(location?.file ?? "", /model\.yaml$/);
    assert.equal(location?.keyPath, "checks[0]");
    assert.equal(location.line, (smallModel + smallProblem + prices + checksOf("")).split("\n").length - 1);
  });

  it("see variables as they are set, and refuse a design when told to", () => {
    const further = checksOf(few);
    const variables = { ROWS: 4 };
    const options = { strict: true };
    assert.deepEqual(smallSpecification(undefined, undefined, { variables }, further).warnings, []);
    smallSpecification(undefined, undefined, { variables, ...options }, further);
    assert.throws(() => smallSpecification(undefined, undefined, options, further), {
      code: "check",
      message: /model\.yaml:\d+:\d+ \(checks\[0\]\): There are 2 rows/,
    });
  });

  it("are told as notes where published designs do the same, which nothing refuses", () => {
    const { warnings, notes } = smallSpecification(
      undefined,
      undefined,
      { strict: true },
      checksOf(`${few}, severity: note`),
    );
    assert.deepEqual(warnings, []);
    assert.equal(notes?.length, 1);
  });

  it("are errors of values that nothing can have, whatever is asked", () => {
    assert.throws(() => withChecks(`${few}, severity: error`, `${few}, severity: note`), {
      code: "out-of-range",
      message: /\(checks\[0\]\): There are 2 rows/,
    });
    assert.deepEqual(
      withChecks(`expression: ROWS == 2, message: never, severity: error, ${limit}`).warnings,
      [],
    );
  });

  it("refuse shares that are none, of both models and of signed inputs", () => {
    const run = (
      architecture: string,
      variables: Readonly<Record<string, number | string>>,
      dnn = "resnet18",
    ) => runLayer({ architecture, dnn, layer: 3, variables });
    for (const architecture of ["raella", "raella_no_speculation_2b_cells", "isaac_like"])
      for (const name of ["ADC_ACTION_SHARE", "AVERAGE_INPUT_VALUE", "AVERAGE_WEIGHT_VALUE"])
        for (const value of [
          -0.01,
          name === "AVERAGE_WEIGHT_VALUE" ? 1.1 : architecture === "raella" ? 3.7 : 1.5,
        ])
          assert.throws(
            () => run(architecture, { [name]: value }),
            {
              code: "out-of-range",
              message: new RegExp(`${name} (is|comes to) ${value > 1 ? "[1-9.]+" : "-0"}`),
            },
            `${architecture} ${name}=${value}`,
          );
    assert.throws(() => run("isaac_like", { ADC_ACTION_SHARE: 1.01 }), { code: "out-of-range" });
    // As an expression, too, and at its very end.
    assert.throws(() => run("isaac_like", { AVERAGE_WEIGHT_VALUE: "11 / 10" }), { code: "out-of-range" });
    run("isaac_like", { AVERAGE_WEIGHT_VALUE: 1 });
    assert.throws(() => run("raella", { SPECULATION_ENABLED: 0.5 }), { code: "out-of-range" });
    // Speculative conversions come on top, and signed inputs are converted in two passes.
    run("raella", { ADC_ACTION_SHARE: 1.375 });
    run("raella", { ADC_ACTION_SHARE: 2.75 / 2 }, "qdqbert");
    assert.throws(() => run("raella", { ADC_ACTION_SHARE: 1.38 }, "qdqbert"), {
      message: /from 0 to 2\.75 here/,
    });
  });

  it("let through the greatest statistics that a layer can have", () => {
    const greatest = layerStatistics({
      ...{ rows: 2, filters: 1, weights: [100, -100], inputs: [255, 255], slicing: [4, 4] },
      zeroPoint: 0,
    });
    assert.equal(greatest.averageInput, 1);
    assert.equal(greatest.averageInputSpeculation, 29 / 8);
    const run = (architecture: string, variables: Readonly<Record<string, number>>) =>
      runLayer({ architecture, dnn: "resnet18", layer: 3, variables });
    run("raella", { AVERAGE_INPUT_VALUE: greatest.averageInputSpeculation });
    run("raella_no_speculation", { AVERAGE_INPUT_VALUE: greatest.averageInput });
  });

  it("use names of their own, in order, also in quotes", () => {
    const where = "where: {half: ROWS / 2, quarter: half / 2}";
    const [warning] = withChecks(
      `${where}, expression: "quarter >= 1", message: '{quarter}', ${limit}`,
    ).warnings;
    assert.equal(warning.message, "0.5 (a book, page 3)");
  });

  it("adapt variables where they say how, and tell it", () => {
    const check = `${few}, adapt: {ROWS: ROWS * 2}`;
    const adapted = (further: string) =>
      smallSpecification(undefined, undefined, { unmetChecks: "adapt", strict: true }, further);
    const { warnings, notes, variableValues, levels, identity } = adapted(checksOf(check));
    assert.deepEqual(warnings, []);
    assert.equal(variableValues.ROWS, 4);
    assert.equal(variableValues.BUFFER_DEPTH, 256, "what is derived follows");
    assert.equal(levels.find(({ name }) => name === "mac")?.instances, 16);
    assert.match(notes?.[0].message ?? "", /^Adapted: ROWS is 4\. There are 2 rows/);
    assert.equal(identity.unmetChecks, "adapt");
    // A change that does not help is reported, once.
    assert.throws(() => adapted(checksOf(check.replace("ROWS * 2", "ROWS + 1"))), { code: "check" });
  });

  it("of a level see its attributes and the counts of the run", () => {
    const check = (expression: string) =>
      `level: memory, expression: ${expression}, message: '{rows_read} of {width} bits', ${limit}`;
    const run = (...entries: string[]) => runLayer(withChecks(...entries));
    assert.deepEqual(run(check("width == 32 and datawidth == WORD and cycles > 0")).warnings, []);
    const { warnings, accesses, notes } = run(check("rows_read + rows_filled + rows_updated == 0"));
    assert.equal(notes, undefined);
    const words = Object.values(accesses.memory).reduce((sum, { reads }) => sum + reads, 0);
    assert.match(warnings[0].message, /^\d+ of 32 bits/);
    assert.ok(Number.parseInt(warnings[0].message, 10) >= words / 4, "four words a row");
    const strict = () => runLayer(withChecks(check("rows_read == 0")), { strict: true });
    assert.throws(strict, { code: "check" });
  });

  it("of several files are joined", () => {
    const { warnings } = specificationOf({
      "model.yaml": smallModel + checksOf(few),
      "more.yaml": checksOf(`expression: WORD < 8, message: second, ${limit}`),
      "problem.yaml": smallProblem,
    });
    assert.deepEqual(
      warnings.map(({ message }) => message.split(/[ (]/)[0]),
      ["There", "second"],
    );
  });

  it("with a mistake are refused with the place", () => {
    const refused = (entry: string, expected: RegExp): void =>
      assert.throws(() => withChecks(entry), expected, entry);
    refused(
      "expression: ROWS > 1, message: few",
      /model\.yaml:\d+:\d+ \(checks\[0\]\): The key "source" is missing/,
    );
    refused(`message: few, ${limit}`, /The key "expression" is missing/);
    refused(`expression: ROWS > 1, ${limit}`, /The key "message" is missing/);
    refused(`${few}, sorce: x`, /"sorce" is not a key of this map[^]*Did you mean "source"/);
    refused(`${few}, severity: fatal`, /Expected: warning or note/);
    refused(
      `${few}, level: memry`,
      /:\d+:\d+.*the level "memry", which there is not[^]*Did you mean "memory"/,
    );
    refused(`${few}, level: memory, adapt: {ROWS: 4}`, /cannot change variables/);
    refused(
      `expression: ROWS >, message: few, ${limit}`,
      /checks\[0\]\.expression\): Here the expression ends/,
    );
    refused(`expression: "'yes'", message: few, ${limit}`, /gives yes[^]*Expected: true or false/);
    for (const entry of [
      `expression: ROWZ > 1, message: few, ${limit}`,
      // Not evaluated for this design, and yet wrong.
      `expression: ROWS > 1 or ROWZ > 1, message: few, ${limit}`,
      `expression: ROWS > 1, message: '{ROWZ}', ${limit}`,
      `expression: ROWS > 1, message: few, adapt: {ROWZ: 3}, ${limit}`,
      `where: {half: ROWZ / 2}, expression: ROWS > 1, message: few, ${limit}`,
    ])
      refused(
        entry,
        /model\.yaml:\d+:\d+.*The check names "ROWZ", which is no variable\.[^]*Did you mean "ROWS"/,
      );
    assert.throws(
      () => smallSpecification(undefined, undefined, {}, "\nchecks: {expression: ROWS > 1}\n"),
      /Expected: a list of checks/,
    );
    assert.throws(() => smallSpecification(undefined, undefined, { unmetChecks: "adopt" as "adapt" }), {
      code: "usage",
      remedy: 'Did you mean "adapt"?',
    });
  });
});
