import { counted } from "../errors";
import { mulberry32 } from "../random";
import type { EngineTensor } from "./float-engine";
import { inputError, requireSamplesFirst, requireSizesInUse, sizesOfInput } from "./input-sizes";
import type { OnnxModel, ValueInfo } from "./onnx/model";
import { elementCount } from "./onnx/model";
import { typeName } from "./onnx/part";

/** Values for one input of a network; the first axis counts samples. */
export interface InputArray {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}

/** Sample inputs: for each input of the network, or one array for its only input. */
export type SampleInputs = InputArray | Readonly<Record<string, InputArray>>;

/** Samples of all inputs of a network. */
export interface Samples {
  readonly count: number;
  /** Whether the values are noise, for lack of others. */
  readonly madeUp: boolean;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** The inputs of one sample, as doubles. */
  at(index: number): ReadonlyMap<string, EngineTensor>;
}

/** Samples of noise that are made up where none are given. */
const madeUpSamples = 4;

const isArray = (inputs: SampleInputs): inputs is InputArray => Array.isArray((inputs as InputArray).dims);

/**
 * Puts sample inputs in order, or makes some up.
 *
 * @param sizes Sizes of unknown dimensions, by name or as `input.axis`; only for made-up inputs.
 * @throws RaellaError `usage` where inputs are missing or do not fit the network.
 */
export function prepareSamples(
  model: OnnxModel,
  inputs: SampleInputs | undefined,
  sizes: Readonly<Record<string, number>>,
  seed: number,
): Samples {
  requireSamplesFirst(model);
  requireSizesInUse(model, sizes, inputs !== undefined);
  if (inputs === undefined) return madeUpInputs(model, sizes, seed);
  const named = isArray(inputs)
    ? new Map([[onlyInput(model).name, inputs]])
    : new Map(Object.entries(inputs));
  for (const name of named.keys())
    if (!model.inputs.some((input) => input.name === name))
      throw inputError(model, `The network has no input "${name}".`);
  const missing = model.inputs.find(({ name }) => !named.has(name));
  if (missing !== undefined) throw inputError(model, `There are no values for the input "${missing.name}".`);
  const counts = new Set<number>();
  for (const input of model.inputs) {
    const array = named.get(input.name) as InputArray;
    checkShape(input, array, model);
    counts.add(array.dims[0]);
  }
  const [count] = counts;
  if (counts.size > 1 || count < 1)
    throw inputError(
      model,
      `The inputs have ${counts.size === 1 ? counted(count, "sample") : `${[...counts].join(" and ")} samples`}.`,
    );
  return samplesOf(model, named, count, false);
}

function samplesOf(
  model: OnnxModel,
  arrays: ReadonlyMap<string, InputArray>,
  count: number,
  madeUp: boolean,
): Samples {
  return {
    count,
    madeUp,
    shapes: Object.fromEntries([...arrays].map(([name, { dims }]) => [name, dims])),
    at: (index) =>
      new Map(
        model.inputs.map(({ name, type }) => {
          const { dims, data } = arrays.get(name) as InputArray;
          const size = elementCount(dims.slice(1));
          const values = Float64Array.from({ length: size }, (_, place) => data[index * size + place]);
          return [name, { type: typeName(type), dims: [1, ...dims.slice(1)], data: values }];
        }),
      ),
  };
}

function onlyInput(model: OnnxModel): ValueInfo {
  if (model.inputs.length === 1) return model.inputs[0];
  throw inputError(model, `The network has ${model.inputs.length} inputs, and one array is given.`);
}

function checkShape(input: ValueInfo, { dims, data }: InputArray, model: OnnxModel): void {
  const size = elementCount(dims);
  if (size !== data.length)
    throw inputError(model, `The values for "${input.name}" are ${data.length}, its shape makes ${size}.`);
  const expected = input.dims;
  const fits =
    expected === undefined ||
    (expected.length === dims.length &&
      expected.every((each, axis) => axis === 0 || typeof each !== "number" || each === dims[axis]));
  if (!fits) throw inputError(model, `The values for "${input.name}" have the shape [${dims.join(", ")}].`);
}

/** Noise in memory order, one stream for all inputs. Integers mean something, so they cannot be made up. */
function madeUpInputs(model: OnnxModel, sizes: Readonly<Record<string, number>>, seed: number): Samples {
  const arrays = new Map<string, InputArray>();
  for (const input of model.inputs) {
    if (!/^(b?float)/.test(typeName(input.type)))
      throw inputError(
        model,
        `The input "${input.name}" is of type ${typeName(input.type)}, whose values mean something: it cannot be made up.`,
      );
    const dims = [madeUpSamples, ...sizesOfInput(input, sizes, model).slice(1)];
    arrays.set(input.name, { dims, data: madeUpValues(elementCount(dims), seed) });
  }
  return samplesOf(model, arrays, madeUpSamples, true);
}

/** The sizes of all inputs for one sample: of given ones, or as the model and `sizes` say. */
export function inputSizes(
  model: OnnxModel,
  inputs: SampleInputs | undefined,
  sizes: Readonly<Record<string, number>>,
): ReadonlyMap<string, readonly number[]> {
  if (inputs !== undefined) {
    const samples = prepareSamples(model, inputs, sizes, 0);
    return new Map([...samples.at(0)].map(([name, { dims }]) => [name, dims]));
  }
  requireSamplesFirst(model);
  requireSizesInUse(model, sizes, false);
  return new Map(model.inputs.map((input) => [input.name, sizesOfInput(input, sizes, model)]));
}

/** Output positions of a layer that are looked at, and the seed of their choice. */
export const defaultPositions = 384;
export const defaultSeed = 1;

/** Draws `count` of the numbers 0 … total - 1 (Floyd's algorithm), ascending; all of them if there are no more. */
export function drawPositions(total: number, count: number | "all", seed: number): Int32Array {
  if (count === "all" || count >= total) return Int32Array.from({ length: total }, (_, index) => index);
  const next = mulberry32(seed);
  const drawn = new Set<number>();
  for (let last = total - count; last < total; last++) {
    const candidate = Math.floor(next() * (last + 1));
    drawn.add(drawn.has(candidate) ? last : candidate);
  }
  return Int32Array.from(drawn).sort();
}

/** Made-up inputs where none are given: noise from -2 to 2. */
export function madeUpValues(count: number, seed: number): Float64Array {
  const next = mulberry32(seed);
  return Float64Array.from({ length: count }, () => (next() * 2 - 1) * 2);
}
