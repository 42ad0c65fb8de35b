import { counted, RaellaError } from "../../errors";
import { fromFloat16 } from "../float-engine";
import type { ElementType, StoredTensor, TensorValues } from "./model";
import { elementTypes } from "./model";

/** The files beside a model, by their place relative to it: where tensors too big for it are kept. */
export type ExternalFiles = (location: string) => Uint8Array;

/** Where there are no files beside the model. */
export const noExternalFiles: ExternalFiles = (location) => {
  throw new RaellaError({
    code: "file-not-found",
    message: `The model keeps values in "${location}", which was not given.`,
    value: location,
    remedy: "Give the model as a path to its file, beside which the other one lies.",
  });
};

const bytesPerElement: Readonly<Record<ElementType, number>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  bfloat16: 2,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  bool: 1,
  string: 0,
  int4: 0.5,
  uint4: 0.5,
};

/** Name of an element type. @throws RaellaError for a type that nothing here computes with. */
function elementType({ type, name }: StoredTensor, file: string): ElementType {
  if (Object.hasOwn(elementTypes, type)) return elementTypes[type as keyof typeof elementTypes];
  throw new RaellaError({
    code: "schema",
    message: `The tensor "${name}" has elements of type ${type}, which is not supported.`,
    location: { file },
    value: type,
    expected: "floating-point numbers of 16 to 64 bits, or integers of 8 to 64",
  });
}

function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

/** The bytes of a tensor, from the model or the file beside it; undefined if it lists numbers one by one. */
export function tensorBytes(
  tensor: StoredTensor,
  file: string,
  externalFiles: ExternalFiles,
): Uint8Array | undefined {
  if (tensor.external === undefined) return tensor.raw;
  const { location, offset, length } = tensor.external;
  const isInside = location !== "" && !/^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)/.test(location);
  if (!isInside)
    throw new RaellaError({
      code: "schema",
      message: `The tensor "${tensor.name}" is said to be in "${location}", outside the model's folder.`,
      location: { file },
      value: location,
      expected: "a path below the folder of the model",
    });
  const bytes = externalFiles(location);
  const size = length ?? Math.ceil(elementCount(tensor.dims) * bytesPerElement[elementType(tensor, file)]);
  if (!(offset >= 0 && size >= 0 && offset + size <= bytes.length))
    throw new RaellaError({
      code: "schema",
      message: `The tensor "${tensor.name}" is said to be ${counted(size, "byte")} from byte ${offset} on of "${location}", which has ${bytes.length}.`,
      location: { file },
      remedy: "Copy the file that belongs to the model beside it.",
    });
  return bytes.subarray(offset, offset + size);
}

/** The values of a tensor as doubles. */
export function tensorValues(tensor: StoredTensor, file: string, externalFiles: ExternalFiles): TensorValues {
  const data = tensorNumbers(tensor, file, externalFiles);
  return { dims: tensor.dims, type: elementType(tensor, file), data: new Float64Array(data) };
}

/** The same as 32-bit floats where these hold them all, in half the memory. */
export function tensorNumbers(
  tensor: StoredTensor,
  file: string,
  externalFiles: ExternalFiles,
): Float32Array | Float64Array {
  const type = elementType(tensor, file);
  if (type === "string" || type === "int4" || type === "uint4")
    throw unsupportedType(tensor.name, type, file);
  const count = elementCount(tensor.dims);
  const bytes = tensorBytes(tensor, file, externalFiles);
  const data =
    bytes === undefined
      ? Float64Array.from(listedNumbers(tensor.numbers ?? [], type))
      : decodeBytes(bytes, type, tensor.name, file);
  if (data.length !== count)
    throw new RaellaError({
      code: "schema",
      message: `The tensor "${tensor.name}" has ${counted(data.length, "value")} where its sizes ${tensor.dims.join(" × ")} make ${count}.`,
      location: { file },
    });
  return data;
}

function unsupportedType(name: string, type: ElementType, file: string): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `The values of the tensor "${name}" are of type ${type}, which is not supported.`,
    location: { file },
    expected: "floating-point numbers of 16 to 64 bits, or integers of 8 to 64",
  });
}

/** 16-bit floats are listed as the integers of the same bits. */
function listedNumbers(numbers: readonly number[], type: ElementType): readonly number[] {
  if (type === "float16") return numbers.map(fromFloat16);
  if (type === "bfloat16") return numbers.map(fromBfloat16);
  return numbers;
}

function decodeBytes(
  bytes: Uint8Array,
  type: ElementType,
  name: string,
  file: string,
): Float32Array | Float64Array {
  const size = bytesPerElement[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decode = (at: (place: number) => number): Float32Array | Float64Array => {
    const length = Math.floor(bytes.length / size);
    const isShort = type === "float32" || type === "float16" || type === "bfloat16";
    const values = isShort ? new Float32Array(length) : new Float64Array(length);
    for (let index = 0; index < length; index++) values[index] = at(index * size);
    return values;
  };
  switch (type) {
    case "float32":
      return decode((place) => view.getFloat32(place, true));
    case "float64":
      return decode((place) => view.getFloat64(place, true));
    case "float16":
      return decode((place) => fromFloat16(view.getUint16(place, true)));
    case "bfloat16":
      return decode((place) => fromBfloat16(view.getUint16(place, true)));
    case "int8":
      return decode((place) => view.getInt8(place));
    case "uint8":
    case "bool":
      return decode((place) => view.getUint8(place));
    case "int16":
      return decode((place) => view.getInt16(place, true));
    case "uint16":
      return decode((place) => view.getUint16(place, true));
    case "int32":
      return decode((place) => view.getInt32(place, true));
    case "uint32":
      return decode((place) => view.getUint32(place, true));
    case "int64":
      return decode((place) => Number(view.getBigInt64(place, true)));
    case "uint64":
      return decode((place) => Number(view.getBigUint64(place, true)));
    case "string":
    case "int4":
    case "uint4":
      throw unsupportedType(name, type, file);
  }
}

/** The upper half of a 32-bit float. */
function fromBfloat16(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, (bits & 0xffff) * 2 ** 16);
  return view.getFloat32(0);
}
