// The engine: a module of compiled kernels in the memory of tfjs's wasm backend, so that they read and write tensors in place.
//
// It is on where the wasm backend runs, the compiled file is there, and SPIKEBOOK_ENGINE is not "off". Elsewhere every
// kernel falls back to the definition it speeds up.

import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {packageRoot} from "../root.js";
import {withRegions} from "./blocks.js";
import {backend, engine, getBackend, type Tensor, type TensorInfo} from "../tf.js";

type Address = number;
type Kernel = (...numbers: number[]) => number;

/** What of tfjs's wasm backend the engine touches. */
type WasmBackend = {
  readonly wasm: {
    readonly asm: {readonly memory: WebAssembly.Memory};
    _malloc: (bytes: number) => number;
    _free: (address: Address) => void;
  };
  readonly dataIdMap: {get(dataId: object): {readonly memoryOffset: Address; readonly refCount: number}};
  incRef(dataId: object): void;
  makeOutput(shape: readonly number[], dtype: "float32" | "int32"): TensorInfo;
};

const file = join(packageRoot, "build", "kernels", "kernels.wasm");

let compiled: WebAssembly.Module | string | undefined;
let instance: {readonly memory: WebAssembly.Memory; readonly kernels: Record<string, Kernel>} | undefined;

/** The compiled module, or why there is none. */
function module(): WebAssembly.Module | string {
  if (compiled) return compiled;
  try {
    compiled = existsSync(file)
      ? new WebAssembly.Module(readFileSync(file))
      : "build/kernels/kernels.wasm is absent; npm run build makes it";
  } catch (error) {
    compiled = `build/kernels/kernels.wasm does not compile: ${error instanceof Error ? error.message : String(error)}`;
  }
  return compiled;
}

let switchedOn = false;

/** Lets the engine run from now on; before, every kernel falls back to its definition. */
export const switchOn = (): void => void (switchedOn = true);

/** Why the engine is off; undefined when it is on. */
export function engineOff(): string | undefined {
  if (process.env.SPIKEBOOK_ENGINE === "off") return "SPIKEBOOK_ENGINE=off";
  if (getBackend() !== "wasm") return `the backend is ${getBackend()}, not wasm`;
  if (!switchedOn) return "the kernels are not installed; startBackend installs them";
  const found = module();
  return typeof found === "string" ? found : undefined;
}

export const engineOn = (): boolean => engineOff() === undefined;

const wasmBackend = (): WasmBackend => backend() as unknown as WasmBackend;

/** The names of the compiled kernels; none when the engine is off. */
export function kernelNames(): string[] {
  const found = engineOn() ? module() : "";
  return typeof found === "string" ? [] : WebAssembly.Module.exports(found).map(({name}) => name);
}

/** From now on tfjs, too, allocates large tensors in regions; earlier blocks are freed by the allocator that made them. */
function allocateByRegions(): void {
  const {wasm} = wasmBackend();
  wasm._free(wasm._malloc(1)); // both are stubs until their first call
  const {_malloc, _free} = wasm;
  const {malloc, free} = withRegions({malloc: (bytes) => _malloc(bytes), free: (at) => _free(at)});
  [wasm._malloc, wasm._free] = [malloc, free];
}

/** A compiled kernel, linked to the memory of the backend in use. */
export function kernel(name: string): Kernel {
  const {memory} = wasmBackend().wasm.asm;
  if (instance?.memory !== memory) {
    const {exports} = new WebAssembly.Instance(module() as WebAssembly.Module, {env: {memory}});
    instance = {memory, kernels: exports as unknown as Record<string, Kernel>};
    allocateByRegions();
  }
  return instance.kernels[name]!;
}

/** Where a tensor's values lie. They stay in place when the memory grows. */
export function address(tensor: Tensor | TensorInfo): Address {
  if (tensor.dtype !== "float32" && tensor.dtype !== "int32")
    throw new Error(`a kernel reads float32 or int32 tensors, not ${tensor.dtype}`);
  return wasmBackend().dataIdMap.get(tensor.dataId).memoryOffset;
}

/** A view of `count` int32 from `at` on. It is of no use once memory has grown: take it after the last allocation. */
export const words = (at: Address, count: number): Int32Array =>
  new Int32Array(wasmBackend().wasm.asm.memory.buffer, at >>> 0, count);

/** The same of float32. */
export const floats = (at: Address, count: number): Float32Array =>
  new Float32Array(wasmBackend().wasm.asm.memory.buffer, at >>> 0, count);

/** A float32 tensor for a kernel to fill; its values are whatever was there. */
export const output = (shape: readonly number[]): TensorInfo => wasmBackend().makeOutput(shape, "float32");

/** As `output`, in the memory of a tensor that is read for the last time, if no other tensor shares its values. */
export function outputIn(tensor: Tensor): TensorInfo {
  const wasm = wasmBackend();
  if (wasm.dataIdMap.get(tensor.dataId).refCount > 1) return output(tensor.shape);
  wasm.incRef(tensor.dataId);
  return {dataId: tensor.dataId, shape: tensor.shape, dtype: tensor.dtype};
}

/** Another tensor of the same values, without a copy: for values that live on as some tensor's. */
export function alias({dataId, shape, dtype}: TensorInfo): Tensor {
  wasmBackend().incRef(dataId);
  return engine().makeTensorFromTensorInfo({dataId, shape, dtype});
}

/** As `output`, of int32: for bits. */
export const outputBits = (shape: readonly number[]): TensorInfo => wasmBackend().makeOutput(shape, "int32");

/** Copies bytes from one address to another. */
export function copyBytes(from: Address, to: Address, bytes: number): void {
  new Uint8Array(wasmBackend().wasm.asm.memory.buffer).copyWithin(to >>> 0, from >>> 0, (from >>> 0) + bytes);
}

/** Allocates a scratch buffer of `bytes`, aligned to 16, for the duration of `use`. */
export function withScratch<R>(bytes: number, use: (at: Address) => R): R {
  const {wasm} = wasmBackend();
  const at = wasm._malloc(bytes + 16) >>> 0;
  if (at === 0) throw new Error(`no memory left for ${bytes} bytes of scratch`);
  try {
    return use((at + 15) & ~15);
  } finally {
    wasm._free(at); // looked up again: the first kernel that runs in a process replaces the allocator
  }
}
