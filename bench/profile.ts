// Where time goes, by tfjs operation: processor time, which other work on the machine disturbs less than the clock.

import {getKernelsForBackend, registerKernel, unregisterKernel} from "../src/tf.js";

export type Spent = Map<string, {ms: number; calls: number}>;

/** Processor time of this process so far, milliseconds. */
export const processorTime = (): number => process.cpuUsage().user / 1000;

/** Wraps every kernel of a backend: the map it returns fills with milliseconds and calls, without what a kernel spends in others. */
export function timeKernels(backendName: string): Spent {
  const spent: Spent = new Map();
  const inner: number[] = [];
  for (const config of getKernelsForBackend(backendName)) {
    const {kernelName, kernelFunc} = config;
    unregisterKernel(kernelName, backendName);
    registerKernel({
      ...config,
      kernelFunc: (call) => {
        const start = processorTime();
        inner.push(0);
        const result = kernelFunc(call);
        const total = processorTime() - start;
        const entry = spent.get(kernelName) ?? {ms: 0, calls: 0};
        spent.set(kernelName, {ms: entry.ms + total - inner.pop()!, calls: entry.calls + 1});
        if (inner.length) inner[inner.length - 1]! += total;
        return result;
      },
    });
  }
  return spent;
}

/** The largest entries, one line each, per `runs`. */
export const profileLines = (spent: Spent, runs: number, most = 20): string[] =>
  [...spent]
    .sort(([, a], [, b]) => b.ms - a.ms)
    .slice(0, most)
    .map(
      ([kernel, {ms, calls}]) =>
        `${(ms / runs).toFixed(1).padStart(8)} ms  ${(calls / runs).toFixed(1).padStart(6)} calls  ${kernel}`,
    );
