import assert from "node:assert/strict";
import { RaellaError } from "../../src/errors";
import { getSpec } from "../../src/spec/get-spec";
import type { GetSpecOptions } from "../../src/spec/get-spec";
import { defaultGreedySteps, greedy } from "../../src/spec/greedy";
import { loadSpecification } from "../../src/spec/load-specification";
import type { LoadSpecificationOptions } from "../../src/spec/load-specification";
import type { Specification } from "../../src/spec/specification";
import { listArchitectures, listLayers } from "../../src/spec/workspace";
import { smallModel, smallProblem, specificationOf, withFiles } from "./support/small-model";
import { withWorkspace } from "./support/workspace-copy";

/** A specification as text, or what is wrong with it, with file names as seen from a folder. */
function textSeenFrom(folder: string, compute: () => Specification): string {
  const text = (value: unknown): string => JSON.stringify(value).replaceAll(`${folder}/`, "");
  try {
    return text(compute());
  } catch (error) {
    if (error instanceof RaellaError) return text(error.toJSON());
    throw error;
  }
}

/** Undefined for a variable that cannot be set, since nothing reads it. */
function attempt(compute: () => Specification): Specification | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof RaellaError) return undefined;
    throw error;
  }
}

type Changes = NonNullable<LoadSpecificationOptions["variables"]>;

/** Names that the models of this file do not have. */
const newNames = (model: string, changes: Changes): string[] =>
  Object.keys(changes).filter((name) => !model.includes(`  ${name}:`));

/** What changed variables make of a model: one after the other from the same files, and each from files of its own. */
function sharedAndAlone(
  model: string,
  changes: readonly Changes[],
  options: Pick<LoadSpecificationOptions, "greedySteps"> = {},
): readonly [string[], string[]] {
  assert.notEqual(model, smallModel);
  const files = { "small/model.yaml": model, "small/problem.yaml": smallProblem };
  const load = (folder: string, changed: Changes): string =>
    textSeenFrom(folder, () => {
      const isNew = newNames(model, changed);
      const pick = (wanted: boolean): Changes =>
        Object.fromEntries(Object.entries(changed).filter(([name]) => isNew.includes(name) === wanted));
      return loadSpecification({
        files: ["model", "problem"].map((name) => `${folder}/small/${name}.yaml`),
        variables: pick(false),
        newVariables: pick(true),
        ...options,
      });
    });
  return [
    withFiles(files, (folder) => changes.map((variables) => load(folder, variables))),
    changes.map((variables) => withFiles(files, (folder) => load(folder, variables))),
  ];
}

