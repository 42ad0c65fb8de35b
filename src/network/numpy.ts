import * as v from "valibot";
import { requireArgument, text } from "../arguments";
import { RaellaError } from "../errors";
import type { ElementType } from "./onnx/model";
import { elementCount } from "./onnx/model";
import { elementFormats } from "./onnx/tensor";
import type { InputArray, SampleInputs } from "./samples";

const magic = "\u0093NUMPY";

function unreadable(file: string, why: string): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `The array cannot be read: ${why}.`,
    location: { file },
    expected: "an array of numbers as numpy.save or numpy.savez writes it, in C order",
  });
}

/** Reads one array (.npy) or several by name (.npz). */
export async function readNumpy(bytes: Uint8Array, file: string): Promise<SampleInputs> {
  requireArgument(
    v.instance(Uint8Array, "the bytes of a file (Uint8Array)"),
    bytes,
    "the bytes of readNumpy",
  );
  requireArgument(text, file, "the file of readNumpy");
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return parseNpy(bytes, file);
  const arrays: Record<string, InputArray> = {};
  for (const { name, content } of await unzip(bytes, file))
    if (name.endsWith(".npy")) arrays[name.slice(0, -4)] = parseNpy(content, `${file}/${name}`);
  return arrays;
}

/** An array in NumPy's format: a header that is a Python dict, then the values. */
function parseNpy(bytes: Uint8Array, file: string): InputArray {
  const latin = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
  if (latin(0, 6) !== magic) throw unreadable(file, "it does not begin like one");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLong = bytes[6] > 1;
  const start = isLong ? 12 : 10;
  const begin = start + (isLong ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = latin(start, begin);
  const type = /'descr':\s*'([^']+)'/.exec(header)?.[1];
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (type === undefined || shape === undefined) throw unreadable(file, "its header says no type and shape");
  if (/'fortran_order':\s*True/.test(header)) throw unreadable(file, "its values are in Fortran order");
  const dims = shape.split(",").flatMap((size) => (size.trim() === "" ? [] : [Number(size)]));
  const count = elementCount(dims);
  const kind = type.slice(1);
  const isLittle = !type.startsWith(">");
  const size = Number(kind.slice(1));
  if (begin + count * size > bytes.length) throw unreadable(file, "it ends too early");
  const read = Object.hasOwn(kinds, kind) ? elementFormats[kinds[kind]].read : undefined;
  if (read === undefined) throw unreadable(file, `its elements are of type ${type}`);
  const data = Float64Array.from({ length: count }, (_, index) => read(view, begin + index * size, isLittle));
  return { dims, data };
}

/** What NumPy calls the types of elements. */
const kinds: Readonly<Record<string, ElementType>> = {
  ...{ f2: "float16", f4: "float32", f8: "float64", b1: "bool" },
  ...{ i1: "int8", i2: "int16", i4: "int32", i8: "int64" },
  ...{ u1: "uint8", u2: "uint16", u4: "uint32", u8: "uint64" },
};

/** The files of a ZIP archive, stored or deflated, from its directory at the end. */
async function unzip(
  bytes: Uint8Array,
  file: string,
): Promise<readonly { readonly name: string; readonly content: Uint8Array }[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw unreadable(file, "the archive has no directory");
  const files: { name: string; content: Uint8Array }[] = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const method = view.getUint16(at + 10, true);
    const size = view.getUint32(at + 20, true);
    const nameLength = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (size === 0xffffffff) throw unreadable(file, `${name} is too big`);
    const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const stored = bytes.subarray(begin, begin + size);
    if (method !== 0 && method !== 8) throw unreadable(file, `${name} is compressed by method ${method}`);
    files.push({ name, content: method === 0 ? stored : await inflate(stored) });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return files;
}

async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([Uint8Array.from(bytes)])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
