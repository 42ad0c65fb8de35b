import { counted, RaellaError } from "../../errors";
import { fromFloat16 } from "../float-engine";
import type { ElementType, StoredTensor, TensorValues } from "./model";
import { elementCount, elementTypes } from "./model";

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

/** Bytes of an element, and how it is read from a place. Types that nothing here computes with cannot be. */
interface ElementFormat {
  readonly bytes: number;
  readonly read?: (view: DataView, at: number, isLittle: boolean) => number;
  /** Whether values are kept as 32-bit floats, which hold all of them. */
  readonly isShort?: boolean;
}

export const elementFormats: Readonly<Record<ElementType, ElementFormat>> = {
  float32: { bytes: 4, read: (view, at, isLittle) => view.getFloat32(at, isLittle), isShort: true },
  float64: { bytes: 8, read: (view, at, isLittle) => view.getFloat64(at, isLittle) },
  float16: {
    bytes: 2,
    read: (view, at, isLittle) => fromFloat16(view.getUint16(at, isLittle)),
    isShort: true,
  },
  bfloat16: {
    bytes: 2,
    read: (view, at, isLittle) => fromBfloat16(view.getUint16(at, isLittle)),
    isShort: true,
  },
  int8: { bytes: 1, read: (view, at) => view.getInt8(at) },
  uint8: { bytes: 1, read: (view, at) => view.getUint8(at) },
  int16: { bytes: 2, read: (view, at, isLittle) => view.getInt16(at, isLittle) },
  uint16: { bytes: 2, read: (view, at, isLittle) => view.getUint16(at, isLittle) },
  int32: { bytes: 4, read: (view, at, isLittle) => view.getInt32(at, isLittle) },
  uint32: { bytes: 4, read: (view, at, isLittle) => view.getUint32(at, isLittle) },
  int64: { bytes: 8, read: (view, at, isLittle) => Number(view.getBigInt64(at, isLittle)) },
  uint64: { bytes: 8, read: (view, at, isLittle) => Number(view.getBigUint64(at, isLittle)) },
  bool: { bytes: 1, read: (view, at) => view.getUint8(at) },
  string: { bytes: 0 },
  int4: { bytes: 0.5 },
  uint4: { bytes: 0.5 },
};

const supportedTypes = "floating-point numbers of 16 to 64 bits, or integers of 8 to 64";

/** Name of an element type. @throws RaellaError for a type that nothing here computes with. */
function elementType({ type, name }: StoredTensor, file: string): ElementType {
  if (Object.hasOwn(elementTypes, type)) return elementTypes[type as keyof typeof elementTypes];
  throw new RaellaError({
    code: "schema",
    message: `The tensor "${name}" has elements of type ${type}, which is not supported.`,
    location: { file },
    value: type,
    expected: supportedTypes,
  });
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
  const size =
    length ?? Math.ceil(elementCount(tensor.dims) * elementFormats[elementType(tensor, file)].bytes);
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
  const { bytes: size, read, isShort } = elementFormats[type];
  if (read === undefined)
    throw new RaellaError({
      code: "schema",
      message: `The values of the tensor "${tensor.name}" are of type ${type}, which is not supported.`,
      location: { file },
      expected: supportedTypes,
    });
  const count = elementCount(tensor.dims);
  const bytes = tensorBytes(tensor, file, externalFiles);
  let data: Float32Array | Float64Array;
  if (bytes === undefined) data = Float64Array.from(listedNumbers(tensor.numbers ?? [], type));
  else {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = Math.floor(bytes.length / size);
    data = isShort ? new Float32Array(length) : new Float64Array(length);
    for (let index = 0; index < length; index++) data[index] = read(view, index * size, true);
  }
  if (data.length !== count)
    throw new RaellaError({
      code: "schema",
      message: `The tensor "${tensor.name}" has ${counted(data.length, "value")} where its sizes ${tensor.dims.join(" × ")} make ${count}.`,
      location: { file },
    });
  return data;
}

/** 16-bit floats are listed as the integers of the same bits. */
function listedNumbers(numbers: readonly number[], type: ElementType): readonly number[] {
  if (type === "float16") return numbers.map(fromFloat16);
  if (type === "bfloat16") return numbers.map(fromBfloat16);
  return numbers;
}

/** The upper half of a 32-bit float. */
function fromBfloat16(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, (bits & 0xffff) * 2 ** 16);
  return view.getFloat32(0);
}