describe("work that specifications share", () => {
  it("changes no specification of a layer", () => {
    const requests: Omit<GetSpecOptions, "architecture">[] = [
      { dnn: "resnet18", layer: 0 },
      { dnn: "resnet18", layer: 10, nTiles: 4, batchSize: 2 },
      { dnn: "resnet18", layer: 10, variables: { ADC_RESOLUTION: 5, COLUMNS_PER_CROSSBAR: "2 ** 7" } },
      { dnn: "resnet18", layer: 10, variables: { DAC_RESOLUTION: 9 } },
    ];
    for (const { name: architecture } of listArchitectures()) {
      for (const layer of listLayers("resnet18")) getSpec({ architecture, dnn: "resnet18", layer });
      for (const request of requests) {
        const options = { ...request, architecture, useTypicalStatistics: true };
        const shared = textSeenFrom(process.cwd(), () => getSpec(options));
        const alone = withWorkspace({}, (workspace, root) =>
          textSeenFrom(root, () =>
            getSpec({ ...options, workspace: { ...workspace, overPackage: undefined } }),
          ),
        );
        assert.equal(shared, alone, `${architecture}, ${JSON.stringify(request)}`);
      }
    }
  });

  it("follows a list of greedy steps that is edited in place", () => {
    const greedySteps = [...defaultGreedySteps];
    const options = { architecture: "raella", dnn: "resnet18", layer: 10, greedySteps };
    const before = JSON.stringify(getSpec(options));
    greedySteps.splice(5, 1);
    const after = JSON.stringify(getSpec(options));
    assert.notEqual(after, before);
    assert.equal(after, JSON.stringify(getSpec({ ...options, greedySteps: [...greedySteps] })));
  });

  it("changes no specification from files, nor its warnings and mistakes", () => {
    const model = smallModel.replace("factors: [K=1]", "factors: [K=1, M=ROWS, N<=WORD]");
    const rows = [2, 4, 16, "WORD // 2", 0, 2, "1 / 0", 16, 4];
    const [shared, alone] = sharedAndAlone(
      model,
      rows.map((ROWS) => ({ ROWS })),
      { greedySteps: [greedy({ dimensions: "NK", closeOthers: true })] },
    );
    assert.deepEqual(shared, alone);
    assert.ok(shared[2].includes("exceeds the dimension"), "M=16 is too large and warned of");
    assert.ok(shared[4].includes('"code"') && shared[6].includes('"code"'), "mistakes are refused");
    assert.equal(shared[0], shared[5]);
  });

  it("changes nothing where variables follow others in unusual ways", () => {
    const model = smallModel
      .replace("  WORD: 8\n", '  LABEL: "ROWS"\n  WORD: 8\n')
      .replace("  BUFFER_DEPTH:", "  SWITCH: 1\n  PICK: ROWS if SWITCH else LATE\n  LATE: 3\n  BUFFER_DEPTH:")
      .replace("factors: [K=1]", "factors: [K=LABEL]")
      .replace("split: 1", "split: PICK")
      .replace("width: datawidth * 2", "width: datawidth * WORD\n        WORD: WORD + 1\n        pick: WORD");
    const changes: Changes[] = [
      {},
      { ROWS: 4 },
      { SWITCH: 0 },
      { ROWS: 1 },
      { WORD: "LATE" },
      { ROWS: "WORD // 4" },
      { NEW: 5 },
      { WORD: 16 },
      { BUFFER_DEPTH: "[64, 128][ROWS > 2]", LATE: "[1, 2]" },
      { LABEL: "'WORD // 2'" },
      { LABEL: "'SWITCH'" },
      { PICK: "2.0" },
      { WORD: 16, ROWS: 4 },
      {},
    ];
    const [shared, alone] = sharedAndAlone(model, changes);
    assert.deepEqual(shared, alone);
    const isMistake = shared.map((text) => text.startsWith('{"code"'));
    assert.deepEqual(
      changes.filter((_, index) => isMistake[index]),
      [{ SWITCH: 0 }, { WORD: "LATE" }, { LABEL: "'WORD // 2'" }],
    );
    assert.equal(shared[0], shared[changes.length - 1]);
  });

  it("changes nothing where names in permutations and lists of data spaces come to mean others", () => {
    const model = smallModel
      .replace(
        "  WORD: 8\n",
        '  WORD: 8\n  LOOPS: "KM"\n  LOOP: "INNER"\n  INNER: "N"\n  TENSOR: "A"\n  MOST: 4\n',
      )
      .replace("keep: [A, B, Z]}", 'keep: [A, B, Z]}\n        temporal: {default_max_factor: "MOST"}')
      .replace(
        "permutation: [M, N], split: 1",
        'permutation: [LOOP], split: "ROWS", no_link_transfer: [TENSOR]',
      )
      .replace("keep_only: [Z]", "keep: [TENSOR], passthrough: [TENSOR], bypass: [Z]")
      .replace('no_reuse: ["*"]', "no_reuse: [tensor], permutation: [LOOPS]")
      .replace("width: datawidth * 2", 'width: datawidth * 2\n        tensor: TENSOR if ROWS <= 2 else "B"');
    const changes: Changes[] = [
      {},
      { TENSOR: "'B'" },
      { INNER: "'K'" },
      { MOST: 8 },
      { ROWS: 4 },
      { LOOPS: "'NK'" },
      { LOOPS: "'LATE'", LATE: "'NK'" },
      { LOOPS: "'LATE'", LATE: "'MN'" },
      { LOOPS: "'LATE'" },
      { KM: "'NM'" },
      { TENSOR: "'Z'" },
      { LOOP: "'M'" },
      { WORD: 16, TENSOR: "'B'" },
      { INNER: "'M'", WORD: 16 },
      { LOOPS: "'KK'" },
    ];
    const back = [...changes, ...changes.slice().reverse()];
    const [shared, alone] = sharedAndAlone(model, back);
    assert.deepEqual(shared, alone);
    const isMistake = shared.map((text) => text.startsWith('{"code"'));
    assert.deepEqual(
      changes.filter((_, index) => isMistake[index]),
      [{ LOOPS: "'LATE'" }, { TENSOR: "'Z'" }, { LOOPS: "'KK'" }],
    );
    assert.equal(new Set(shared).size, changes.length);
  });

  it("is the same whether a variable is settled with the model or given with the value that it has", () => {
    for (const { name: architecture } of listArchitectures()) {
      const request = { architecture, dnn: "resnet18", layer: 10 };
      const { levels, variables, variableValues, workload } = getSpec(request);
      for (const [name, written] of Object.entries(variables)) {
        if (typeof written !== "number") continue;
        const given = attempt(() => getSpec({ ...request, variables: { [name]: written } }));
        if (given === undefined) continue;
        assert.deepEqual(
          [given.levels, given.variableValues, given.workload],
          [levels, variableValues, workload],
          `${architecture}: ${name}`,
        );
      }
    }
  });

  it("is the same whether attributes of a level see a variable given or written into the file", () => {
    const attributes = [
      "first: second",
      "second: WORD + 1",
      "third: second + first",
      "WORD: WORD if ROWS > 2 else NONE",
      "fourth: WORD",
      "datawidth: 8",
      "ROWS: 3",
      "sixth: ROWS * WIDE",
    ];
    const model = smallModel
      .replace("  WORD: 8\n", "  WORD: 8\n  second: 5\n  WIDE: 2\n  NONE: null\n")
      .replace("datawidth: WORD\n        depth", `${attributes.join("\n        ")}\n        depth`)
      .replace("width: datawidth * 2", "width: datawidth * WIDE")
      .replace(
        "width: WORD * 4}",
        "width: WORD * 4, more: WORD if WORD > 8 else NONE, second: WIDE, meshX: WORD}",
      )
      .replace("keep: [A, B, Z]}", "keep: [A, B, Z]}\n        temporal: {factors: [N=second]}")
      .replace("factors: [M=2]", "factors: [M=ROWS]");
    const changes: readonly { readonly [name: string]: number }[] = [
      { WIDE: 4 },
      { WIDE: 1, ROWS: 4 },
      { WORD: 16 },
      { second: 7 },
      { WORD: 4, ROWS: 1 },
      { WORD: 4, ROWS: 1, WIDE: 8, second: 0 },
    ];
    for (const variables of changes) {
      const written = Object.entries(variables).reduce(
        (text, [name, value]) => text.replace(new RegExp(`  ${name}: \\d+\n  `), `  ${name}: ${value}\n  `),
        model,
      );
      assert.notEqual(written, model);
      const load = (text: string, given?: Changes): unknown => {
        const { levels, variableValues } = specificationOf(
          { "model.yaml": text, "problem.yaml": smallProblem },
          { variables: given },
        );
        return [levels, variableValues];
      };
      const given = load(model, variables);
      assert.equal(JSON.stringify(given), JSON.stringify(load(written)), JSON.stringify(variables));
      assert.equal(
        JSON.stringify(given),
        JSON.stringify(load(model, { ...variables, WIDE: variables.WIDE ?? 2 })),
      );
    }
  });

  it("knows only variables that stand before one, also of those that are settled", () => {
    const request = { architecture: "raella", dnn: "resnet18", layer: 10 };
    getSpec({ ...request, variables: { TILES_PER_ARCH: 4 } });
    assert.throws(
      () => getSpec({ ...request, variables: { TILES_PER_ARCH: "MACROS_PER_TILE * 2" } }),
      /"MACROS_PER_TILE" is not known here/,
    );
  });

  it("is not spoilt by a specification that its caller edits", () => {
    const options = { architecture: "raella", dnn: "resnet18", layer: 10 };
    const before = JSON.stringify(getSpec(options));
    const other = JSON.stringify(getSpec({ ...options, layer: 11 }));
    for (let round = 0; round < 2; round += 1) {
      const edited = getSpec(options);
      for (const table of [
        edited,
        edited.identity,
        edited.variables,
        edited.variableValues,
        edited.estimationVariables,
        edited.workload,
        edited.workload.bounds,
        edited.workload.coefficients,
        edited.workload.instance,
        ...edited.workload.dataSpaces,
        ...edited.levels,
      ])
        for (const name of Object.keys(table))
          assert.throws(() => ((table as unknown as Record<string, unknown>)[name] = 3), TypeError, name);
      assert.equal(JSON.stringify(getSpec({ ...options, layer: 11 })), other);
      assert.equal(JSON.stringify(getSpec(options)), before);
    }
  });
});
