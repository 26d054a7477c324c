// Replaces an operation of tfjs's wasm backend by one that gives the same values sooner.

import {getKernel, type KernelConfig, registerKernel, unregisterKernel} from "../tf.js";

export type KernelFunction = KernelConfig["kernelFunc"];

/** `make` receives the kernel that was there. */
export function replaceKernel(kernelName: string, make: (earlier: KernelFunction) => KernelFunction): void {
  const earlier = getKernel(kernelName, "wasm");
  if (!earlier) return;
  unregisterKernel(kernelName, "wasm");
  registerKernel({...earlier, kernelFunc: make(earlier.kernelFunc)});
}
