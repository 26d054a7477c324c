// SpikeNAS-Bench (Sun et al., IEEE Trans. AI): all 15,625 forward cells of four nodes, trained.
//
//   id = Σ op_k · 5^k   over the edges k = (0,1), (0,2), (0,3), (1,2), (1,3), (2,3)
//
// Ops: 0 zeroize, 1 skip, 2, 3, 4 a 3x3 convolution behind a LIF of threshold 0.5, 1, 1.5. The macro network is SNASNet's
// with 128 channels and pooling 2. 341 of its networks have no path from input to output.

import {check} from "../check.js";
import {type Architecture, snasnet} from "./architecture.js";
import type {Cell} from "./cell.js";
import type {Op} from "./ops.js";
import {genesOf, pairsOf, type Space} from "./spaces.js";

export const SPIKENAS_BENCH_OPS: readonly Op[] = ["zeroize", "skip", "conv3@0.5", "conv3@1", "conv3@1.5"];
/** The edges, least significant digit first. */
export const SPIKENAS_BENCH_EDGES = pairsOf(4);
export const SPIKENAS_BENCH_SIZE = SPIKENAS_BENCH_OPS.length ** SPIKENAS_BENCH_EDGES.length;

/** The space of its 15,284 networks with a path from input to output, as drawn: each was trained, dead edges and all. */
export const SPIKENAS_BENCH_SPACE: Space = {
  name: "spikenas-bench",
  nodes: 4,
  ops: SPIKENAS_BENCH_OPS,
  feedback: false,
  rule: "connected",
};

/** Op codes of the six edges. */
export function spikenasBenchOps(id: number): number[] {
  const inside = Number.isInteger(id) && id >= 0 && id < SPIKENAS_BENCH_SIZE;
  check("SpikeNAS-Bench id", id, inside, `an integer from 0 to ${SPIKENAS_BENCH_SIZE - 1}`);
  const base = SPIKENAS_BENCH_OPS.length;
  return SPIKENAS_BENCH_EDGES.map((_, k) => Math.floor(id / base ** k) % base);
}

/** The id of six op codes. */
export function spikenasBenchId(ops: readonly number[]): number {
  const base = SPIKENAS_BENCH_OPS.length;
  const known = ops.length === SPIKENAS_BENCH_EDGES.length && ops.every((op) => SPIKENAS_BENCH_OPS[op] !== undefined);
  check("SpikeNAS-Bench ops", ops, known, "six codes from 0 to 4");
  return ops.reduce((id, op, k) => id + op * base ** k, 0);
}

export function spikenasBenchCell(id: number): Cell {
  const ops = spikenasBenchOps(id);
  const cell = Array.from({length: 4}, () => new Array<Op>(4).fill("zeroize"));
  SPIKENAS_BENCH_EDGES.forEach(([from, to], k) => (cell[from]![to] = SPIKENAS_BENCH_OPS[ops[k]!]!));
  return cell;
}

/** The id of a cell: the inverse of `spikenasBenchCell`. */
export const spikenasBenchIdOf = (cell: Cell): number => spikenasBenchId(genesOf(SPIKENAS_BENCH_SPACE, cell));

/** What the macro network has for each of its data sets: SNASNet's settings with 128 channels and pooling 2. */
export const SPIKENAS_BENCH_SETTINGS = {
  cifar10: {},
  cifar100: {classes: 100, head: {hidden: 1024, voters: 5, dropout: 0.5}},
  "tiny-imagenet": {
    input: {size: 64, channels: 3},
    classes: 200,
    stemStride: 2,
    head: {hidden: 4096, voters: 5, dropout: 0.5},
  },
} as const satisfies Readonly<Record<string, Partial<Architecture>>>;

export type SpikenasBenchDataset = keyof typeof SPIKENAS_BENCH_SETTINGS;

/** Network `id`, for CIFAR-10 unless another of its data sets is named. */
export const spikenasBenchArchitecture = (id: number, dataset: SpikenasBenchDataset = "cifar10"): Architecture =>
  snasnet({cell: spikenasBenchCell(id), channels: 128, pool: 2, T: 5, ...SPIKENAS_BENCH_SETTINGS[dataset]});
