import { listed, RaellaError, suggestName, throwAll } from "../errors";
import type { OnnxModel, ValueInfo } from "./onnx/model";
import { typeName } from "./onnx/part";

const writtenShape = ({ dims }: ValueInfo): string =>
  dims === undefined ? "of any shape" : `[${dims.map((size) => size ?? "?").join(", ")}]`;

export function inputError(model: OnnxModel, message: string): RaellaError {
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
export function requireSamplesFirst(model: OnnxModel): void {
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
  const others = reference === undefined ? "" : `, as "${reference.name}" ${writtenShape(reference)} does`;
  return new RaellaError({
    code: "schema",
    message: `The input "${input.name}" ${writtenShape(input)} does not count samples along its first axis${others}.`,
    location: { file },
    value: input.dims?.[0],
    expected: samplesFirst,
    remedy:
      "Export the network with a first axis of 1 or of any size there, or put the values into it as a constant.",
  });
}

/** The sizes of an input for one sample. @throws RaellaError `usage` for ones that are not known, all of them at once. */
export function sizesOfInput(
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
    message: `The input "${input.name}" ${writtenShape(input)} has no known size along ${unknown.length === 1 ? "axis" : "axes"} ${listed(unknown.map(String))}.`,
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
export function requireSizesInUse(
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

/** What a size is called in `--size`: by the model if that is a word, else by the input and the axis. */
function nameOfSize({ name, dims }: ValueInfo, axis: number): string {
  const size = dims?.[axis];
  return typeof size === "string" && /^\w[\w.-]*$/.test(size) ? size : `${name}.${axis}`;
}
