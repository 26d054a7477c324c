// The engine: a module of compiled kernels in the memory of tfjs's wasm backend, so that they read and write tensors in place.
//
// It is on where the wasm backend runs, the compiled file is there, and SPIKEBOOK_ENGINE is not "off". Elsewhere every
// kernel falls back to the definition it speeds up.
//
// Kernels in C (the folder native), where `spikebook native --kernels` has compiled them, work in the same memory in the place of
// those of the same name, and some for which there is no such; SPIKEBOOK_ENGINE=wasm turns them off.

import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {type Addon, findAddon} from "../native/kernelPlaces.js";
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
let addon: Addon | string | undefined;
let native: Readonly<Record<string, Kernel>> | undefined;

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

/** Why the kernels in C do not run; undefined when they do. */
export function nativeOff(): string | undefined {
  if (process.env.SPIKEBOOK_ENGINE === "wasm") return "SPIKEBOOK_ENGINE=wasm";
  addon ??= findAddon(packageRoot);
  return typeof addon === "string" ? addon : undefined;
}

/** Runs other kernels in C from now on, or none, and returns how to undo that: for checks. */
export function useAddon(other: Addon | undefined): () => void {
  const before = addon;
  const set = (to: typeof addon): void => void ([addon, instance, native] = [to, undefined, undefined]);
  set(other ?? "none are asked for");
  return () => set(before);
}

/**
 * The kernels in C. The memory's buffer is looked up at each call: it is another one after the memory has grown. One that takes other
 * arguments than the compiled kernel of its name is left out.
 */
function nativeKernels(memory: WebAssembly.Memory, kernels: Readonly<Record<string, Kernel>>): Record<string, Kernel> {
  if (nativeOff() !== undefined) return {};
  const fitting = Object.entries(addon as Addon).filter(
    ([name, {numbers}]) => (kernels[name]?.length ?? numbers) === numbers,
  );
  return Object.fromEntries(
    fitting.map(([name, run]) => [name, (...numbers: number[]) => run(memory.buffer, ...numbers)]),
  );
}

/** From now on tfjs, too, allocates large tensors in regions; earlier blocks are freed by the allocator that made them. */
function allocateByRegions(): void {
  const {wasm} = wasmBackend();
  wasm._free(wasm._malloc(1)); // both are stubs until their first call
  const {_malloc, _free} = wasm;
  const {malloc, free} = withRegions({malloc: (bytes) => _malloc(bytes), free: (at) => _free(at)});
  [wasm._malloc, wasm._free] = [malloc, free];
}

let regions: WebAssembly.Memory | undefined;

/** Links the kernels to the memory of the backend in use. */
function linked(): {readonly kernels: Readonly<Record<string, Kernel>>} {
  const {memory} = wasmBackend().wasm.asm;
  if (instance?.memory === memory) return instance;
  const {exports} = new WebAssembly.Instance(module() as WebAssembly.Module, {env: {memory}});
  const kernels = exports as unknown as Record<string, Kernel>;
  native = nativeKernels(memory, kernels);
  instance = {memory, kernels: {...kernels, ...native}};
  if (regions !== memory) allocateByRegions();
  regions = memory;
  return instance;
}

/** A compiled kernel, in C where there is one. */
export const kernel = (name: string): Kernel => linked().kernels[name]!;

/** A kernel in C, undefined where there is none. */
export function nativeKernel(name: string): Kernel | undefined {
  linked();
  return native![name];
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
