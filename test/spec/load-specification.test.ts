import assert from "node:assert/strict";
import { join } from "node:path";
import { getSpec } from "../../src/spec/get-spec";
import { loadSpecification } from "../../src/spec/load-specification";
import type { Specification } from "../../src/spec/specification";
import { defaultWorkspace } from "../../src/spec/workspace";
import {
  replaced,
  smallModel,
  smallProblem,
  smallSpecification,
  specificationOf,
  withFiles,
} from "./support/small-model";

describe("loadSpecification", () => {
  it("of the package's own files is what getSpec gives without statistics", () => {
    const { modelsDirectory, layersDirectory } = defaultWorkspace();
    const files = [
      "raella/arch.yaml",
      "raella/variables.yaml",
      "common_components/*.yaml",
      "mapper.yaml",
    ].map((name) => join(modelsDirectory, name));
    const options = {
      nTiles: 16,
      batchSize: 32,
      variables: { AVERAGE_WEIGHT_VALUE: 0.5, AVERAGE_INPUT_VALUE: 0.5, ADC_ACTION_SHARE: 0.5 },
    };
    const loaded = loadSpecification({
      files: [...files, join(layersDirectory, "resnet18/010.yaml")],
      ...options,
    });
    const got = getSpec({ architecture: "raella", dnn: "resnet18", layer: 10, ...options });
    assert.deepEqual(loaded.levels, got.levels);
    assert.deepEqual(loaded.workload, got.workload);
    assert.deepEqual(loaded.componentClasses, got.componentClasses);
    assert.deepEqual(loaded.mapper, got.mapper);
    assert.deepEqual(loaded.identity, { ...got.identity, dnn: "QuantizableResNet", layer: null });
  });

  it("reads an architecture without anything of RAELLA in it", () => {
    const { workload, mapper, warnings, identity } = smallSpecification();
    assert.deepEqual(workload.bounds, { M: 8, N: 4, K: 16 });
    assert.deepEqual([workload.name, workload.bitDimensions, identity.nTiles], ["matmul", [], null]);
    assert.deepEqual([mapper.optimizationMetrics, mapper.numThreads, mapper.timeout], [["energy"], 2, 1000]);
    assert.deepEqual(warnings, []);
  });

  it("takes the same model from several files", () => {
    const [variables, rest] = [
      smallModel.slice(0, smallModel.indexOf("architecture:")),
      smallModel.slice(smallModel.indexOf("architecture:")),
    ];
    const split = specificationOf({
      "a.yaml": rest,
      "b.yaml": variables,
      "c.yaml": smallProblem,
      "d.yaml": variables,
    });
    assert.deepEqual(split.levels, smallSpecification().levels);
    withFiles({ "b.yaml": variables, "a.yaml": rest, "c.yaml": smallProblem, "notes.txt": "{" }, (folder) => {
      const globbed = loadSpecification({ files: [join(folder, "*"), join(folder, "a.yaml")] });
      assert.deepEqual(globbed.levels, split.levels);
      assert.deepEqual(
        globbed.sources.map(({ file }) => file.replace(/.*\//, "")),
        ["a.yaml", "b.yaml", "c.yaml"],
      );
    });
  });

  it("knows dimensions of more than one letter", () => {
    const problem = smallProblem.replaceAll("M", "ROW").replaceAll("N", "COLUMN");
    const model = smallModel
      .replace("permutation: [M, N]", "permutation: [ROW, COLUMN]")
      .replace("factors: [M=2]", "factors: 'ROW=2 COLUMN=1'");
    const { levels } = specificationOf({ "model.yaml": model + problem });
    assert.deepEqual(levels[1].constraints.spatial?.permutation, ["K", "ROW", "COLUMN"]);
    assert.deepEqual(levels[2].constraints.temporal?.permutation, ["COLUMN"]);
  });

  it("reads strides, constant coefficients and their defaults", () => {
    const problem = smallProblem
      .replace(
        "dimensions: [M, N, K]",
        "dimensions: [M, N, K]\n    coefficients: [{name: Stride, default: 3}, {name: Dilation}]",
      )
      .replace("[[M]], [[K]]", "[[M, Stride], [K, Dilation, Stride]]");
    const ranks = (text: string): unknown =>
      specificationOf({ "m.yaml": smallModel + text }).workload.dataSpaces[0].ranks;
    assert.deepEqual(ranks(problem), [
      [
        { dimension: "M", coefficient: 3, coefficientNames: ["Stride"] },
        { dimension: "K", coefficient: 3, coefficientNames: ["Dilation", "Stride"] },
      ],
    ]);
    assert.deepEqual(ranks(problem.replace("K: 16", "K: 16, Dilation: ROWS")), [
      [
        { dimension: "M", coefficient: 3, coefficientNames: ["Stride"] },
        { dimension: "K", coefficient: 6, coefficientNames: ["Dilation", "Stride"] },
      ],
    ]);
  });

  it("reads reference tables in Accelergy's form", () => {
    const tables = [
      "ERT:",
      "  version: 0.4",
      "  tables:",
      "    - name: system.chip.buffer[1..8]",
      "      actions:",
      "        - {name: read, arguments: {data_delta: 0}, energy: 0.5}",
      "        - {name: read, arguments: {data_delta: 1}, energy: 1.5}",
      "        - {name: write, arguments: {}, energy: 2}",
      "ART: {version: 0.4, tables: [{name: 'system.chip.buffer[1..8]', area: 100.5}, {name: mac, area: 1}]}",
    ].join("\n");
    const specification = specificationOf({ "m.yaml": smallModel + smallProblem, "tables.yaml": tables });
    assert.deepEqual(structuredClone(specification.energyTable), { buffer: { read: 1.5, write: 2 } });
    assert.deepEqual(structuredClone(specification.areaTable), { buffer: 100.5, mac: 1 });
  });

  it("needs no version of the format, and none is a variable", () => {
    const { levels, variables } = smallSpecification("  version: 0.4\n", "");
    assert.deepEqual(levels, smallSpecification().levels);
    const versioned = smallSpecification("variables:\n", "variables:\n  version: '0.4'\n").variables;
    assert.deepEqual(Object.keys(versioned), Object.keys(variables));
  });

  it("takes statistics as a file or as values", () => {
    const files = { "m.yaml": smallModel + smallProblem, "s.txt": "WORD=4\nEXTRA=2\n" };
    withFiles(files, (folder) => {
      const load = (statistics: string | Record<string, number | string>): Specification =>
        loadSpecification({ files: [join(folder, "m.yaml")], statistics });
      assert.equal(load(join(folder, "s.txt")).variableValues.WORD, 4);
      assert.equal(load({ WORD: "2 + 2" }).levels[0].attributes.datawidth, 4);
      assert.deepEqual(
        load({ WORDS: 4 }).warnings.map(({ message }) => message.replace(/model of \S+/, "model")),
        ['Nothing in the model reads "WORDS", which the statistics give. Did you mean "WORD"?'],
      );
    });
  });

  it("refuses tiles or samples that would have no effect", () => {
    for (const options of [{ nTiles: 2 }, { batchSize: 2 }])
      assert.throws(() => smallSpecification("WORD: 8", "WORD: 8", options), {
        code: "unknown-name",
        message: /The model of .* has no variable (TILES_PER_ARCH|BATCH_SIZE), so that the number/,
      });
  });

  it("warns of entries of given tables, and of mapper options, that belong to nothing", () => {
    const tables =
      "ART:\n  tables: [{name: system.bufer, area: 1}, {name: system.inter_pe_spatial_dummy, area: 0}]\n";
    const { warnings } = smallSpecification("num_threads: 2", "num_threads: 2, colour: 3", {}, tables);
    assert.deepEqual(
      warnings.map(({ message }) => message),
      [
        'The mapper has no option "colour"; it has no effect.',
        'The given tables price "bufer", which is no level of the architecture. Did you mean "buffer"?',
      ],
    );
  });

  it("takes sizes of the input, and sizes of 1, that its loops do not have", () => {
    const { workload } = smallSpecification("M: 8, N: 4", "M: 8, N: 4, H: 56, Wpad: 3, G: 1");
    assert.deepEqual(Object.keys(workload.bounds), ["M", "N", "K"]);
  });

  it("warns of attributes that look misspelt", () => {
    for (const [written, meant] of [
      ["blocksize", "block_size"],
      ["sizekb", "sizeKB"],
      ["widht", "width"],
    ])
      assert.match(
        smallSpecification("width: datawidth * 2", `${written}: 2`).warnings[0]?.message ?? "",
        new RegExp(`"${written}" of "buffer".*Did you mean "${meant}"`),
      );
    for (const [written, meant] of [
      ["widht", "width"],
      ["depht", "depth"],
      ["datawidht", "datawidth"],
    ])
      assert.match(
        smallSpecification("width: datawidth * 2", `width: datawidth * 2\n        ${written}: 2`).warnings[0]
          ?.message ?? "",
        new RegExp(`"${written}" of "buffer".*Did you mean "${meant}"`),
        "also beside the right name",
      );
    const { warnings } = smallSpecification("depth: BUFFER_DEPTH", "dpeth: BUFFER_DEPTH");
    assert.match(
      warnings[0].message,
      /The attribute "dpeth" of "buffer" has no meaning for the mapper. Did you mean "depth"/,
    );
    assert.match(warnings[0].location?.keyPath ?? "", /attributes\.dpeth$/);
  });

  it("takes corrected attributes where they are asked for", () => {
    const text = "width: datawidth * 2\n      corrected_attributes: {width: datawidth * 4}";
    const widthOf = (written: string, fidelity?: "corrected"): unknown =>
      smallSpecification("width: datawidth * 2", written, { fidelity }).levels[2].attributes.width;
    assert.deepEqual([widthOf(text), widthOf(text, "corrected")], [16, 32]);
    assert.throws(
      () => widthOf(text.replace("{width", "{widht")),
      /"widht" is corrected, but there is no such/,
    );
  });

  describe("mapper options", () => {
    const mapperOf = (options: string, fidelity?: "corrected"): Specification =>
      smallSpecification("mapper: {optimization_metrics: [energy], num_threads: 2}", `mapper: ${options}`, {
        fidelity,
      });

    it("have defaults, and zero means no limit", () => {
      const { mapper } = mapperOf(
        "{search_size: 0, victory_condition: 0, timeout: 0, optimization_metric: delay}",
      );
      assert.deepEqual(
        { ...mapper, all: undefined },
        {
          optimizationMetrics: ["delay"],
          numThreads: 8,
          searchSize: null,
          victoryCondition: null,
          timeout: 0,
          maxPermutationsPerIfVisit: 16,
          algorithm: "hybrid",
          all: undefined,
        },
      );
      assert.deepEqual(
        [mapperOf("{search_size: 5}").mapper.searchSize, mapperOf("null").mapper.victoryCondition],
        [5, 500],
      );
    });

    it("say which algorithm is not modelled, and which is none", () => {
      const warningsOf = (algorithm: string): readonly string[] =>
        mapperOf(`{optimization_metrics: [edp], algorithm: ${algorithm}}`).warnings.map(
          ({ message }) => message,
        );
      for (const walk of ["random_pruned", "random-pruned", "hybrid"]) assert.deepEqual(warningsOf(walk), []);
      assert.deepEqual(warningsOf("linear_pruned"), [
        "The mapper's algorithm linear_pruned is not modelled; the searches here do not use it.",
      ]);
      assert.deepEqual(warningsOf("random_prned"), [
        'The mapper has no algorithm "random_prned"; it has no effect. Did you mean "random_pruned"?',
      ]);
      assert.match(warningsOf("3")[0], /has no algorithm "3"/);
    });

    it("name what is minimised", () => {
      assert.deepEqual(mapperOf("{optimization_metrics: delay}").mapper.optimizationMetrics, ["delay"]);
      assert.deepEqual(
        mapperOf("{optimization_metric: energy, optimization_metrics: [edp]}").mapper.optimizationMetrics,
        ["energy"],
      );
      const list = mapperOf("{optimization_metric: [energy, delay]}");
      assert.deepEqual(list.mapper.optimizationMetrics, ["edp"]);
      assert.match(list.warnings[0].message, /given as a list, which the original mapper does not read/);
      assert.deepEqual(
        mapperOf("{optimization_metric: [energy, delay]}", "corrected").mapper.optimizationMetrics,
        ["energy", "delay"],
      );
      assert.match(
        mapperOf("{num_threads: 1}").warnings[0].message,
        /name no optimization_metrics; edp is minimised/,
      );
    });
  });

  describe("storage attributes", () => {
    const attribute = (text: string, name: string): unknown =>
      smallSpecification("width: datawidth * 2", text).levels[2].attributes[name];

    it("are converted to what they count as", () => {
      assert.equal(attribute("width: '16'", "width"), 16);
      assert.equal(attribute("width: 16.0", "width"), 16);
      assert.equal(attribute("reduction_supported: 0", "reduction_supported"), false);
      assert.equal(attribute("technology: '32nm'", "technology"), "32nm");
      assert.equal(attribute("read_bandwidth: 1 / 3", "read_bandwidth"), 1 / 3);
      assert.equal(attribute("multiple_buffering: 4 / 2", "multiple_buffering"), 2);
      assert.deepEqual(attribute("note: [1, 'a']", "note"), [1, "a"]);
      assert.equal(attribute("note: 'free text'", "note"), "free text");
    });
  });
});

describe("specifications that cannot be read", () => {
  /** A part of the small model, what stands there instead, and the error. */
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    // Files as a whole
    [
      "architecture:",
      "architektur:",
      "schema",
      /model\.yaml:\d+:1: "architektur" is not a top key[^]*Did you mean "architecture"/,
    ],
    ["problem:", "problem_ignore:", "schema", /no "problem" in the files[^]*Give the file of a layer/],
    ["architecture:", "architecture_ignore:", "schema", /no "architecture" in the files/],
    ["version: 0.4", "versoin: 0.4", "schema", /"versoin" is not a key[^]*Did you mean "version"/],
    ["version: 0.4", "version: 7.9", "schema", /architecture\.version is 7\.9; only 0\.4 is read/],
    [
      "version: 0.4",
      "version: 0.2",
      "schema",
      /architecture\.version is 0\.2; only 0\.4[^]*as version 0\.4 has it/,
    ],
    ["version: 0.4", "version: null", "schema", /architecture\.version is nothing; only 0\.4 is read/],
    [
      "version: 0.4",
      "subtree: []",
      "schema",
      /architecture\.subtree is grammar of version 0\.2 or 0\.3; only 0\.4/,
    ],
    [
      "variables:\n",
      "variables:\n  version: 0.3\n",
      "schema",
      /\(variables\.version\): variables\.version is 0\.3/,
    ],
    ["mapper: {", "mapper: {version: 1, ", "schema", /mapper\.version is 1; only 0\.4 is read/],
    ["problem:\n", "problem:\n  version: '0.5'\n", "schema", /problem\.version is "0\.5"; only 0\.4 is read/],
    [
      "  WORD: 8\n",
      "  WORD: {{ word }}\n",
      "unknown-name",
      /model\.yaml:\d+: The template uses "word", which is not defined[^]*--define word=VALUE/,
    ],
    ["  WORD: 8\n", "  WORD: 8 # {% for x in y %}\n", "yaml-syntax", /The template uses "{% for x in y %}"/],
    [
      "variables:",
      "variables: [1]\nvariables_ignore:",
      "schema",
      /\(variables\): a list is not accepted here[^]*a map of names to values/,
    ],
    ["WORD: 8", "WORD: {a: 1}", "schema", /\(variables\.WORD\): a map is not accepted here/],
    [
      "WORD: 8",
      "WORD-BITS: 8",
      "schema",
      /\(variables\.WORD-BITS\): "WORD-BITS" cannot be the name of a variable/,
    ],
    // Variables and expressions
    ["WORD: 8", "WORD: WORDS", "expression", /\(variables\.WORD\): The name "WORDS" is not known/],
    [
      "WORD: 8",
      "WORD: 8 +\n  OTHER: (1",
      "expression",
      /^2 problems were found[^]*variables\.WORD[^]*variables\.OTHER/,
    ],
    [
      "WORD: 8",
      "WORD: 8 / 0\n  OTHER: X",
      "expression",
      /^2 problems were found[^]*Division by zero[^]*"X" is not known/,
    ],
    [
      "WORD: 8",
      "WORD: 8 / 2",
      "schema",
      /^2 problems were found[^]*"datawidth" of "memory" is a float: 4\.0[^]*use \/\//,
    ],
    ["WORD: 8", "WORD: 9**9**9**9", "expression", /beyond the range/],
    ["WORD: 8", "N: 8", "schema", /\(variables\.N\): The variable "N" has the name of a dimension/],
    [
      "width: datawidth * 2",
      "width: wide * 2",
      "expression",
      /attributes\.width\): The name "wide" is not known/,
    ],
    ["width: datawidth * 2", "width: clock", "expression", /The name "clock" is not known/],
    // Nodes
    [
      "- !Element\n      name: mac",
      "- !Elemnt\n      name: mac",
      "schema",
      /no kind of node "!Elemnt"[^]*Did you mean "!Element"/,
    ],
    ["- !Element\n      name: mac", "-\n      name: mac", "schema", /no tag that says what it is/],
    [
      "- !Element\n      name: mac",
      "- !Element\n      nam: mac",
      "schema",
      /The key "name" is missing[^]*"nam" is not a key[^]*Did you mean "name"/,
    ],
    [
      "    - !Container\n      name: system\n",
      "    - !Hierarchical 5\n    - !Container\n      name: system\n",
      "schema",
      /nodes\[0\]\): "5" is not accepted here/,
    ],
    [
      "    - !Container\n      name: system\n",
      "    - !Hierarchical {node: []}\n    - !Container\n      name: system\n",
      "schema",
      /"node" is not a key[^]*Did you mean "nodes"/,
    ],
    [
      "    - !Container\n      name: system\n",
      "    - !Parallel {nodes: {}}\n    - !Container\n      name: system\n",
      "schema",
      /nodes\[0\]\.nodes\): a map is not accepted here[^]*a list of nodes/,
    ],
    [
      "class: compute",
      "class: compote",
      "schema",
      /The class "compote" does not say what kind of element "mac" is/,
    ],
    ["class: compute", "clas: compute", "schema", /The key "class" is missing[^]*"clas" is not a key/],
    ["class: compute", "class: 5", "schema", /\.class\): 5 is not accepted here/],
    [
      "class: compute",
      "class: compute\n      subclass: [a]",
      "schema",
      /\.subclass\): a list is not accepted here/,
    ],
    ["name: mac", "name: buffer", "schema", /Two nodes are called "buffer"/],
    ["name: mac", "name: [mac]", "schema", /\.name\): a list is not accepted here[^]*the name of the node/],
    ["spatial: {meshX: 4", "spatial: {meshZ: 4", "schema", /"meshZ" is not a key[^]*Did you mean "meshX"/],
    ["spatial: {meshX: 4, meshY: ROWS}", "spatial: [4]", "schema", /spatial/],
    ["meshX: 4", "meshX: 0", "out-of-range", /spatial\.meshX\): meshX of "pe" is 0/],
    ["meshX: 4", "meshX: -4", "out-of-range", /meshX of "pe" is -4/],
    ["meshX: 4", "meshX: 1.5", "schema", /meshX of "pe" is 1\.5/],
    ["meshX: 4", "meshX: 8 / 2", "schema", /meshX of "pe" is 4\.0[^]*use \/\//],
    ["meshX: 4", "meshX: '2 +'", "expression", /the expression ends/],
    ["meshX: 4", "meshX: null", "schema", /meshX of "pe" is None/],
    ["meshX: 4", "meshX: clock", "expression", /The name "clock" is not known/],
    // Attributes
    ["datawidth: WORD\n", "width: WORD\n", "yaml-syntax", /occurs twice/],
    ["{datawidth: WORD, width", "{width", "schema", /The storage element "memory" has no datawidth/],
    [
      "{datawidth: WORD,",
      "{datawidth: 0,",
      "out-of-range",
      /"datawidth" of "memory" is 0[^]*an integer of at least 1/,
    ],
    ["{datawidth: WORD,", "{datawidth: true,", "schema", /"datawidth" of "memory" is a boolean: True/],
    ["{datawidth: WORD,", "{datawidth: 'a',", "schema", /"datawidth" of "memory" is a text: a/],
    [
      "depth: BUFFER_DEPTH",
      "depth: 2.5",
      "schema",
      /attributes\.depth\): The attribute "depth" of "buffer" is a float: 2\.5/,
    ],
    ["depth: BUFFER_DEPTH", "depth: -1", "out-of-range", /"depth" of "buffer" is -1/],
    ["depth: BUFFER_DEPTH", "min_utilization: 1.5", "out-of-range", /at least 0 and at most 1/],
    ["depth: BUFFER_DEPTH", "multiple_buffering: 0", "out-of-range", /a number of at least 1/],
    ["depth: BUFFER_DEPTH", "reduction_supported: perhaps", "expression", /The name "perhaps"/],
    [
      "depth: BUFFER_DEPTH",
      "reduction_supported: 'perhaps'",
      "schema",
      /is a text: perhaps[^]*true or false/,
    ],
    ["depth: BUFFER_DEPTH", "depth: {a: 1}", "schema", /attributes\.depth\): a map is not accepted here/],
    [
      "attributes: {technology: 32, clock: 1}",
      "attributes: 5",
      "schema",
      /attributes\): 5 is not accepted here/,
    ],
    ["name: mac", "name: mac\n      area_share: -1", "schema", /area_share of "mac" is -1/],
    ["name: mac", "name: mac\n      area_share: 'big'", "expression", /The name "big" is not known here/],
    [
      "name: mac",
      "name: mac\n      required_actions: {a: 1}",
      "schema",
      /required_actions\): a map is not accepted here/,
    ],
    // Constraints
    [
      "constraints:\n        spatial:",
      "constraint:\n        spatial:",
      "schema",
      /"constraint" is not a key[^]*Did you mean "constraints"/,
    ],
    [
      "temporal: {factors",
      "tempral: {factors",
      "schema",
      /"tempral" is not a key[^]*Did you mean "temporal"/,
    ],
    ['no_reuse: ["*"]', "no_resue: ['*']", "schema", /"no_resue" is not a key[^]*Did you mean "no_reuse"/],
    ['no_reuse: ["*"]', "no-reuse: ['*']", "schema", /"no-reuse" is not a key[^]*Did you mean "no_reuse"/],
    [
      'no_reuse: ["*"]',
      "no_reuse: [C]",
      "unknown-name",
      /"buffer" name "C", which is not a data space of the problem[^]*A, B, Z/,
    ],
    ['no_reuse: ["*"]', "no_reuse: {A: 1}", "schema", /no_reuse\): a map is not accepted here/],
    ['no_reuse: ["*"]', "no_iteration_over_dataspaces: [Q]", "unknown-name", /not a data space/],
    ["factors: [M=2]", "factors: [M>=0]", "constraint", /The lower limit M>=0 of "[a-z]+" says nothing/],
    ["factors: [M=2]", "factors: [M]", "constraint", /"M" is not a factor/],
    [
      "factors: [M=2]",
      "factors: [m=2]",
      "unknown-name",
      /name "m", which is not a dimension[^]*Did you mean "M"/,
    ],
    ["factors: [M=2]", "factors: [X=2]", "unknown-name", /name "X", which is not a dimension[^]*M, N, K/],
    ["factors: [M=2]", "factors: [M=2, M=4]", "constraint", /contradict each other: M=2 and M=4/],
    ["factors: [M=2]", "factors: [M<=8, M>=2, M<=4]", "constraint", /contradict each other: M<=8 and M<=4/],
    ["factors: [M=2]", "factors: [M=-2]", "constraint", /M=-2 of "buffer" has no integer value/],
    ["factors: [M=2]", "factors: [M=1.5]", "constraint", /M=1\.5 of "buffer" has no integer value/],
    [
      "factors: [M=2]",
      "factors: [M=ROWS*2]",
      "constraint",
      /M=ROWS\*2 \(M=2\*2\) of "buffer" has no integer value[^]*define a variable/,
    ],
    ["factors: [M=2]", "factors: [M=SIZE]", "constraint", /M=SIZE of "buffer" has no integer value/],
    ["factors: [M=2]", "factors: [M<=0]", "constraint", /The upper limit M<=0 of "buffer" allows no factor/],
    ["factors: [M=2]", "factors: {M: 2}", "schema", /factors\): a map is not accepted here[^]*\[C=4, M=1\]/],
    ["permutation: [M, N]", "permutation: [M, M]", "constraint", /names M twice/],
    ["permutation: [M, N]", "permutation: MQ", "unknown-name", /name "MQ", which is not a dimension/],
    ["split: 1", "split: -1", "constraint", /split\): split of "pe" is -1/],
    ["split: 1", "split: many", "constraint", /split of "pe" is many/],
    ["split: 1", "default_max_factor: 0", "constraint", /default_max_factor of "pe" is 0/],
    ["keep: [A, B, Z]", "keep: [A, B, Y]", "unknown-name", /name "Y", which is not a data space/],
    ["keep: [A, B, Z]", "keep: [A, B, Z], bypass: [A]", "constraint", /"memory" both keeps and bypasses A/],
    ["keep: [A, B, Z]", "keep_only: [A], bypass_only: [A]", "constraint", /both keeps and bypasses/],
    // Top-level constraints
    [
      "mapper:",
      "constraints: {targets: [{type: temporal, target: bufer, factors: [M=1]}]}\nmapper:",
      "unknown-name",
      /target "bufer" is not a node[^]*Did you mean "buffer"/,
    ],
    [
      "mapper:",
      "constraints: {targets: [{type: temporl, target: buffer}]}\nmapper:",
      "schema",
      /"temporl" is not a type of constraint[^]*Did you mean "temporal"/,
    ],
    [
      "mapper:",
      "constraints: {targets: [{target: buffer}]}\nmapper:",
      "schema",
      /The constraint has no type/,
    ],
    [
      "mapper:",
      "constraints: {targets: [{type: spatial}]}\nmapper:",
      "schema",
      /The constraint has no target/,
    ],
    ["mapper:", "constraints: {targets: {a: 1}}\nmapper:", "schema", /a map is not accepted here[^]*a list/],
    [
      "mapper:",
      "constraints: {target: []}\nmapper:",
      "schema",
      /"target" is not a key[^]*Did you mean "targets"/,
    ],
    ["mapper:", "mapping: [5]\nmapper:", "schema", /mapping\[0\]\): The constraint has no type/],
    // Problem
    ["M: 8, N: 4", "N: 4", "schema", /The problem gives no size of the dimension M/],
    [
      "M: 8, N: 4",
      "M: 0, N: -4",
      "out-of-range",
      /^2 problems were found[^]*The size of M is 0[^]*The size of N is -4/,
    ],
    ["M: 8, N: 4", "M: 8.5, N: 4", "out-of-range", /instance\.M\): The size of M is 8\.5/],
    ["M: 8, N: 4", "M: .nan, N: 4", "out-of-range", /The size of M is NaN/],
    ["M: 8, N: 4", "M: true, N: 4", "out-of-range", /The size of M is true/],
    [
      "M: 8, N: 4",
      "M: SIZE, N: 4",
      "unknown-name",
      /The size of M is "SIZE", which is neither a number nor a variable/,
    ],
    ["M: 8, N: 4", "M: ROWS*2, N: 4", "unknown-name", /The size of M is "2\*2"/],
    [
      "M: 8, N: 4",
      "M: 4000000000, N: 4000000000",
      "out-of-range",
      /The sizes multiply to 2\.560e\+20 operations: M=4000000000/,
    ],
    ["instance: {M: 8, N: 4, K: 16}", "instance: [8]", "schema", /instance/],
    [
      "instance: {M: 8, N: 4, K: 16}\n",
      "sizes: {}\n",
      "schema",
      /The key "instance" is missing[^]*"sizes" is not a key/,
    ],
    ["dimensions: [M, N, K]", "dimensions: [M, N, K, M]", "schema", /two things called "M"/],
    ["dimensions: [M, N, K]", "dimensions: [M, N, K, A]", "schema", /two things called "A"/],
    [
      "dimensions: [M, N, K]",
      "dimensions: [M, N, K, 2D]",
      "schema",
      /"2D" cannot be the name of a dimension/,
    ],
    ["dimensions: [M, N, K]", "dimensions: []", "schema", /no dimensions or no data spaces/],
    [
      "dimensions: [M, N, K]",
      "dimension: [M, N, K]",
      "schema",
      /The key "dimensions" is missing[^]*Did you mean "dimensions"/,
    ],
    ["[[K]], [[N]]", "[[K]], [[X]]", "unknown-name", /The projection of B names "X"/],
    ["[[K]], [[N]]", "[[K, N]]", "schema", /has 2 dimensions: K \* N/],
    ["[[K]], [[N]]", "[K], [[N]]", "schema", /projection\[0\]\[0\]\): "K" is not accepted here[^]*a product/],
    ["[[K]], [[N]]", "[]", "schema", /a list is not accepted here[^]*a sum of products/],
    [
      "read_write: true",
      "read_write: maybe",
      "schema",
      /read_write\): "maybe" is not accepted here[^]*true or false/,
    ],
    [
      "read_write: true",
      "read-write: true",
      "schema",
      /"read-write" is not a key[^]*Did you mean "read_write"/,
    ],
    // Mapper and tables
    ["[energy]", "[enregy]", "schema", /"enregy" is not something the mapper can minimise/],
    [
      "num_threads: 2",
      "num_threads: 0",
      "out-of-range",
      /mapper\.num_threads\): The mapper option "num_threads" cannot be 0/,
    ],
    ["num_threads: 2", "search_size: -1", "out-of-range", /"search_size" cannot be -1/],
    ["num_threads: 2", "timeout: many", "out-of-range", /"timeout" cannot be "many"/],
    [
      "mapper:",
      "ERT: {tables: [{name: buffer, actions: [{name: read, energy: x}]}]}\nmapper:",
      "schema",
      /energy\): "x" is not accepted here[^]*an energy in pJ/,
    ],
    [
      "mapper:",
      "ERT: {tables: [{name: buffer, actions: [{name: read, energy: -1}]}]}\nmapper:",
      "schema",
      /energy\): -1 is not accepted here/,
    ],
    ["mapper:", "ERT: []\nmapper:", "schema", /\(ERT\)/],
    ["mapper:", "ART: {tables: [{name: buffer}]}\nmapper:", "schema", /The key "area" is missing/],
    // Components
    [
      "mapper:",
      "components: {classes: [{name: a, attributes: {}, subcomponents: []}]}\nmapper:",
      "schema",
      /The key "actions" is missing/,
    ],
    [
      "mapper:",
      "components: {classes: [{name: a, attributes: {}, subcomponents: [{name: p}], actions: []}]}\nmapper:",
      "schema",
      /subcomponents\[0\]\): The key "class" is missing/,
    ],
    [
      "mapper:",
      "components: {classes: [{name: a, attributes: {x: {y: 1}}, subcomponents: [], actions: []}]}\nmapper:",
      "schema",
      /attributes\.x\): a map is not accepted here/,
    ],
    [
      "mapper:",
      "components: {classes: {a: 1}}\nmapper:",
      "schema",
      /components\.classes\): a map is not accepted here/,
    ],
    [
      "mapper:",
      "components: {clases: []}\nmapper:",
      "schema",
      /"clases" is not a key[^]*Did you mean "classes"/,
    ],
    [
      "mapper:",
      "sparse_optimizations: {targets: [{target: buffer, gating: 1}]}\nmapper:",
      "schema",
      /"gating" is not a key/,
    ],
  ];
  for (const [part, by, code, message] of cases)
    it(`${JSON.stringify(by.slice(0, 60))}: ${message.source.slice(0, 60)}`, () =>
      assert.throws(
        () => smallSpecification(part, by),
        (error: Error & { code?: string }) => {
          assert.match(error.name, /^RaellaErrors?$/, String(error.stack));
          assert.match(error.message, message);
          assert.equal(error.code, code);
          assert.ok(!/undefined|\[object/.test(error.message), error.message);
          return true;
        },
      ));

  it("without files, with a pattern that matches nothing, and with a folder", () => {
    assert.throws(() => loadSpecification({ files: [] }), { code: "usage", message: /No files are given/ });
    withFiles({ "a.txt": "" }, (folder) => {
      assert.throws(() => loadSpecification({ files: [join(folder, "*.yaml")] }), {
        code: "file-not-found",
        message: /No YAML file matches/,
      });
      assert.throws(() => loadSpecification({ files: [folder] }), {
        code: "file-not-found",
        message: /is not a file[^]*\*\.yaml/,
      });
      assert.throws(() => loadSpecification({ files: [join(folder, "b.yaml")] }), {
        code: "file-not-found",
        message: /There is no file/,
      });
    });
  });

  it("with a problem that does not suit the model", () => {
    const problem = replaced(smallProblem, "[M, N, K]", "[M, N]")
      .replace("[[K]]", "[[M]]")
      .replace("[[K]]", "[[M]]");
    assert.throws(() => specificationOf({ "m.yaml": smallModel + problem }), {
      code: "unknown-name",
      message: /The constraints of "pe" name "K", which is not a dimension/,
    });
  });
});
