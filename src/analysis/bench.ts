// What SpikeNAS-Bench says about its space without any search: the impact of operations, of convolutions, of activity, and how
// far two trainings of one network differ.
//
// These are all networks there are, not a sample: means and bests have no interval. Accuracies in percent.

import {canonicalArchitecture} from "../architectures/canonical.js";
import {usedNodes} from "../architectures/wiring.js";
import {SPIKENAS_BENCH_OPS, spikenasBenchArchitecture, spikenasBenchCell} from "../architectures/spikenasBench.js";
import type {BenchNetwork} from "../datasets/spikenasBench.js";
import {paretoFront} from "./pareto.js";

/** Networks with a path from input to output; of CIFAR-10's 15,625 all but 341, which are dead at 10.00 %. */
export const aliveNetworks = (networks: readonly BenchNetwork[]): BenchNetwork[] =>
  networks.filter(({id}) => usedNodes(spikenasBenchCell(id))[0]);

export type OperationRow = {
  /** The ops that the networks of the row never use; empty for all networks. */
  readonly without: string;
  readonly networks: number;
  readonly mean: number;
  readonly best: number;
};

function summarised(without: string, networks: readonly BenchNetwork[]): OperationRow {
  const tests = networks.map(({test}) => test);
  const mean = tests.reduce((sum, test) => sum + test, 0) / tests.length;
  return {without, networks: tests.length, mean, best: Math.max(...tests)};
}

/** SpikeNAS's question (arXiv 2402.11322), asked of this space: what is left when an operation is taken away? */
export function operationTable(networks: readonly BenchNetwork[]): OperationRow[] {
  const alive = aliveNetworks(networks);
  const never = (codes: readonly number[]) => alive.filter(({ops}) => !ops.some((op) => codes.includes(op)));
  const removed = [[], [0], [1], [2], [3], [4], [0, 2, 4]]; // the last: skip and the convolution with threshold 1 alone
  return removed.map((codes) => summarised(codes.map((code) => SPIKENAS_BENCH_OPS[code]).join(" and "), never(codes)));
}

export type ConvRow = {
  readonly convEdges: number;
  readonly params: number;
  readonly networks: number;
  readonly mean: number;
  readonly best: number;
  readonly meanFiringRate: number;
};

/** All networks, dead ones too, by their number of edges with a convolution. */
export function convEdgeTable(networks: readonly BenchNetwork[]): ConvRow[] {
  const count = ({ops}: BenchNetwork): number => ops.filter((op) => op >= 2).length;
  return [...new Set(networks.map(count))]
    .sort((a, b) => a - b)
    .map((convEdges) => {
      const own = networks.filter((network) => count(network) === convEdges);
      const {mean, best} = summarised("", own);
      const meanFiringRate = own.reduce((sum, network) => sum + network.meanFiringRate, 0) / own.length;
      return {convEdges, params: own[0]!.params, networks: own.length, mean, best, meanFiringRate};
    });
}

/** The networks that no other beats in both test accuracy and mean firing rate, quietest first. */
export const activityFront = (networks: readonly BenchNetwork[]): BenchNetwork[] =>
  paretoFront(aliveNetworks(networks), [
    {name: "mean firing rate", of: ({meanFiringRate}) => meanFiringRate, better: "lower"},
    {name: "test accuracy", of: ({test}) => test, better: "higher"},
  ]);

/**
 * Pairs of networks that compute the same function, each trained by itself with a seed of its own: isomorphic wirings, and
 * wirings that differ in dead edges. How well the one's accuracy ranks the other's is what no score of the function can beat.
 */
export function retrainedPairs(networks: readonly BenchNetwork[]): (readonly [BenchNetwork, BenchNetwork])[] {
  const classes = new Map<string, BenchNetwork[]>();
  for (const network of aliveNetworks(networks)) {
    const [cell] = canonicalArchitecture(spikenasBenchArchitecture(network.id)).cells;
    const key = cell!.flat().join(" ");
    const others = classes.get(key);
    if (others) others.push(network);
    else classes.set(key, [network]);
  }
  return [...classes.values()].flatMap((same) =>
    Array.from({length: Math.floor(same.length / 2)}, (_, i) => [same[2 * i]!, same[2 * i + 1]!] as const),
  );
}
