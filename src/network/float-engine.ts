import { RaellaError } from "../errors";
import { throwIfStopped } from "./run-network-jobs";
import type { Threads } from "../threads";
import { startThreads, threadCount } from "../threads";

/** A tensor that goes into or comes out of the float network. */
export interface EngineTensor {
  /** Element type as ONNX names it: float32, int64, … */
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** A model that is ready to run. */
export interface FloatSession {
  /**
   * Runs the model. Values are converted to the types that it declares.
   * @param wanted Outputs that are needed this time. Default: all. Others may be given, too.
   */
  run(
    inputs: ReadonlyMap<string, EngineTensor>,
    wanted?: readonly string[],
  ): Promise<ReadonlyMap<string, EngineTensor>>;
  /** Gives its memory back. */
  close(): Promise<void>;
}

/** Runs networks in floating point. */
export interface FloatEngine {
  readonly name: string;
  readonly version: string;
  /**
   * The bytes are the engine's then: whoever opens the same model again makes them again.
   * @throws Error in the engine's own words
   */
  open(model: Uint8Array): Promise<FloatSession>;
  /** Ends it, whatever it is doing, and gives its memory back. */
  end?(): Promise<void>;
}

/** What is used of onnxruntime-web, so that its types are not needed where it is not installed. */
interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: ArrayLike<number | bigint | boolean>;
}

interface OrtSession {
  run(feeds: Record<string, OrtTensor>, wanted?: readonly string[]): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

interface Ort {
  readonly env: {
    readonly versions: { readonly common: string };
    readonly wasm: { numThreads?: number };
    logLevel?: string;
  };
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<OrtSession> };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => OrtTensor;
}

/**
 * onnxruntime-web: WebAssembly, whose arithmetic gives the same bits on every machine. One thread and no optimisation of
 * graphs, so that bits depend neither on threads nor on which tensors are asked for.
 *
 * @throws RaellaError `usage` if it is not installed.
 */
export async function onnxRuntime(load: () => Promise<unknown> = importOnnxRuntime): Promise<FloatEngine> {
  const ort = await loadOnnxRuntime(load);
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  return {
    name: "onnxruntime-web",
    version: ort.env.versions.common,
    async open(model) {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: ["wasm"],
        graphOptimizationLevel: "disabled",
        logSeverityLevel: 3,
      });
      return {
        async run(inputs, wanted) {
          const feeds: Record<string, OrtTensor> = {};
          for (const [name, { type, data, dims }] of inputs)
            feeds[name] = new ort.Tensor(type, typedData(type, data), dims);
          const outputs = await (wanted === undefined ? session.run(feeds) : session.run(feeds, wanted));
          return new Map(Object.entries(outputs).map(([name, tensor]) => [name, fromOrt(tensor)]));
        },
        close: () => session.release(),
      };
    },
  };
}

const importOnnxRuntime = (): Promise<unknown> => import("onnxruntime-web");

async function loadOnnxRuntime(load: () => Promise<unknown>): Promise<Ort> {
  try {
    return (await load()) as Ort;
  } catch {
    throw notInstalled();
  }
}

const missingMessage = "The network has to be run once, and onnxruntime-web is not installed.";

export function isNotInstalled(error: unknown): boolean {
  return error instanceof RaellaError && error.summary.includes(missingMessage);
}

function notInstalled(): RaellaError {
  return new RaellaError({
    code: "usage",
    message: missingMessage,
    expected: "the optional package onnxruntime-web, 1.22 or newer",
    remedy: "Install it: npm install onnxruntime-web. Layers without statistics need no runs: --shapes-only.",
  });
}

/** What the engine is asked for from another thread. */
type EngineTask =
  | { readonly kind: "open"; readonly model: Uint8Array }
  | {
      readonly kind: "run";
      readonly session: number;
      readonly inputs: ReadonlyMap<string, EngineTensor>;
      readonly wanted?: readonly string[];
    }
  | { readonly kind: "close"; readonly session: number };

interface EngineAnswer {
  readonly version?: string;
  readonly isMissing?: boolean;
  readonly session?: number;
  readonly outputs?: ReadonlyMap<string, EngineTensor>;
}

