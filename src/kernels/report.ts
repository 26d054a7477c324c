// What the engine says about itself.

import {engineOff, kernelNames, nativeOff} from "./engine.js";

export type KernelReport = {
  /** `native`: on, with kernels in C among them. */
  readonly engine: "on" | "native" | "off";
  readonly why: string;
  /** Why the kernels in C do not run; empty when they do. */
  readonly native: string;
  /** The compiled kernels in use. */
  readonly kernels: readonly string[];
};

/** Whether the compiled kernels run on the backend in use, and why. */
export function kernelReport(): KernelReport {
  const off = engineOff();
  const native = off ?? nativeOff() ?? "";
  return {
    engine: off ? "off" : native ? "on" : "native",
    why: off ?? "the wasm backend runs and the compiled kernels are there",
    native,
    kernels: kernelNames(),
  };
}

/** What `engine` will be where the wasm backend is started. */
export const engineToCome = (): KernelReport["engine"] =>
  process.env.SPIKEBOOK_ENGINE === "off" ? "off" : nativeOff() === undefined ? "native" : "on";
