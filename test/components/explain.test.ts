import assert from "node:assert/strict";
import { estimate } from "../../src/components/estimate";
import { explainArea, explainEnergy, leavesOf } from "../../src/components/explain";
import type { LevelExplanation } from "../../src/components/explain";
import { explanationRows, formatExplanation } from "../../src/components/format-explanation";
import { leakagePower } from "../../src/components/leakage";
import { getSpec } from "../../src/spec/get-spec";
import type { Fidelity } from "../../src/spec/specification";
import { listArchitectures } from "../../src/spec/workspace";
import { runLayer } from "../../src/study/run-layer";
import { assertClose, exampleSpec, specOfLevel } from "./support";

function checkSum(explanation: LevelExplanation): void {
  const sum = leavesOf(explanation).reduce((total, { contribution }) => total + contribution, 0);
  assertClose(sum, explanation.contribution, 1e-12, `${explanation.level} ${explanation.action}`);
}

describe("explanations", () => {
  it("add up to the entries of the tables, for every level, action, architecture and fidelity", () => {
    for (const { name: architecture } of listArchitectures()) {
      for (const fidelity of ["artifact", "corrected"] as const satisfies readonly Fidelity[]) {
        const spec = getSpec({ architecture, dnn: "resnet18", layer: 10, fidelity });
        const { area, energy } = estimate(spec);
        for (const { name } of spec.levels) {
          const ofArea = explainArea(spec, name);
          assert.equal(ofArea.tableValue, area.areaUm2[name], `${architecture} ${name}`);
          checkSum(ofArea);
          for (const action of Object.keys(energy.energyPj[name])) {
            const ofEnergy = explainEnergy(spec, name, action);
            assert.equal(ofEnergy.tableValue, energy.energyPj[name][action], `${name}.${action}`);
            checkSum(ofEnergy);
          }
        }
      }
    }
  });

  it("are plain data and name estimator, source, share and count of every primitive part", () => {
    const explanation = explainEnergy(exampleSpec(), "output_register", "read");
    assert.deepEqual(JSON.parse(JSON.stringify(explanation)), explanation);
    const rows = explanationRows(explanation);
    assert.deepEqual(
      rows.map(({ part, partAction }) => `${part}.${partAction}`),
      [
        "buf.storage.read",
        "buf.address_generators[1].add",
        "flags.storage.read",
        "flags.address_generators[1].add",
      ],
    );
    for (const { estimator, source, percent } of rows) {
      assert.ok(estimator);
      assert.ok(source);
      assert.ok(percent > 0);
    }
    assertClose(
      rows.reduce((sum, { percent }) => sum + percent, 0),
      100,
      1e-9,
      "percent",
    );
    assert.equal(explanation.parts[0].attributes.memory_depth, 64);
    assert.equal(explanation.parts[0].share, 0.4401024992013518);
  });

  it("count the units of a range", () => {
    const [unit] = leavesOf(explainArea(exampleSpec(), "shift_add"));
    assert.equal(unit.name, "shift_add_unit.shift_add[1..4]");
    assert.equal(unit.count, 4);
    assertClose(unit.contribution, 4 * unit.value, 1e-12, "area of four units");
  });

  it("carry the error of interpolated figures up to the level", () => {
    const spec = specOfLevel("SRAM", { technology: 32, width: 64, depth: 500 });
    const explanation = explainEnergy(spec, "part", "read");
    assert.equal(explanation.errorPercent, explanation.errorBar?.ninetiethPercentilePercent);
    assert.match(formatExplanation(explanation), /±13 %[\s\S]*median 1\.2 %/);
    assert.equal(explainEnergy(exampleSpec(), "input_buffer", "read").errorPercent, 0);
  });

  it("have the errors that the tables and the result of a layer state, and only those", () => {
    const request = { architecture: "raella", dnn: "resnet18", layer: 10 } as const;
    assert.equal(runLayer(request).errorPercent, undefined);
    const variables = { CIM_UNITS_PER_COLUMN: 200 };
    const spec = getSpec({ ...request, variables });
    const { energy, errorPercent = {} } = estimate(spec);
    assert.deepEqual(Object.keys(errorPercent), ["input_buffer"]);
    assert.deepEqual(runLayer({ ...request, variables }).errorPercent, errorPercent);
    for (const { name } of spec.levels) {
      const { area = 0, energy: energies = {} } = errorPercent[name] ?? {};
      assertClose(area, explainArea(spec, name).errorPercent, 1e-12, name);
      for (const action of Object.keys(energy.energyPj[name]))
        assertClose(energies[action] ?? 0, explainEnergy(spec, name, action).errorPercent, 1e-12, name);
    }
  });

  it("say when a figure is given and when a part is not priced", () => {
    const spec = { ...exampleSpec(), energyTable: { eDRAM_buf: { read: 5 } } };
    const given = explainEnergy(spec, "eDRAM_buf", "read");
    assert.equal(given.tableValue, 5);
    assert.equal(given.estimator?.name, "given table");
    const narrow = getSpec({
      architecture: "isaac_like",
      dnn: "resnet18",
      layer: 10,
      variables: { COLUMNS_PER_CROSSBAR: 64 },
    });
    const [drivers] = explainArea(narrow, "column_readout").parts;
    assert.match(drivers.warnings.join(), /not priced, since it counts with a share of 0/);
    assert.equal(drivers.contribution, 0);
  });

  it("are readable as a tree", () => {
    const text = formatExplanation(explainEnergy(exampleSpec(), "input_buffer", "update"));
    const lines = text.split("\n");
    assert.match(lines[0], /^input_buffer update = 1\.56305 pJ \(raella_input_buffer\)$/);
    assert.match(text, /├─ buf\.write {2}1\.42458 pJ {2}91\.1 %/);
    assert.match(text, /│ {2}├─ storage\.write/);
    assert.match(text, /technology 45 -> 32: x 0\.65934/);
    assert.match(text, /source: CACTI 7/);
    assert.match(
      formatExplanation(explainEnergy(exampleSpec(), "virtual_bitwise_mac", "compute")),
      /nothing takes part/,
    );
  });

  it("find levels in any letter case, with or without range, and help with wrong names", () => {
    const spec = exampleSpec();
    assert.equal(explainArea(spec, "EDRAM_BUF[1..16]").level, "eDRAM_buf");
    assert.throws(() => explainArea(spec, "output_regster"), /Did you mean "output_register"/);
    assert.throws(() => explainEnergy(spec, "output_register", "reads"), /"reads"[\s\S]*Did you mean "read"/);
  });
});

describe("leakage power", () => {
  it("is that of the parts, in watts", () => {
    const powers = leakagePower(exampleSpec());
    const idle = estimate(exampleSpec()).energy.energyPj.shift_add.idle;
    assertClose(powers.shift_add, idle * 1e-12, 1e-9, "four shift-adds");
    assert.equal(powers.chip, 0);
    for (const power of Object.values(powers)) assert.ok(power >= 0 && power < 1);
  });

  it("times the cycle is the idle energy with corrected fidelity", () => {
    const spec = exampleSpec();
    const options = { fidelity: "corrected", cycleTimeS: 2e-9 } as const;
    const idle = estimate(spec, { ...options, decimalPlaces: null }).energy.energyPj;
    const powers = leakagePower(spec, options);
    for (const level of ["shift_add", "output_register"])
      assertClose(idle[level].idle, powers[level] * 2e-9 * 1e12, 1e-9, level);
  });
});
