// A table like SpikeNAS-Bench's with made-up measurements, for tests of what reads it: all 15,625 networks, those without a path at
// 10 %, the others better with every convolution on their longest path. The real table is checked where it is present.

import {SPIKENAS_BENCH_SIZE, spikenasBenchOps} from "../src/architectures/spikenasBench.js";
import {BENCH_NEURONS, type BenchNetwork, type SpikenasBench} from "../src/datasets/spikenasBench.js";
import {random, randomKey} from "../src/random.js";

type Ops = readonly number[];

/** Edges (0,1), (0,2), (0,3), (1,2), (1,3), (2,3), as places in `ops`: the ways from node 0 to node 3. */
const WAYS: readonly (readonly number[])[] = [[2], [0, 4], [1, 5], [0, 3, 5]];
/** The order of the reference's modules: (0,1), (0,2), (1,2), (0,3), (1,3), (2,3). */
const MODULES = [0, 1, 3, 2, 4, 5];

const isConv = (code: number): boolean => code >= 2;
const open = (ops: Ops): (readonly number[])[] => WAYS.filter((way) => way.every((edge) => ops[edge] !== 0));

/** Whether any way leads from input to output. */
export const isAlive = (ops: Ops): boolean => open(ops).length > 0;

/** Convolutions on the way that has most. */
export const longestWay = (ops: Ops): number =>
  Math.max(...open(ops).map((way) => way.filter((edge) => isConv(ops[edge]!)).length));

function ratesOf(ops: Ops): {firingRates: number[]; meanFiringRate: number} {
  const cell = MODULES.map((edge) => (isConv(ops[edge]!) ? (11 - 2 * ops[edge]!) / 100 : -1)); // a low threshold fires often
  const firingRates = [...cell, ...cell, 0.1, 0.08, 0.06];
  const neurons = BENCH_NEURONS.cifar10.map((count, i) => (firingRates[i]! >= 0 ? count : 0));
  const fired = firingRates.reduce((sum, rate, i) => sum + rate * neurons[i]!, 0);
  return {firingRates, meanFiringRate: Math.round((1e3 * fired) / neurons.reduce((a, b) => a + b)) / 1e3};
}

export function madeUpNetworks(): BenchNetwork[] {
  const stream = random(randomKey(7, "made-up bench"));
  const noise = (size: number): number => size * (2 * stream.uniform() - 1);
  const percent = (value: number): number => Math.round(100 * value) / 100;
  return Array.from({length: SPIKENAS_BENCH_SIZE}, (_, id) => {
    const ops = spikenasBenchOps(id);
    const convs = ops.filter(isConv).length;
    const test = isAlive(ops) ? percent(82 + 1.5 * longestWay(ops) + 0.2 * convs + noise(0.3)) : 10;
    const after = (below: number, size: number): number => (test === 10 ? 10 : percent(test - below + noise(size)));
    const validation = {10: after(25, 4), 20: after(15, 3), 40: after(8, 2), 60: after(4, 1)};
    const validationFinal = after(2, 0.2);
    return {
      ...{id, ops, params: 17_179_620 + 738_048 * convs, epochs: 100, seconds: 5000 + 500 * convs},
      ...{validation, validationFinal, test, ...ratesOf(ops)},
      validationBest: Math.max(validationFinal, ...Object.values(validation)),
    };
  });
}

export const madeUpBench = (): SpikenasBench => ({dataset: "cifar10", networks: madeUpNetworks(), source: "made up"});

/** Straight lines between what the table holds, from 10 % before the first epoch. */
function curveOf({validation, validationFinal, epochs}: BenchNetwork): number[] {
  const points = [[0, 10], ...Object.entries(validation).map(([e, v]) => [Number(e), v]), [epochs, validationFinal]];
  return Array.from({length: epochs}, (_, i) => {
    const after = points.findIndex(([epoch]) => epoch! >= i + 1);
    const [[e0, v0], [e1, v1]] = [points[after - 1]!, points[after]!] as [[number, number], [number, number]];
    return Math.round(1000 * (v0 + ((v1 - v0) * (i + 1 - e0)) / (e1 - e0))) / 1000;
  });
}

/** The same with validation accuracies after every epoch. */
export const madeUpCurves = (): SpikenasBench => ({
  ...madeUpBench(),
  networks: madeUpNetworks().map((network) => ({...network, curve: curveOf(network)})),
});
