import assert from "node:assert/strict";
import { isExpressionText } from "../../src/spec/expression";
import { getSpec } from "../../src/spec/get-spec";
import type { GetSpecOptions } from "../../src/spec/get-spec";
import type { Specification, Value } from "../../src/spec/specification";
import { listArchitectures, listDnns, listLayers } from "../../src/spec/workspace";

const base: GetSpecOptions = {
  architecture: "raella",
  dnn: "resnet18",
  layer: 10,
  nTiles: 16,
  batchSize: 32,
};

function spec(options: Partial<GetSpecOptions> = {}): Specification {
  return getSpec({ ...base, ...options });
}

function attribute(specification: Specification, level: string, name: string): Value | undefined {
  return specification.levels.find((candidate) => candidate.name === level)?.attributes[name];
}

describe("getSpec", () => {
  it("says that the files follow the other convention, where one is asked for", () => {
    for (const architecture of ["raella", "isaac_like"])
      assert.throws(() => spec({ architecture, convention: "2024" }), {
        code: "usage",
        message:
          /^The files cannot be read in the convention of 2024, which was asked for: they follow that of 2023\.\n[^]*In the convention of 2024: models[^]*Leave out --convention/,
      });
    spec({ convention: "2023" });
  });

  it("says who is modelled", () =>
    assert.deepEqual(spec().identity, {
      architecture: "raella",
      dnn: "resnet18",
      layer: 10,
      layerName: "layer3.0.conv1",
      nTiles: 16,
      batchSize: 32,
      typicalStatistics: false,
      fidelity: "artifact",
    }));

  it("takes names in any letter case, a layer as a number or as a text, and the model's own sizes", () => {
    const specification = getSpec({ architecture: "RAELLA", dnn: "ResNet18", layer: "010" });
    assert.deepEqual(specification.workload.bounds.L, 24);
    assert.deepEqual([specification.identity.nTiles, specification.identity.batchSize], [32, 1]);
    assert.deepEqual(getSpec({ ...base, layer: "010" }), spec());
  });

  it("gives the same for the same, also when something else was asked for in between", () => {
    const first = JSON.stringify(spec());
    spec({ variables: { ADC_RESOLUTION: 5, MACROS_PER_TILE: 4 } });
    spec({ architecture: "isaac_like", layer: 0 });
    assert.equal(JSON.stringify(spec()), first);
  });

  it("reads the workload", () => {
    const { workload } = spec();
    assert.deepEqual(workload.dimensions.join(""), "CMRSNPQILTG");
    assert.deepEqual(workload.coefficients, { Wstride: 2, Hstride: 2, Wdilation: 1, Hdilation: 1 });
    assert.deepEqual(workload.bitDimensions, ["I", "L", "T"]);
    assert.deepEqual(workload.dataSpaces[1].ranks[2], [
      { dimension: "R", coefficient: 1, coefficientNames: ["Wdilation"] },
      { dimension: "P", coefficient: 2, coefficientNames: ["Wstride"] },
    ]);
    assert.deepEqual(
      workload.dataSpaces.map(({ name, readWrite }) => [name, readWrite]),
      [
        ["Weights", false],
        ["Inputs", false],
        ["Outputs", true],
      ],
    );
  });

  it("names every file it read, with its content's hash", () => {
    const { sources } = spec();
    assert.deepEqual(
      sources.map(({ file }) => file),
      [
        "models/raella/arch.yaml",
        "models/macros.yaml",
        "models/raella/variables.yaml",
        "models/common_components/buffers.yaml",
        "models/common_components/crossbar_circuits.yaml",
        "models/common_components/free_components.yaml",
        "models/mapper.yaml",
        "dnn_layers/resnet18/010.yaml",
        "dnn_layers/problem_shape.yaml",
        "recorded_statistics/torch_values/raella/resnet18.csv",
      ],
    );
    for (const { sha256 } of sources) assert.match(sha256, /^[0-9a-f]{64}$/);
  });

  it("is plain data", () => assert.deepEqual(structuredClone(spec()), spec()));

  it("reads every layer of every DNN, on the architectures in turn, without a warning", () => {
    const architectures = listArchitectures().map(({ name }) => name);
    let count = 0;
    for (const dnn of listDnns())
      for (const layer of listLayers(dnn)) {
        const architecture = architectures[count++ % architectures.length];
        const useTypicalStatistics = layer % 8 === 0;
        const { warnings, levels } = getSpec({ ...base, architecture, dnn, layer, useTypicalStatistics });
        assert.deepEqual(warnings, [], `${architecture} ${dnn} ${layer}`);
        assert.ok(levels.length > 20);
      }
    assert.equal(count, 410);
  }).timeout(60_000);
});

