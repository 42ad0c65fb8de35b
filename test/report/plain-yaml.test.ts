import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "yaml";
import { formatYaml, type YamlValue } from "../../src/report/plain-yaml";

/** The value of `key` in YAML text, as readers of the given version see it. */
function read(text: string, key: string, version: "1.1" | "1.2" = "1.2"): unknown {
  return (parse(text, { version }) as Record<string, unknown>)[key];
}

describe("formatYaml", () => {
  it("prints maps and lists in block style", () => {
    const text = formatYaml({
      ERT: {
        version: 0.4,
        tables: [{ name: "top_level.a[1..2]", actions: [{ name: "read", energy: 1.5 }] }],
      },
      empty: [],
      none: {},
      hollow: { absent: undefined },
      absent: undefined,
      names: ["Inputs", "Outputs"],
    });
    assert.equal(
      text,
      [
        "ERT:",
        "  version: 0.4",
        "  tables:",
        '    - name: "top_level.a[1..2]"',
        "      actions:",
        "        - name: read",
        "          energy: 1.5",
        "empty: []",
        "none: {}",
        "hollow: {}",
        "names: [Inputs, Outputs]",
        "",
      ].join("\n"),
    );
  });

  it("quotes texts that would read back as something else", () => {
    for (const text of [
      "",
      "1",
      "1e5",
      "true",
      "No",
      "null",
      "~",
      "a: b",
      "a #b",
      "- a",
      "x\ny",
      " a",
      "[a",
      ".5",
    ]) {
      assert.equal(read(formatYaml({ text }), "text"), text);
      assert.equal(read(formatYaml({ text }), "text", "1.1"), text, "as YAML 1.1");
    }
  });

  it("writes numbers that YAML 1.1 readers take for numbers, too", () => {
    for (const number of [1e-9, 2.5e-10, 1e21, 0.1, -3, 2147483647, 1e300]) {
      assert.equal(read(formatYaml({ number }), "number", "1.1"), number);
    }
  });

  it("reads back as what was printed, whatever it is", () => {
    const { value } = fc.letrec<{ value: YamlValue }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.string({ unit: "grapheme" }),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("value")),
        fc.dictionary(
          fc.string().filter((key) => key !== "__proto__" && key !== "<<"),
          tie("value"),
          { noNullPrototype: true },
        ),
      ),
    }));
    fc.assert(fc.property(value, (data) => assert.deepEqual(parse(formatYaml({ data })), { data })));
  });
});
