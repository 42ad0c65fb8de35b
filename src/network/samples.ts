import { counted, RaellaError, suggestName, throwAll } from "../errors";
import type { EngineTensor } from "./float-engine";
import type { OnnxModel, ValueInfo } from "./onnx/model";
import { typeName } from "./onnx/part";
import { madeUpValues } from "./sampling";

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

const writtenShape = ({ dims }: ValueInfo): string =>
  dims === undefined ? "of any shape" : `[${dims.map((size) => size ?? "?").join(", ")}]`;

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
          const size = dims.slice(1).reduce((product, each) => product * each, 1);
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

function inputError(model: OnnxModel, message: string): RaellaError {
  return new RaellaError({
    code: "usage",
    message,
    location: { file: model.file },
    expected: model.inputs
      .map((input) => `${input.name}: ${typeName(input.type)} ${writtenShape(input)}`)
      .join("; "),
    remedy:
      "Give an array for each input, with samples along the first axis (.npy, or .npz with those names).",
  });
}

/** Names that exporters give to the axis of samples. */
const nameOfSamples = /^(n|b|bs|.*batch.*|.*samples?)$/i;

/**
 * Names of the axis that counts samples: first axes that are called so, or else what all named first axes are called, unless
 * another axis says that it counts them.
 */
function namesOfSamples({ inputs }: OnnxModel): ReadonlySet<string> {
  const isName = (size: string | number | null): size is string => typeof size === "string";
  const firsts = inputs.flatMap(({ dims = [] }) => dims.slice(0, 1)).filter(isName);
  const others = inputs.flatMap(({ dims = [] }) => dims.slice(1)).filter(isName);
  const clear = firsts.filter((name) => nameOfSamples.test(name));
  const isUnclear = clear.length > 0 || new Set(firsts).size > 1;
  return new Set(isUnclear || others.some((name) => /batch/i.test(name)) ? clear : firsts);
}

/**
 * Requires that every input counts samples along its first axis, and can be given one of them.
 *
 * @throws RaellaError `schema`
 */
function requireSamplesFirst(model: OnnxModel): void {
  const ofSamples = namesOfSamples(model);
  for (const input of model.inputs) {
    if (input.dims === undefined) continue;
    const [first, ...others] = input.dims;
    if (first === 1 || first === null || (typeof first === "string" && ofSamples.has(first))) continue;
    const axis = 1 + others.findIndex((size) => typeof size === "string" && isOfSamples(size, ofSamples));
    if (axis > 0) throw samplesElsewhere(input, axis, model);
    const reference = model.inputs.find(
      (other) => other !== input && other.dims !== undefined && other.dims[0] !== first,
    );
    const isShared =
      typeof first === "string" && model.inputs.some(({ dims = [] }) => dims.includes(first, 1));
    if (first === undefined || (reference && (typeof first === "number" || isShared)))
      throw noSamples(input, reference, model);
    if (typeof first === "number") throw fixedBatch(input, first, model);
  }
}

/** Audio has samples along other axes, too, and short names stand for anything there. */
const isOfSamples = (name: string, known: ReadonlySet<string>): boolean =>
  known.has(name) || /batch/i.test(name);

const samplesFirst = "samples along the first axis of every input";

function fixedBatch({ name }: ValueInfo, batch: number, { file }: OnnxModel): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `The input "${name}" always takes ${batch} samples at once.`,
    location: { file },
    value: batch,
    expected: "a first axis of 1, or of any size",
    remedy: "Export the network with a batch of 1 or a dynamic first axis.",
  });
}

function samplesElsewhere(input: ValueInfo, axis: number, { file }: OnnxModel): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `The input "${input.name}" ${writtenShape(input)} counts samples (${input.dims?.[axis]}) along axis ${axis}, not along its first one.`,
    location: { file },
    value: input.dims?.[axis],
    expected: samplesFirst,
    remedy:
      "Export the network with samples first (batch_first=True in PyTorch); put the first state of a recurrent layer into it as a constant.",
  });
}

