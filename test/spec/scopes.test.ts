import assert from "node:assert/strict";
import type { LoadSpecificationOptions } from "../../src/spec/load-specification";
import { loadSpecification } from "../../src/spec/load-specification";
import type { Level, Specification } from "../../src/spec/specification";
import { replaced, smallModel, smallProblem, specificationOf, withFiles } from "./support/small-model";

type Changes = Readonly<Record<string, string>>;

function changedText(changes: Changes): string {
  return Object.entries(changes).reduce(
    (text, [part, by]) => replaced(text, part, by),
    smallModel + smallProblem,
  );
}

function specificationWith(
  changes: Changes,
  options: Omit<LoadSpecificationOptions, "files"> = {},
): Specification {
  return specificationOf({ "model.yaml": changedText(changes) }, options);
}

const mesh = "spatial: {meshX: 4, meshY: ROWS}";
const width = "width: datawidth * 2";

describe("meshes", () => {
  const instances = (spatial: string, options = {}): readonly number[] => {
    const { levels } = specificationWith({ [mesh]: `spatial: {${spatial}}` }, options);
    const { meshX, meshY } = levels.find(({ name }) => name === "buffer") as Level;
    return [meshX, meshY];
  };

  it("see variables, also in quotes", () => {
    assert.deepEqual(instances("meshX: ROWS * 3, meshY: ROWS"), [6, 2]);
    assert.deepEqual(instances('meshX: "ROWS + 1"'), [3, 1]);
  });

  it("see the one before", () => {
    assert.deepEqual(instances("meshX: 4, meshY: meshX * ROWS"), [4, 8]);
    assert.deepEqual(instances("meshY: 4, meshX: meshY + 1"), [5, 4]);
    assert.deepEqual(
      instances("meshX: ROWS, meshY: meshX", { variables: { ROWS: 3 }, newVariables: { meshX: 7 } }),
      [3, 3],
    );
  });

  it("do not see the one behind", () => {
    assert.throws(() => instances("meshX: meshY, meshY: 4"), { code: "expression", message: /meshY/ });
    assert.throws(() => instances("meshY: meshX"), { code: "expression", message: /meshX/ });
    assert.deepEqual(instances("meshX: meshY, meshY: 4", { newVariables: { meshY: 5 } }), [5, 4]);
  });

  it("see no attributes", () =>
    assert.throws(() => specificationWith({ [mesh]: "attributes: {n: 4}\n      spatial: {meshX: n}" }), {
      code: "expression",
      message: /meshX\)[^]*"?n"?/,
    }));

  it("follow variables in one process", () => {
    const text = changedText({ [mesh]: "spatial: {meshY: ROWS, meshX: meshY * 2}" });
    withFiles({ "model.yaml": text }, (folder) => {
      const meshOf = (ROWS: number): number =>
        loadSpecification({ files: [`${folder}/model.yaml`], variables: { ROWS } }).levels[2].meshX;
      assert.deepEqual([2, 4, 3, 4, 2].map(meshOf), [4, 8, 6, 8, 4]);
    });
  });
});

describe("attributes of containers", () => {
  it("are handed down, but are no names for the levels behind them", () => {
    assert.equal(specificationWith({}).levels[2].attributes.technology, 32);
    assert.throws(() => specificationWith({ [width]: "width: technology * 2" }), {
      code: "expression",
      message: /width\)[^]*technology/,
    });
  });

  it("are names for their own constraints only", () => {
    const attributes = {
      [mesh]: 'attributes: {limit: 2, inner: "N"}\n      spatial: {meshX: 4, meshY: ROWS}',
    };
    const { levels } = specificationWith({
      ...attributes,
      "factors: [K=1], permutation: [M, N]": "factors: [K=limit], permutation: [M, inner]",
    });
    assert.deepEqual(levels[1].constraints.spatial?.factors, [{ dimension: "K", operator: "=", value: 2 }]);
    assert.deepEqual(levels[1].constraints.spatial?.permutation, ["M", "N"]);
    assert.throws(() => specificationWith({ ...attributes, "factors: [M=2]": "factors: [M=limit]" }), {
      message: /The factor M=limit of "buffer" has no integer value/,
    });
    assert.throws(() => specificationWith({ ...attributes, "keep_only: [Z]": "keep: [inner]" }), {
      message: /"buffer" name "inner", which is not a data space/,
    });
  });
});