/** What the engine's thread does: it keeps the sessions, which cannot leave it. */
export default (): ((task: EngineTask) => Promise<EngineAnswer>) => {
  const sessions = new Map<number, FloatSession>();
  let opened = 0;
  return async (task) => {
    switch (task.kind) {
      case "open": {
        const engine = await onnxRuntime().catch(() => undefined);
        if (engine === undefined) return { isMissing: true };
        const session = ++opened;
        sessions.set(session, await engine.open(task.model));
        return { session, version: engine.version };
      }
      case "run":
        return { outputs: await sessions.get(task.session)?.run(task.inputs, task.wanted) };
      case "close":
        await sessions.get(task.session)?.close();
        sessions.delete(task.session);
        return {};
    }
  };
};

/** Computes something with an engine: the given one, or one of its own, which ends with it. */
export async function withEngine<Result>(
  { engine, signal }: { readonly engine?: FloatEngine; readonly signal?: AbortSignal },
  compute: (engine: FloatEngine) => Promise<Result>,
): Promise<Result> {
  if (engine !== undefined) return compute(engine);
  const own = onnxRuntimeInThread(signal);
  try {
    return await compute(own);
  } finally {
    await own.end?.();
  }
}

/**
 * The same in a thread of its own, where there are threads: a run does not keep progress and interruptions waiting, and its
 * memory (up to several hundred megabytes, which WebAssembly never returns) is given back at the end. It starts with the
 * first model that is opened.
 */
function onnxRuntimeInThread(signal?: AbortSignal): FloatEngine {
  const hasThreads = threadCount(2, () => 2) > 1;
  let version = "";
  let threads: Threads<EngineTask, EngineAnswer> | undefined;
  const ask = async (task: EngineTask, taken?: readonly ArrayBuffer[]): Promise<EngineAnswer> => {
    try {
      threads ??= startThreads<null, EngineTask, EngineAnswer>("network/float-engine", null, 1);
      return await threads.run(task, signal, taken);
    } catch (error) {
      throwIfStopped(signal);
      throw error;
    }
  };
  const openHere = async (model: Uint8Array): Promise<FloatSession> => {
    const engine = await onnxRuntime();
    version = engine.version;
    return engine.open(model);
  };
  return {
    name: "onnxruntime-web",
    get version() {
      return version;
    },
    async end() {
      const ended = threads;
      threads = undefined;
      await ended?.end();
    },
    async open(model) {
      throwIfStopped(signal);
      if (!hasThreads) return openHere(model);
      const { session = 0, ...answer } = await ask({ kind: "open", model }, [model.buffer as ArrayBuffer]);
      if (answer.isMissing) throw notInstalled();
      version = answer.version ?? version;
      return {
        run: async (inputs, wanted) =>
          (await ask({ kind: "run", session, inputs, wanted })).outputs ?? new Map<string, never>(),
        close: async () => {
          if (threads !== undefined && signal?.aborted !== true) await ask({ kind: "close", session });
        },
      };
    },
  };
}

const arrays = {
  ...{ float32: Float32Array, float64: Float64Array, int32: Int32Array, uint32: Uint32Array },
  ...{ int16: Int16Array, uint16: Uint16Array, int8: Int8Array, uint8: Uint8Array },
};

function typedData(type: string, data: Float32Array | Float64Array): unknown {
  if (Object.hasOwn(arrays, type)) return new arrays[type as keyof typeof arrays](data);
  const bigIntegers = (): readonly bigint[] => Array.from(data, BigInt);
  switch (type) {
    case "float16":
      return Uint16Array.from(data, toFloat16);
    case "int64":
      return BigInt64Array.from(bigIntegers());
    case "uint64":
      return BigUint64Array.from(bigIntegers());
    case "bool":
      return Uint8Array.from(data, (value) => (value === 0 ? 0 : 1));
    default:
      throw new Error(`tensors of type ${type} are not supported`);
  }
}

function fromOrt({ type, dims, data }: OrtTensor): EngineTensor {
  if (data instanceof Float32Array || data instanceof Float64Array) return { type, dims, data };
  const decode = type === "float16" && data instanceof Uint16Array ? fromFloat16 : Number;
  return { type, dims, data: Float64Array.from(data as ArrayLike<number>, decode) };
}

/** The number that 16 bits stand for: 1 bit of sign, 5 of exponent, 10 of fraction. */
export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest 16-bit float, halves to the even one. */
function toFloat16(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude)));
  const steps = magnitude / 2 ** (exponent - 10);
  const lower = Math.floor(steps);
  const rest = steps - lower;
  const rounded = lower + Number(rest > 0.5 || (rest === 0.5 && lower % 2 === 1));
  return sign | (rounded < 1024 ? rounded : (exponent + 15) * 1024 + (rounded - 1024));
}
