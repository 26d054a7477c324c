// What the engine says about itself.

import {engineOff, kernelNames} from "./engine.js";

export type KernelReport = {
  readonly engine: "on" | "off";
  readonly why: string;
  /** The compiled kernels in use. */
  readonly kernels: readonly string[];
};

/** Whether the compiled kernels run on the backend in use, and why. */
export function kernelReport(): KernelReport {
  const off = engineOff();
  return {
    engine: off ? "off" : "on",
    why: off ?? "the wasm backend runs and the compiled kernels are there",
    kernels: kernelNames(),
  };
}
