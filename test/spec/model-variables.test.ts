import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RaellaError } from "../../src/errors";
import { getSpec } from "../../src/spec/get-spec";
import type { ModelVariable } from "../../src/spec/model-variables";
import { listVariables } from "../../src/spec/model-variables";
import { defaultWorkspace, listArchitectures, workspaceAt } from "../../src/spec/workspace";
import { copyWorkspace } from "./support/workspace-copy";

const { modelsDirectory } = defaultWorkspace();

function variable(architecture: string, name: string): ModelVariable {
  const found = listVariables(architecture).find((entry) => entry.name === name);
  assert.ok(found, name);
  return found;
}

describe("the notes at variables", () => {
  it("name every knob that the file calls one, with its range", () => {
    for (const { name, directory } of listArchitectures()) {
      const text = readFileSync(join(modelsDirectory, directory, "variables.yaml"), "utf8");
      const written = [...text.matchAll(/^ {2}# \[knob/gm)].length;
      const knobs = listVariables(name).filter(({ kind }) => kind === "knob");
      assert.equal(knobs.length, written);
      assert.ok(knobs.length >= 9);
      for (const { note, written, range, name: knob } of knobs) {
        assert.ok(note.length > 10 && !note.includes("["), knob);
        if (typeof written !== "number") assert.equal(range, undefined);
        else assert.ok(range !== undefined && range.from <= written && written <= range.to, knob);
      }
    }
  });

  it("say what stands in the file", () => {
    assert.deepEqual(variable("isaac_like", "ADC_RESOLUTION"), {
      name: "ADC_RESOLUTION",
      kind: "knob",
      note:
        "Bits of the analog-to-digital converters; also the width of the adders behind them. The component library " +
        "has entries for 4 to 10 bits.",
      range: { from: 4, to: 10, isDoubling: false },
      section: "Converters, circuits and time",
      written: 8,
    });
    const { range, written } = variable("RAELLA", "COLUMNS_PER_CROSSBAR");
    assert.deepEqual([range, written], [{ from: 64, to: 1024, isDoubling: true }, 512]);
    assert.equal(variable("raella", "CELL_CONFIG").written, 'getcwd() + "/cell_configs/raella.cell"');
    // One comment for several in a row.
    for (const name of ["SUPPORTED_INPUT_BITS", "SUPPORTED_OUTPUT_BITS"])
      assert.match(variable("raella", name).note, /^Widths that the buffers are built for/);
    assert.equal(variable("raella", "COLS_PER_MACRO").kind, "derived");
  });

  it("are those of all variables that a specification has, frozen", () => {
    const { variableValues } = getSpec({ architecture: "raella", dnn: "resnet18", layer: 0 });
    const listed = listVariables("raella");
    for (const { name } of listed) assert.ok(name in variableValues, name);
    assert.ok(Object.isFrozen(listed) && Object.isFrozen(listed[0]));
  });

  it("of a workspace of one's own, with words and lines of one's own", () => {
    const root = mkdtempSync(join(tmpdir(), "raella-variables-"));
    try {
      const workspace = copyWorkspace(root, {});
      const file = join(workspace.modelsDirectory, "raella", "variables.yaml");
      const text = readFileSync(file, "utf8");
      const mine = `  # [idea: -1 to 2.5] Mine.\n  MINE: 1\n\n  OTHER: MINE + 1\n\n# Refused`;
      writeFileSync(file, text.replace("\n# Refused", `\n${mine}`));
      const [own, other] = listVariables("raella", workspace).slice(-2);
      assert.deepEqual([own.kind, own.note, own.range?.from, own.range?.to], ["idea", "Mine.", -1, 2.5]);
      assert.deepEqual([other.kind, other.note, other.written], [null, "", "MINE + 1"]);
      for (const range of ["4 bis 10", "10 to 4", "0 to 8, doubling", "4 to 8, tripling"]) {
        writeFileSync(file, text.replace("[knob: 4 to 10]", `[knob: ${range}]`));
        assert.throws(
          () => listVariables("raella", workspace),
          (error) =>
            error instanceof RaellaError && error.code === "schema" && (error.location?.line ?? 0) > 50,
        );
      }
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("are those of the package where a workspace has only what is new, with what it changes", () => {
    const root = mkdtempSync(join(tmpdir(), "raella-variables-"));
    try {
      mkdirSync(join(root, "models"));
      const entry = "architectures: [{name: mine, derived_from: raella, variables: {ADC_RESOLUTION: 9}}]\n";
      writeFileSync(join(root, "models", "architectures.yaml"), entry);
      const own = listVariables("mine", workspaceAt(root));
      const packaged = listVariables("raella").map((known) =>
        known.name === "ADC_RESOLUTION" ? { ...known, written: 9 } : known,
      );
      assert.deepEqual(own, packaged);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("are refused for an architecture that there is not", () => {
    assert.throws(() => listVariables("raela"), /Did you mean "raella"/);
  });
});