describe("variables of a caller", () => {
  it("replace what the files say, and everything derived follows", () => {
    const specification = spec({ variables: { ADC_RESOLUTION: 9, COLUMNS_PER_CROSSBAR: "128 * 2" } });
    assert.equal(attribute(specification, "column_readout", "resolution"), 9);
    assert.equal(specification.variableValues.COLS_PER_MACRO, 1024);
    assert.equal(
      Object.keys(specification.variables).indexOf("ADC_RESOLUTION"),
      Object.keys(spec().variables).indexOf("ADC_RESOLUTION"),
    );
  });

  it("win over recorded and typical statistics", () => {
    for (const useTypicalStatistics of [false, true]) {
      const specification = spec({
        useTypicalStatistics,
        variables: { ADC_ACTION_SHARE: 0.25, CIM_UNITS_PER_WEIGHT: 2 },
      });
      assert.equal(attribute(specification, "column_readout", "adc_action_share"), 0.25);
      assert.equal(specification.workload.bounds.L, 16);
      assert.equal(specification.estimationVariables.ADC_ACTION_SHARE, 0.25);
    }
  });

  it("win over the average weight computed from bit densities and over values for BERT, and are rescaled", () => {
    const weight = spec({ architecture: "isaac_like", variables: { AVERAGE_WEIGHT_VALUE: 0.5 } });
    assert.equal(attribute(weight, "pim_cell", "average_cell_value"), 0.1);
    const input = spec({
      architecture: "isaac_like",
      dnn: "qdqbert",
      layer: 4,
      useTypicalStatistics: true,
      variables: { AVERAGE_INPUT_VALUE: 0.25 },
    });
    assert.equal(attribute(input, "pim_cell", "average_input_value"), 0.25);
  });

  it("given as sums or conditionals are put in parentheses before they are multiplied", () => {
    const specification = spec({
      dnn: "qdqbert",
      layer: 4,
      variables: {
        AVERAGE_WEIGHT_VALUE: "0.1 + 0.2",
        AVERAGE_INPUT_VALUE: "0.5 if BATCH_SIZE > 8 else 0.25",
        ADC_ACTION_SHARE: "0.1 * 3",
      },
    });
    assert.deepEqual(
      ["AVERAGE_WEIGHT_VALUE", "ADC_ACTION_SHARE", "AVERAGE_INPUT_VALUE"].map((name) => {
        const value = specification.variables[name];
        return isExpressionText(value) ? value.expression : value;
      }),
      ["(0.1 + 0.2) / 15 * 15", "0.1 * 3 * 2", "(0.5 if BATCH_SIZE > 8 else 0.25) * 2"],
    );
  });

  it("see only variables before their place", () => {
    assert.throws(() => spec({ variables: { AVERAGE_INPUT_VALUE: "TILES_PER_ARCH / 100" } }), {
      code: "expression",
      message: /variables \(AVERAGE_INPUT_VALUE\): The name "TILES_PER_ARCH" is not known here/,
    });
    assert.equal(spec({ variables: { ADC_RESOLUTION: "MACROS_PER_TILE" } }).variableValues.ADC_RESOLUTION, 8);
  });

  it("with a new name are new explicitly and go to the end", () => {
    const specification = spec({ newVariables: { MY_OWN: "ADC_RESOLUTION + 1" } });
    assert.equal(specification.variableValues.MY_OWN, 8);
    assert.deepEqual(
      specification.warnings.map(({ message }) => message),
      ['Nothing in the model of raella reads the variable "MY_OWN": it has no effect.'],
    );
    assert.throws(() => spec({ newVariables: { ADC_RESOLUTION: 8 } }), {
      code: "usage",
      message: /"ADC_RESOLUTION" is not new: the model of raella has it/,
    });
  });

  it("that the model does not have are refused with the nearest name", () => {
    for (const [name, near] of [
      ["ADC_RESOLUTON", "ADC_RESOLUTION"],
      ["adc_resolution", "ADC_RESOLUTION"],
      ["TECHNOLOGY", "TECH_NODE"],
      ["TILES", "TILES_PER_ARCH"],
    ])
      assert.throws(() => spec({ variables: { [name]: 8 } }), {
        code: "unknown-name",
        message: new RegExp(`The model of raella has no variable "${name}"[^]*Did you mean "${near}"\\?`),
      });
    assert.throws(() => spec({ architecture: "isaac_like", variables: { CIM_UNIT_WIDTH_CELS: 2 } }), {
      message: /The model of isaac_like has no variable/,
    });
  });

  it("that nothing in the model reads are refused", () => {
    assert.throws(() => spec({ variables: { SUPPORTED_WEIGHT_BITS: 4 } }), {
      code: "unknown-name",
      message:
        /Nothing in the model of raella reads the variable "SUPPORTED_WEIGHT_BITS": setting it has no effect/,
    });
    // A check of the design counts as a reader.
    assert.equal(spec({ variables: { ACTUAL_WEIGHT_BITS: 4 } }).variableValues.ACTUAL_WEIGHT_BITS, 4);
    // What a new variable or another setting reads has an effect.
    const { variableValues } = spec({
      variables: { N_SHIFT_ADDS_PER_BANK: 8, N_ADC_PER_BANK: "N_SHIFT_ADDS_PER_BANK" },
    });
    assert.equal(variableValues.N_ADC_PER_BANK, 8);
  });

  it("that are numbers refuse texts and truth values", () => {
    for (const value of ["'7'", "True", "False", '"7" if BATCH_SIZE else 7'])
      assert.throws(() => spec({ variables: { ADC_RESOLUTION: value } }), {
        code: "usage",
        message: /The variable "ADC_RESOLUTION" is set to a (text|boolean)/,
      });
    assert.equal(spec({ variables: { ADC_RESOLUTION: "7" } }).variableValues.ADC_RESOLUTION, 7);
    assert.equal(spec({ variables: { TECH_NODE: "'32nm'" } }).variableValues.TECH_NODE, "32nm");
    assert.throws(() => spec({ variables: { LATENCY: "inf" } }), {
      code: "out-of-range",
      message: /LATENCY/,
    });
  });

  it("are options of known names", () => {
    for (const [options, message] of [
      [{ nTile: 16 }, /There is no option "nTile"[^]*Did you mean "nTiles"/],
      [{ variables: null }, /The variables cannot be null/],
      [{ variables: [1] }, /The variables cannot be \[1\]/],
      [{ newVariables: 3 }, /The new variables cannot be 3/],
      [{ greedySteps: {} }, /"greedySteps" in the options of getSpec cannot be \{\}/],
      [{ workspace: { modelsDirectory: "x" } }, /"workspace.layersDirectory"[^]*missing/],
    ] as const)
      assert.throws(() => spec(options as object), { name: /RaellaError/, message });
  });

  it("may be texts of numbers and booleans", () => {
    const { variableValues } = spec({
      variables: { ADC_RESOLUTION: " 6 ", SPECULATION_ENABLED: "false", LATENCY: "2e-9" },
    });
    assert.deepEqual(
      [variableValues.ADC_RESOLUTION, variableValues.SPECULATION_ENABLED, variableValues.LATENCY],
      [6, false, 2e-9],
    );
  });
});