function noSamples(input: ValueInfo, reference: ValueInfo | undefined, { file }: OnnxModel): RaellaError {
  const counted = reference === undefined ? "" : `, as "${reference.name}" ${writtenShape(reference)} does`;
  return new RaellaError({
    code: "schema",
    message: `The input "${input.name}" ${writtenShape(input)} does not count samples along its first axis${counted}.`,
    location: { file },
    value: input.dims?.[0],
    expected: samplesFirst,
    remedy:
      "Export the network with a first axis of 1 or of any size there, or put the values into it as a constant.",
  });
}

function checkShape(input: ValueInfo, { dims, data }: InputArray, model: OnnxModel): void {
  const size = dims.reduce((product, each) => product * each, 1);
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
    arrays.set(input.name, {
      dims,
      data: madeUpValues(
        dims.reduce((product, each) => product * each, 1),
        seed,
      ),
    });
  }
  return samplesOf(model, arrays, madeUpSamples, true);
}

/** The sizes of an input for one sample. @throws RaellaError `usage` for ones that are not known, all of them at once. */
function sizesOfInput(
  input: ValueInfo,
  sizes: Readonly<Record<string, number>>,
  model: OnnxModel,
): readonly number[] {
  if (input.dims === undefined) throw inputError(model, `The shape of the input "${input.name}" is unknown.`);
  const ofSamples = namesOfSamples(model);
  const known = input.dims.map((size, axis) => {
    if (axis === 0 || typeof size === "number") return axis === 0 ? 1 : (size as number);
    const given = sizes[`${input.name}.${axis}`] ?? sizes[size ?? ""];
    // What counts samples does so along other axes, too: there is one at a time.
    return given ?? (size !== null && ofSamples.has(size) ? 1 : undefined);
  });
  if (known.every((size) => size !== undefined)) return known;
  const unknown = known.flatMap((size, axis) => (size === undefined ? [axis] : []));
  const names = unknown.map((axis) => nameOfSize(input, axis));
  throw new RaellaError({
    code: "usage",
    message: `The input "${input.name}" ${writtenShape(input)} has no known size along ${unknown.length === 1 ? "axis" : "axes"} ${listed(unknown)}.`,
    location: { file: model.file },
    expected: `a size for ${listed([...new Set(names)])}, or sample inputs`,
    remedy: `Give inputs (--inputs), or ${[...new Set(names)].map((name) => `--size ${name}=224`).join(" ")} or the like.`,
  });
}

/**
 * Requires that every size that is given is one that the model leaves open.
 *
 * @throws RaellaError `unknown-name` for others; `usage` for sizes beside inputs, which have theirs.
 */
function requireSizesInUse(
  model: OnnxModel,
  sizes: Readonly<Record<string, number>>,
  hasInputs: boolean,
): void {
  const open = model.inputs.flatMap(({ name, dims = [] }) =>
    dims.flatMap((size, axis) =>
      axis === 0 || typeof size === "number" ? [] : [`${name}.${axis}`, ...(size === null ? [] : [size])],
    ),
  );
  throwAll(
    Object.keys(sizes).flatMap((name) =>
      !hasInputs && open.includes(name)
        ? []
        : new RaellaError({
            code: hasInputs ? "usage" : "unknown-name",
            message: hasInputs
              ? `The size ${name} has no effect: the inputs that are given have sizes of their own.`
              : `No input of the model has an open size "${name}".`,
            location: { file: model.file },
            value: name,
            expected: hasInputs
              ? "sizes or inputs"
              : model.inputs.map((input) => `${input.name} ${writtenShape(input)}`).join("; "),
            remedy: hasInputs
              ? "Leave out one of them."
              : model.inputs.some(({ dims = [] }) => dims[0] === name)
                ? "First axes count samples, of which there is one at a time."
                : suggestName(name, new Set(open)),
          }),
    ),
  );
}

const listed = (items: readonly (string | number)[]): string =>
  new Intl.ListFormat("en").format(items.map(String));

/** What a size is called in `--size`: by the model if that is a word, else by the input and the axis. */
function nameOfSize({ name, dims }: ValueInfo, axis: number): string {
  const size = dims?.[axis];
  return typeof size === "string" && /^\w[\w.-]*$/.test(size) ? size : `${name}.${axis}`;
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
