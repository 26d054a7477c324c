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

/** What a step is made of, by what an operation's name says; the first pattern that fits counts. */
const PARTS: Readonly<Record<string, RegExp>> = {
  "convolutions, forward": /^Spikebook\w*Conv$/,
  "convolutions, both gradients": /ConvGradients/,
  "convolutions, filter gradients": /FilterGradient/,
  "convolutions, input gradients": /InputGradient/,
  "other convolutions": /Conv/,
  "matrix products": /MatMul/,
  normalisation: /Norm|RunningStatistics/,
  neurons: /Neuron|Spiking|Firing/,
  pooling: /Pool/,
  optimiser: /^Spikebook(Sgd|Adam)/,
  "the rest": /^/,
};
/** The parts that multiply matrices or slide filters: what wider vectors would speed up. */
const DENSE = Object.keys(PARTS).slice(0, 6);

export type Part = {readonly part: string; readonly ms: number; readonly share: number};

/** Milliseconds of each part for one of `runs`, its share of all, and that of the dense parts together; parts without time are left out. */
export function partsOf(spent: Spent, runs: number): {readonly parts: readonly Part[]; readonly dense: number} {
  const sums = new Map(Object.keys(PARTS).map((part) => [part, 0]));
  for (const [kernel, {ms}] of spent) {
    const [part] = Object.entries(PARTS).find(([, pattern]) => pattern.test(kernel))!;
    sums.set(part, sums.get(part)! + ms / runs);
  }
  const all = [...sums.values()].reduce((a, b) => a + b, 0);
  const parts = [...sums].map(([part, ms]) => ({part, ms, share: ms / all}));
  const dense = parts.reduce((sum, {part, share}) => sum + (DENSE.includes(part) ? share : 0), 0);
  return {parts: parts.filter(({ms}) => ms > 0), dense};
}

/** The same as lines. */
export function partLines(spent: Spent, runs: number): string[] {
  const {parts, dense} = partsOf(spent, runs);
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  return [
    ...parts.map(({part, ms, share}) => `${ms.toFixed(1).padStart(8)} ms  ${percent(share).padStart(5)}  ${part}`),
    `convolutions and matrix products: ${percent(dense)} of the operations' time`,
  ];
}
