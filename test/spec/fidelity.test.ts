import assert from "node:assert/strict";
import { estimate } from "../../src/components/estimate";
import { componentArea, componentEnergy } from "../../src/components/estimate-component";
import { estimationDifferences, fidelityDifferences } from "../../src/spec/fidelity";
import { getSpec } from "../../src/spec/get-spec";
import type { Fidelity } from "../../src/spec/specification";
import { assertClose } from "../components/support";

const differences = [...fidelityDifferences, ...estimationDifferences];

const tables = (architecture: string, fidelity: Fidelity, dnn = "resnet18", layer = 10) =>
  estimate(getSpec({ architecture, dnn, layer, nTiles: 16, batchSize: 32, fidelity }));
const energies = (architecture: string, fidelity: Fidelity) => tables(architecture, fidelity).energy.energyPj;

/** Checks that the documentation of a difference names both figures. */
function assertDocumented(id: string, artifact: string, corrected: string): void {
  const difference = differences.find((candidate) => candidate.id === id);
  assert.ok(difference, id);
  assert.ok(difference.effect.includes(artifact), `${id} should name ${artifact}`);
  assert.ok(difference.effect.includes(corrected), `${id} should name ${corrected}`);
}

describe("corrected fidelity", () => {
  const artifact = energies("raella", "artifact");
  const corrected = energies("raella", "corrected");

  it("has the documented effect on the models of the package", () => {
    const both = (level: string, action: string): [string, string] =>
      [artifact, corrected].map((table) => table[level][action].toFixed(6)) as [string, string];
    assertDocumented("repeated-part", ...both("input_buffer", "update"));
    assertDocumented("cell-write-average", ...both("pim_cell", "write"));
    assertDocumented("column-multiplexing", ...both("input_drivers", "read"));
    const isaac = (fidelity: Fidelity): string => String(energies("isaac_like", fidelity).pim_cell.write);
    assertDocumented("cell-write-average", isaac("artifact"), isaac("corrected"));
  });

  it("has the documented effect where a model is corrected", () => {
    const both = (
      level: string,
      action: string,
      architecture = "raella",
      [dnn, layer]: [string, number] = ["resnet18", 10],
    ): [string, string] =>
      (["artifact", "corrected"] as const).map((fidelity) => {
        const { energy, area } = tables(architecture, fidelity, dnn, layer);
        return String(action === "area" ? area.areaUm2[level] : energy.energyPj[level][action]);
      }) as [string, string];
    assertDocumented("statistics-are-texts", ...both("input_buffer", "read", "raella_no_speculation"));
    assertDocumented(
      "signed-inputs-are-not-speculation",
      ...both("output_register", "read", "raella_no_speculation", ["qdqbert", 4]),
    );
    assertDocumented(
      "signed-inputs-are-read-in-both-passes",
      ...both("input_buffer", "read", "raella", ["qdqbert", 4]),
    );
    assertDocumented("column-driver-area", ...both("column_readout", "area"));
    assertDocumented("column-driver-area", ...both("column_readout", "area", "isaac_like"));
    for (const architecture of ["raella", "isaac_like"])
      for (const figure of ["area", "read"])
        assertDocumented("psum-buffer-node", ...both("timely_psubbuf", figure, architecture));
    assertDocumented("shift-adds-of-isaac", ...both("shift_add", "area", "isaac_like"));
    for (const figure of ["area", "read"])
      assertDocumented("centers-of-all-crossbars", ...both("output_center_offset_correct", figure));
  });

  it("reads inputs once for every pass, twice where it speculates", () => {
    const reads = (architecture: string, dnn: string, layer: number): number => {
      const one = tables("raella_no_speculation", "corrected").energy.energyPj.input_buffer.read;
      return tables(architecture, "corrected", dnn, layer).energy.energyPj.input_buffer.read / one;
    };
    assertClose(reads("raella", "resnet18", 10), 2, 1e-6, "speculation");
    assertClose(reads("raella_no_speculation", "qdqbert", 4), 2, 1e-6, "two passes");
    assertClose(reads("raella", "qdqbert", 4), 4, 1e-6, "both");
  });

  it("changes nothing else that a result counts", () => {
    const changed = Object.keys(artifact).flatMap((level) =>
      Object.keys(artifact[level])
        .filter((action) => action !== "idle" && artifact[level][action] !== corrected[level][action])
        .map((action) => `${level}.${action}`),
    );
    assert.deepEqual(changed.sort(), [
      "input_buffer.update",
      "input_buffer.write",
      "input_drivers.read",
      "output_center_offset_correct.read",
      "pim_cell.write",
      "timely_psubbuf.read",
    ]);
    const areas = (["artifact", "corrected"] as const).map(
      (fidelity) => tables("raella", fidelity).area.areaUm2,
    );
    assert.deepEqual(
      Object.keys(areas[0]).filter((level) => areas[0][level] !== areas[1][level]),
      ["timely_psubbuf", "output_center_offset_correct", "column_readout"],
    );
  });

  it("counts both entries of a part that an action lists twice", () => {
    const { read } = artifact.input_buffer;
    // With speculation a read of the level is two of the buffer's; a write needs one of them.
    assertClose(
      corrected.input_buffer.update,
      artifact.input_buffer.update + read / 2,
      1e-6,
      "read before a write",
    );
  });

  it("makes idle energies powers over a cycle", () => {
    const adder = { class: "intadder", attributes: { technology: 32, n_bits: 8 } };
    const leakagePw = componentEnergy(adder, "idle").value;
    const idle = componentEnergy(adder, "idle", { fidelity: "corrected", cycleTimeS: 5e-9 }).value;
    assertClose(idle, leakagePw * 5e-9, 1e-12, "pJ");
  });

  it("lets gates follow the technology and keeps widened gates unfolded", () => {
    const area = (className: string, technology: number, fidelity: Fidelity): number =>
      componentArea({ class: className, attributes: { technology, n_bits: 8 } }, { fidelity }).value;
    assert.equal(area("nand_gate", 65, "artifact"), area("nand_gate", 32, "artifact"));
    assertDocumented(
      "gates-ignore-node",
      area("nand_gate", 65, "artifact").toFixed(6),
      area("nand_gate", 65, "corrected").toFixed(6),
    );
    assertClose(area("intadder", 65, "artifact"), 2 * area("intadder", 65, "corrected"), 1e-6, "65 nm");
    assert.equal(area("intadder", 32, "artifact"), area("intadder", 32, "corrected"));
  });

  it("describes every difference", () => {
    const ids = differences.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { id, artifact, corrected, effect } of differences)
      for (const text of [artifact, corrected, effect]) assert.ok(text.length > 10, id);
  });
});
