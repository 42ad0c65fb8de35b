import assert from "node:assert/strict";
import { readParameters } from "../../src/components/parameters";
import type { ParameterDescription, ParameterKind } from "../../src/components/parameters";
import { RaellaError } from "../../src/errors";
import type { Value } from "../../src/spec/specification";

/** The parameter `size` of a component, read from its attributes. */
function size(
  description: Omit<ParameterDescription, "description">,
  attributes: Readonly<Record<string, Value>>,
): number | string | boolean {
  const described = { size: { description: "how large it is", ...description } };
  return readParameters(described, new Map(Object.entries(attributes)), "thing").size;
}

function refusal(...given: Parameters<typeof size>): RaellaError {
  try {
    size(...given);
  } catch (error) {
    if (error instanceof RaellaError) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

describe("parameters of an estimator", () => {
  it("take what can be read as their kind", () => {
    const cases: readonly (readonly [ParameterKind, Value, number | string | boolean])[] = [
      ["number", 1.5, 1.5],
      ["number", " 1.5 ", 1.5],
      ["number", true, 1],
      ["integer", "8", 8],
      ["node", 22.9, 22],
      ["node", "32nm", 32],
      ["text", "8", "8"],
      ["flag", false, false],
      ["flag", 0, false],
      ["flag", 2, true],
      ["flag", "true", true],
      ["flag", "True", true],
      ["flag", "false", false],
      ["flag", "False", false],
    ];
    for (const [kind, given, expected] of cases)
      assert.equal(size({ kind }, { size: given }), expected, `${kind} ${JSON.stringify(given)}`);
  });

  it("refuse what cannot", () => {
    const cases: readonly (readonly [ParameterKind, Value])[] = [
      ["number", ""],
      ["number", "many"],
      ["number", "1e999"],
      ["number", Infinity],
      ["number", [1]],
      ["integer", 1.5],
      ["node", "nm"],
      ["node", NaN],
      ["node", true],
      ["text", 8],
      ["flag", "yes"],
      ["flag", [true]],
    ];
    for (const [kind, given] of cases) {
      const { code, message } = refusal({ kind }, { size: given });
      assert.equal(code, "out-of-range", `${kind} ${JSON.stringify(given)}`);
      assert.match(message, /^The attribute "size" of a component of class thing cannot be /);
    }
  });

  it("say what they expect", () => {
    const expected = (description: Omit<ParameterDescription, "description">): string | undefined =>
      refusal(description, { size: "?" }).expected;
    assert.equal(
      expected({ kind: "integer", minimum: 1, maximum: 8, unit: "bit" }),
      "an integer from 1 to 8 in bit; how large it is",
    );
    assert.equal(
      expected({ kind: "number", minimum: 2, unit: "1" }),
      "a number of 2 or more; how large it is",
    );
    assert.equal(expected({ kind: "number", maximum: 2 }), "a number up to 2; how large it is");
    assert.equal(expected({ kind: "node", unit: "nm" }), "a technology node in nm; how large it is");
    assert.equal(expected({ kind: "flag" }), "true or false; how large it is");
  });

  it("accept synonyms, the first one given before a default", () => {
    const described = { kind: "number", synonyms: ["extent", "span"], default: 1 } as const;
    assert.equal(size(described, { span: 4, extent: 3 }), 3);
    assert.equal(size(described, { span: 4 }), 4);
    assert.equal(size(described, { size: 2, span: 4 }), 2);
    assert.equal(size(described, {}), 1);
  });

  it("that are missing are named with what may stand for them, and with what was probably meant", () => {
    const { code, message, expected, remedy } = refusal(
      { kind: "number", synonyms: ["extent"] },
      { sizes: 3 },
    );
    assert.equal(code, "component");
    assert.match(message, /^A component of class thing lacks the attribute "size"\./);
    assert.equal(expected, "size (or extent): a number; how large it is");
    assert.equal(remedy, '"sizes" is given: did you mean "size"?');
    const plain = refusal({ kind: "number" }, { SIZE: 3, colour: "red" });
    assert.equal(plain.expected, "size: a number; how large it is");
    assert.equal(plain.remedy, undefined);
  });
});
