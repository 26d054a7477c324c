// Replaces what tfjs registered, and hands on what was there.

import {
  getGradient,
  getKernel,
  type GradConfig,
  type KernelConfig,
  registerGradient,
  registerKernel,
  unregisterGradient,
  unregisterKernel,
} from "../../tf.js";

export type KernelFunction = KernelConfig["kernelFunc"];
export type GradientFunction = GradConfig["gradFunc"];

/** Replaces a kernel of the wasm backend by one that gives the same values sooner; `make` receives the kernel that was there. */
export function replaceKernel(kernelName: string, make: (earlier: KernelFunction) => KernelFunction): void {
  const earlier = getKernel(kernelName, "wasm");
  unregisterKernel(kernelName, "wasm");
  registerKernel({...earlier, kernelFunc: make(earlier.kernelFunc)});
}

/**
 * Replaces the gradient of a tfjs operation. tfjs has one gradient for all backends: what `make` returns must hand on to the
 * earlier one, which it receives, wherever the wasm backend does not run.
 */
export function replaceGradient(kernelName: string, make: (earlier: GradientFunction) => GradientFunction): void {
  const earlier = getGradient(kernelName);
  unregisterGradient(kernelName);
  registerGradient({...earlier, gradFunc: make(earlier.gradFunc)});
}
