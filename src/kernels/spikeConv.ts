// Convolution of spikes that are bits, and the gradient of its filters: adds only.
//
//   forward          events   a row of weights for each spike (assembly/events.ts)
//                    windows  a look-up for every eight channels (assembly/windows.ts)
//   filter gradient  events   a row of dy for each spike and weight; at stride 2 and for 1x1 row by row (filterGradient.ts)
//
// Events follow the rate of spikes, windows do not: COST says which is sooner.

import type {Tensor, TensorInfo} from "../tf.js";
import {address, kernel, output, withScratch} from "./engine.js";
import {operation} from "./register.js";

/** Spikes [N, H, W, C] as bits, and the fraction of ones. */
export type Spikes = {readonly bits: Tensor; readonly shape: readonly number[]; readonly rate: number};

type Attributes = {readonly shape: readonly number[]; readonly rate: number; readonly stride: 1 | 2};

/**
 * What sixteen outputs of a filter take, in nanoseconds where it was measured (16 to 256 channels, k = 1 to 9, rates of 2 to 30 %):
 * a look-up for eight channels, in tables that stay near or in larger ones; or a spike, and a row of the filter, whose number of
 * spikes nothing predicts.
 */
const COST = {lookUp: 0.95, farLookUp: 1.25, spike: 0.77, row: 9};
/** Tables of all outputs that take more are far: each image goes through all of them. */
const NEAR = 4 << 20;
/** Tables of sixteen outputs that take more leave the second-level cache. */
const TABLES_UP_TO = 1700 << 10;

/** N, H, W, Cin, OH, OW, Cout, k, stride: what every compiled convolution reads last. */
export type Sizes = readonly [number, number, number, number, number, number, number, number, number];

export function convSizes(shape: readonly number[], k: number, Co: number, stride: number): Sizes {
  const [N, H, W, Ci] = shape as [number, number, number, number];
  return [N, H, W, Ci, Math.ceil(H / stride), Math.ceil(W / stride), Co, k, stride];
}

const blockBytes = (k: number, Ci: number, Co: number): number => 64 * Math.ceil(Co / 16) * k * k * Ci;
/** Rounded up to whole cache lines: sixteen outputs, a row of a table, are one. */
const lines = (bytes: number): number => (bytes + 63) & ~63;
/** Bytes of the tables for sixteen outputs. */
const tableBytes = (k: number, Ci: number): number => kernel("windowTableBytes")(k, Ci);

/** How filters w [k, k, Ci, Co] go over spikes of that rate. */
export function methodOf(
  {rate, stride}: Pick<Attributes, "rate" | "stride">,
  w: readonly number[],
): "events" | "windows" {
  const [k, , Ci, Co] = w as [number, number, number, number];
  if (stride !== 1 || Ci % 8 !== 0) return "events";
  const bytes = tableBytes(k, Ci);
  if (bytes > TABLES_UP_TO) return "events";
  const weights = k * k * Ci;
  const lookUp = bytes * Math.ceil(Co / 16) <= NEAR ? COST.lookUp : COST.farLookUp;
  return (lookUp * weights) / 8 <= COST.spike * weights * rate + COST.row * k ? "windows" : "events";
}

const forward = operation<{bits: Tensor; w: Tensor}, Attributes & {readonly groups: number; readonly pool: number}>({
  name: "SpikeConv",
  saves: {inputs: []},
  forward: ({bits, w}, {groups, pool, ...attributes}): TensorInfo[] => {
    const [k, , Ci, Co] = w.shape as [number, number, number, number];
    const sizes = convSizes(attributes.shape, k, Co, attributes.stride);
    const [N, H, W, , OH, OW] = sizes;
    const y = output([N, Math.floor(OH / pool), Math.floor(OW / pool), Co]);
    const blocks = blockBytes(k, Ci, Co);
    const windows = methodOf(attributes, w.shape) === "windows";
    const room = windows ? Math.ceil(Co / 16) * tableBytes(k, Ci) + (H * (W + k) * Ci) / 8 : 4 * (H * W * (Ci + 1) + 1);
    const statistics = groups ? [output([groups, Co]), output([groups, Co])] : [];
    const [mean = 0, variance = 0] = statistics.map(address);
    const whole = pool > 1 ? lines(4 * OH * OW * Co) : 0;
    withScratch(64 + whole + blocks + room + 20 * Co, (base) => {
      const map = lines(base >>> 0);
      const filters = map + whole;
      const sums = filters + blocks + room;
      kernel("blockFilters")(address(w), filters, k * k * Ci, Co);
      const run = kernel(windows ? "spikeConvWindows" : "spikeConvEvents");
      const perGroup = groups ? N / groups : 0;
      run(address(bits), filters, address(y), filters + blocks, ...sizes, perGroup, mean, variance, sums, pool, map);
    });
    return [y, ...statistics];
  },
});

/**
 * y [N, ⌈H/stride⌉, ⌈W/stride⌉, Cout] from filters w [k, k, Cin, Cout], no gradient; with `groups`, then its mean and variance
 * [groups, Cout] over equal numbers of images. `pool` > 1: instead of y its means over windows of pool×pool; the statistics are y's.
 */
export const spikeConv = ({bits, ...spikes}: Spikes, w: Tensor, stride: 1 | 2 = 1, groups = 0, pool = 1): Tensor[] =>
  forward({bits, w}, {...spikes, stride, groups, pool});

const filterGradient = operation<{bits: Tensor; dy: Tensor}, Attributes & {readonly k: number}>({
  name: "SpikeConvFilterGradient",
  saves: {inputs: []},
  forward: ({bits, dy}, {shape, k, stride}): TensorInfo => {
    const [, H, W, Ci] = shape as [number, number, number, number];
    const Co = dy.shape[3]!;
    const dw = output([k, k, Ci, Co]);
    const sizes = convSizes(shape, k, Co, stride);
    if (k === 1 || stride === 2) {
      kernel("filterGradientSpikes")(address(bits), address(dy), address(dw), ...sizes);
      return dw;
    }
    const blocks = blockBytes(k, Ci, Co);
    const room = 64 * (H + k) * (W + k) + 4 * Ci * (1 + H * W);
    withScratch(blocks + room, (scratch) => {
      kernel("filterGradientEvents")(address(bits), address(dy), scratch, scratch + blocks, ...sizes);
      kernel("unblockFilters")(scratch, address(dw), k * k * Ci, Co);
    });
    return dw;
  },
});

/** dw [k, k, Cin, Cout] from dy [N, ⌈H/stride⌉, ⌈W/stride⌉, Cout]. */
export const spikeConvFilterGradient = ({bits, ...spikes}: Spikes, dy: Tensor, k: number, stride: 1 | 2 = 1): Tensor =>
  filterGradient({bits, dy}, {...spikes, stride, k})[0]!;