describe("fidelity", () => {
  const noSpeculation: Partial<GetSpecOptions> = { architecture: "raella_no_speculation" };

  it("artifact: component classes see recorded statistics as texts", () => {
    const { estimationVariables, variableValues } = spec(noSpeculation);
    assert.equal(estimationVariables.ADC_ACTION_SHARE, "1.0");
    assert.equal(variableValues.ADC_ACTION_SHARE, 1);
    assert.equal(estimationVariables.WEIGHT_BITS, "33333333");
    assert.equal(estimationVariables.CROSSBAR_LATENCY, 1.375e-7);
    assert.equal(variableValues.CROSSBAR_LATENCY, 1.0000000000000001e-7);
    assert.equal(estimationVariables.AVERAGE_WEIGHT_VALUE, variableValues.AVERAGE_WEIGHT_VALUE);
  });

  it("artifact: where texts make a variable impossible the number is used, with a warning", () => {
    const specification = spec({
      ...noSpeculation,
      variables: { CROSSBAR_LATENCY: "1e-7 * ADC_ACTION_SHARE" },
    });
    assert.equal(specification.estimationVariables.CROSSBAR_LATENCY, 1e-7);
    assert.match(
      specification.warnings[0].message,
      /"CROSSBAR_LATENCY" cannot be calculated from statistics that are texts/,
    );
  });

  it("corrected: component classes see numbers", () => {
    const { estimationVariables, variableValues } = spec({ ...noSpeculation, fidelity: "corrected" });
    assert.deepEqual(variableValues, estimationVariables);
  });

  it("corrected: the average weight of ISAAC is the fraction of full scale", () => {
    const cell = (fidelity: "artifact" | "corrected"): number =>
      attribute(
        spec({ architecture: "isaac_like", layer: 0, fidelity }),
        "pim_cell",
        "average_cell_value",
      ) as number;
    assert.ok(Math.abs(cell("artifact") - 0.12075) < 1e-12);
    assert.ok(Math.abs(cell("corrected") / cell("artifact") - 2 / 3) < 1e-12);
  });

  it("corrected: attributes that a model corrects stand in for those as published", () => {
    const changes = (architecture: string): unknown[] => {
      const [published, corrected] = (["artifact", "corrected"] as const).map(
        (fidelity) => spec({ architecture, fidelity }).levels,
      );
      return published.flatMap(({ name, attributes }, index) =>
        Object.keys(attributes)
          .filter((key) => attributes[key] !== corrected[index].attributes[key])
          .map((key) => [name, key, attributes[key], corrected[index].attributes[key]]),
      );
    };
    assert.deepEqual(changes("raella"), [
      ["output_center_offset_correct", "center_entries", 256, 1024],
      ["timely_psubbuf", "technology", 65, 32],
    ]);
    assert.deepEqual(
      changes("isaac_like").filter((change) => !String(change).includes("average_cell_value")),
      [
        ["shift_add", "n_adcs", 1, 4],
        ["timely_psubbuf", "technology", 65, 32],
      ],
    );
  });

  it("changes nothing else about levels and mappings", () => {
    const [published, corrected] = [spec(), spec({ fidelity: "corrected" })];
    const bare = ({ levels }: Specification): unknown[] =>
      levels.map((level) => ({ ...level, attributes: Object.keys(level.attributes) }));
    assert.deepEqual(bare(corrected), bare(published));
    assert.deepEqual(corrected.workload, published.workload);
  });
});