describe("names in problems", () => {
  it("stand for sizes, in quotes and in lists as well", () => {
    const { workload } = specificationWith({
      "M: 8, N: 4": 'M: WORD, N: "ROWS", pads: [ROWS, [WORD, "x WORD"], 1.5]',
    });
    assert.deepEqual(workload.bounds, { M: 8, N: 2, K: 16 });
    assert.deepEqual(workload.instance.pads, [2, [8, "x 8"], 1.5]);
  });

  it("are refused where they are nearly the name of a size", () => {
    const withStride = {
      "dimensions: [M, N, K]": "dimensions: [M, N, K]\n    coefficients: [{name: Stride, default: 1}]",
    };
    assert.throws(
      () => specificationWith({ ...withStride, "M: 8, N: 4": "M: 8, N: 4, Strid: 2" }),
      /instance\.Strid\): The shape of the problem has no dimension or coefficient "Strid"[^]*"Stride"/,
    );
    const { warnings } = specificationWith({ "M: 8, N: 4": "M: 8, N: 4, X: 7, Y: 1, H: 3" });
    assert.deepEqual(
      warnings.map(({ message }) => message),
      ["The loop nest of the problem has no X: what is given for it has no effect."],
    );
  });

  it("stand for text in the name of the problem", () => {
    assert.equal(
      specificationWith({ "name: matmul": "name: matmul of WORD bits" }).workload.name,
      "matmul of 8 bits",
    );
    assert.equal(specificationWith({}).workload.name, "matmul");
  });

  const strides = {
    "dimensions: [M, N, K]":
      "dimensions: [M, N, K]\n    coefficients: [{name: Stride, default: ROWS}, {name: Step, default: WORD}]",
    "[[M]], [[K]]": "[[COLUMN, SKIP]], [[K]]",
  };
  const names = { newVariables: { COLUMN: "'M'", SKIP: "'Stride'" } };

  it("stand for dimensions and coefficients in projections", () => {
    const { ranks } = specificationWith(strides, names).workload.dataSpaces[0];
    assert.deepEqual(ranks[0], [{ dimension: "M", coefficient: 2, coefficientNames: ["Stride"] }]);
  });

  it("follow variables in one process", () =>
    withFiles({ "model.yaml": changedText(strides) }, (folder) => {
      const rankOf = (COLUMN: string, SKIP: string): string => {
        const { dataSpaces } = loadSpecification({
          files: [`${folder}/model.yaml`],
          newVariables: { COLUMN: `'${COLUMN}'`, SKIP: `'${SKIP}'` },
        }).workload;
        const [{ dimension, coefficient }] = dataSpaces[0].ranks[0];
        return `${dimension}${coefficient}`;
      };
      const changes = [
        ["M", "Stride"],
        ["N", "Stride"],
        ["N", "Step"],
        ["M", "Stride"],
      ] as const;
      assert.deepEqual(
        changes.map(([column, skip]) => rankOf(column, skip)),
        ["M2", "N2", "N8", "M2"],
      );
    }));

  it("of projections are dimensions in no_iteration_over_dataspaces, too", () => {
    const { levels } = specificationWith(
      {
        "[[M]], [[K]]": "[[COLUMN]], [[K]]",
        'factors: [M=2], no_reuse: ["*"]': "no_iteration_over_dataspaces: [A]",
      },
      names,
    );
    assert.deepEqual(
      levels[2].constraints.temporal?.factors.map(({ dimension, value }) => `${dimension}=${value}`),
      ["M=1", "K=1"],
    );
  });

  it("are refused where they stand for nothing in the problem", () => {
    const projection =
      (name: string): (() => unknown) =>
      () =>
        specificationWith({ "[[M]], [[K]]": `[[${name}]], [[K]]` }, names);
    assert.throws(projection("COLUMNS"), {
      code: "unknown-name",
      message: /The projection of A names "COLUMNS"\.\n/,
    });
    assert.throws(projection("WORD"), { message: /The projection of A names "WORD", which became "8"/ });
    assert.throws(projection("SKIP"), { message: /The projection of A names "SKIP", which became "Stride"/ });
  });
});

describe("classes and actions", () => {
  it("are no names", () => {
    const { levels } = specificationWith({
      "subclass: smartbuffer_sram": "subclass: WORD\n      required_actions: [ROWS]",
    });
    assert.equal(levels[2].subclass, "WORD");
    assert.ok(levels[2].requiredActions.includes("ROWS"));
  });
});
