// Scores of SpikeNAS-Bench's networks that need no network of ours: counts of the architecture, and, to compare them with, the
// validation accuracy after some epochs of the authors' training.
//
// Two rows say what is the most a score can reach: `validation@final` comes from the very training that is measured, and
// `retrained` is the test accuracy of the same function trained once more with another seed.

import {longestConvPath} from "../architectures/convPath.js";
import {usedNodes} from "../architectures/wiring.js";
import {spikenasBenchCell} from "../architectures/spikenasBench.js";
import {BENCH_EPOCHS, type BenchNetwork, type SpikenasBench} from "../datasets/spikenasBench.js";

export type BenchScores = {
  /** The networks that are alive, by id: rows of all columns. */
  readonly networks: readonly BenchNetwork[];
  /** Their test accuracies in percent. */
  readonly measured: readonly number[];
  readonly scores: readonly {readonly name: string; readonly values: readonly number[]}[];
};

const SCORES: Readonly<Record<string, (network: BenchNetwork) => number>> = {
  params: ({params}) => params,
  longestConvPath: ({id}) => longestConvPath(spikenasBenchCell(id)),
  // The same count with fewer ties and with more: what ties alone do to its tau.
  "path, ties by params": ({id, params}) => longestConvPath(spikenasBenchCell(id)) + params / 1e9,
  "path, at most 2": ({id}) => Math.min(2, longestConvPath(spikenasBenchCell(id))),
  ...Object.fromEntries(
    BENCH_EPOCHS.map((epoch) => [`validation@${epoch}`, ({validation}: BenchNetwork) => validation[epoch]]),
  ),
  "validation@final": ({validationFinal}) => validationFinal,
};

/** The columns of the truth table that cost nothing. */
export function benchScores(bench: SpikenasBench): BenchScores {
  const networks = bench.networks.filter(({id}) => usedNodes(spikenasBenchCell(id))[0]);
  return {
    networks,
    measured: networks.map(({test}) => test),
    scores: Object.entries(SCORES).map(([name, of]) => ({name, values: networks.map(of)})),
  };
}
