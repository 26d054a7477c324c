// SpiKernel's third step (arXiv 2404.01685): for each kernel set, a random search of its own; a reconstruction.
//
//   for each set K of kernel sizes:  draw N networks whose convolutions are k×k with k in K;  the best of each set is kept
//
// A machine-written summary of the paper says six sets up to 7×7 and 1,000 iterations in place of SNASNet's 5,000; which sets
// is not public (KERNEL_SETS). Which network is used is decided afterwards, by accuracy against memory (`benefit`).

import type {KernelSize} from "../architectures/ops.js";
import {sampleCells} from "../architectures/networkSpace.js";
import {KERNEL_SETS, withKernels} from "../architectures/subspaces.js";
import {checkInteger} from "../check.js";
import {inRange} from "../ranges.js";
import {type Algorithm, batches, type Entry} from "./search.js";

const titleOf = (kernels: readonly KernelSize[]): string => `{${kernels.join(",")}}`;

/** Draws `candidates` networks for each kernel set; proposals are labelled "{1,3}" and so on. */
export function spikernel({
  kernelSets = KERNEL_SETS.filter((set) => set.length === 2),
  candidates = 1000,
  batch = 32,
}: {kernelSets?: readonly (readonly KernelSize[])[]; candidates?: number; batch?: number} = {}): Algorithm {
  inRange("candidates", candidates);
  checkInteger("batch", batch);
  return {
    name: "spikernel",
    source: "SpiKernel (arXiv 2404.01685), reconstruction: random search in each kernel set",
    repeats: 1,
    draws: candidates * kernelSets.length,
    *propose(networks, random) {
      for (const kernels of kernelSets) {
        const within = {...networks, space: withKernels(networks.space, kernels)};
        const label = titleOf(kernels);
        yield* batches(candidates, batch, () => ({cells: sampleCells(within, random), label}));
      }
    },
  };
}

/** The fittest of each label, in order of appearance: the best network of each kernel set. */
export function bestByLabel(history: readonly Entry[]): Entry[] {
  const best = new Map<string | undefined, Entry>();
  for (const entry of history) {
    const other = best.get(entry.label);
    if (!other || entry.fitness > other.fitness) best.set(entry.label, entry);
  }
  return [...best.values()];
}