describe("arguments of getSpec", () => {
  const cases: readonly (readonly [
    string,
    Partial<Record<keyof GetSpecOptions, unknown>>,
    string,
    RegExp,
  ])[] = [
    [
      "an unknown architecture",
      { architecture: "raela" },
      "unknown-name",
      /no architecture "raela"[^]*Did you mean "raella"/,
    ],
    ["no architecture", { architecture: undefined }, "usage", /option "architecture" is missing/],
    ["an unknown DNN", { dnn: "resnet19" }, "unknown-name", /no DNN "resnet19"[^]*Did you mean "resnet18"/],
    ["a DNN that is a path", { dnn: "../models" }, "unknown-name", /no DNN "\.\.\/models"/],
    ["an empty DNN", { dnn: "" }, "usage", /option "dnn" is ""/],
    ["a layer too many", { layer: 21 }, "unknown-name", /resnet18 has no layer 21[^]*from 0 to 20/],
    ["a negative layer", { layer: -1 }, "out-of-range", /The layer is -1/],
    ["half a layer", { layer: 1.5 }, "out-of-range", /The layer is 1\.5/],
    ["a layer that is no number", { layer: "ten" }, "unknown-name", /resnet18 has no layer "ten"/],
    ["no layer", { layer: undefined }, "out-of-range", /The layer is missing/],
    ["no tiles", { nTiles: 0 }, "out-of-range", /number of tiles is 0/],
    ["a negative batch", { batchSize: -4 }, "out-of-range", /number of samples in a batch is -4/],
    ["a huge batch", { batchSize: 1e9 }, "out-of-range", /is 1000000000/],
    ["half a sample", { batchSize: 0.5 }, "out-of-range", /is 0\.5/],
    ["a batch that is not a number", { batchSize: NaN }, "out-of-range", /is NaN/],
    ["infinitely many tiles", { nTiles: Infinity }, "out-of-range", /is Infinity/],
    ["a text as batch", { batchSize: "32" }, "out-of-range", /samples in a batch is "32"/],
    [
      "a batch beyond exact counts",
      { batchSize: 1_000_000, dnn: "resnet18", layer: 0 },
      "out-of-range",
      /The sizes multiply to .* operations: C=3 M=64/,
    ],
    [
      "tiles given twice",
      { variables: { TILES_PER_ARCH: 8 } },
      "usage",
      /number of tiles is given twice: 16/,
    ],
    [
      "a variable that is not a number",
      { variables: { ADC_RESOLUTION: NaN } },
      "out-of-range",
      /cannot be set to NaN/,
    ],
    [
      "an infinite variable",
      { variables: { ADC_RESOLUTION: Infinity } },
      "out-of-range",
      /cannot be set to Infinity/,
    ],
    ["an empty variable", { variables: { ADC_RESOLUTION: " " } }, "usage", /cannot be set to ""/],
    [
      "a variable that is an object",
      { variables: { ADC_RESOLUTION: {} } },
      "usage",
      /cannot be set to \[object Object\]/,
    ],
    ["a variable without a name", { variables: { "": 1 } }, "usage", /"" cannot be the name of a variable/],
    ["a variable with a blank", { variables: { "A B": 1 } }, "usage", /"A B" cannot be the name/],
    [
      "a variable named like a dimension",
      { variables: { C: 4 } },
      "schema",
      /The variable "C" has the name of a dimension/,
    ],
    [
      "a variable named like a data space",
      { variables: { Weights: 4 } },
      "schema",
      /The variable "Weights" has the name/,
    ],
    [
      "a syntax error in a variable",
      { variables: { ADC_RESOLUTION: "7 +" } },
      "expression",
      /variables \(ADC_RESOLUTION\): Here the expression ends/,
    ],
    [
      "an unknown name in a variable",
      { variables: { ADC_RESOLUTION: "BITS" } },
      "expression",
      /The name "BITS" is not known/,
    ],
    [
      "a fan-out of zero",
      { variables: { MACROS_PER_TILE: 0 } },
      "out-of-range",
      /models\/raella\/arch\.yaml:\d+:\d+ \(architecture\.nodes\[\d+\]\.spatial\.meshX\): meshX of "macro" is 0/,
    ],
    ["a fractional fan-out", { variables: { MACROS_PER_TILE: 2.5 } }, "schema", /meshX of "macro" is 2\.5/],
    [
      "a fan-out that is a float",
      { variables: { MACROS_PER_TILE: "16 / 2" } },
      "schema",
      /meshX of "macro" is 8\.0[^]*use \/\//,
    ],
    [
      "a bit count that is a float",
      { variables: { INPUT_BITS: "16 / 2" } },
      "out-of-range",
      /The size of I is 8\.0/,
    ],
    [
      "cells of unknown bits",
      { variables: { BITS_PER_CELL: "2 * 2" } },
      "statistics",
      /variable BITS_PER_CELL is/,
    ],
    [
      "a resolution that makes sizes floats, all of which are reported",
      { variables: { DAC_RESOLUTION: 1.5 } },
      "schema",
      /^3 problems were found[^]*"width" of "input_drivers" is a float: 1\.5[^]*The factor I=DAC_RESOLUTION \(I=1\.5\) of "bitwise_virtualization" has no integer value/,
    ],
  ];
  for (const [name, options, code, message] of cases)
    it(`cannot be ${name}`, () =>
      assert.throws(
        () => getSpec({ ...base, ...options } as GetSpecOptions),
        (error: Error & { code?: string }) => {
          assert.equal(error.name.startsWith("RaellaError"), true, String(error.stack));
          assert.equal(error.code, code);
          assert.match(error.message, message);
          return true;
        },
      ));
});
