// Convolution of spikes that are bits, and the gradient of its filters: adds only, but for transforms.
//
//   forward          events   a row of weights for each spike (assembly/events.ts)
//                    windows  a look-up for every eight channels (assembly/windows.ts)
//                    fourier  products of transforms (kernels/fourier.ts)
//   filter gradient  events   a row of dy for each spike and weight (assembly/eventGradient.ts); at stride 2 and for 1x1 row by
//                             row (filterGradient.ts)
//
// The time of events follows the density of spikes, that of the others does not: a cost model chooses.

import type {Statistics} from "../layers/consumers.js";
import type {Tensor} from "../tf.js";
import {address, kernel, nativeKernel, output, withScratch} from "./engine.js";
import {fourierForward} from "./fourier.js";
import {fourierCost} from "./fourierPlan.js";
import {operation} from "./operation.js";

/** Spikes [N, H, W, C] as bits, and the fraction of ones. */
export type Spikes = {readonly bits: Tensor; readonly shape: readonly number[]; readonly density: number};

/**
 * Measured cost model, ns per 16 output channels (16 to 128 channels, k = 1 to 9, densities of 5 to 30 %): a look-up for eight
 * channels, in tables that stay in the cache or in larger ones; or a spike, an output, whose number of spikes the processor
 * cannot predict, and, once for all channels, the lists of a position.
 */
const COST = {lookUp: 0.9, farLookUp: 1.5, spike: 0.88, output: 6.5, lists: 13};
/** Bytes of the tables of all outputs from which on a look-up is far: each image goes through all of them. */
const NEAR = 4 << 20;
/** Bytes of the tables of sixteen outputs above which they leave the second-level cache. */
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

/** Bytes of the tables of all outputs, and of one image's bits by column. */
const windowBytes = (H: number, W: number, k: number, Ci: number, Co: number): number =>
  Math.ceil(Co / 16) * tableBytes(k, Ci) + (H * (W + k) * Ci) / 8;

type Method = "events" | "windows" | "fourier";

/** How filters w [k, k, Ci, Co] go over spikes [N, H, W, Ci] of that density. */
export function methodOf(
  {density, stride, shape}: {readonly density: number; readonly stride: 1 | 2; readonly shape: readonly number[]},
  w: readonly number[],
): Method {
  const [k, , Ci, Co] = w as [number, number, number, number];
  if (stride !== 1) return "events";
  const units = Math.ceil(Co / 16);
  const weights = k * k * Ci;
  const bytes = tableBytes(k, Ci);
  const lookUp = bytes * units <= NEAR ? COST.lookUp : COST.farLookUp;
  const costs: Record<Method, number> = {
    events: units * (COST.spike * weights * density + COST.output) + COST.lists,
    windows: Ci % 8 || bytes > TABLES_UP_TO ? Infinity : (units * lookUp * weights) / 8,
    fourier: k > 1 ? fourierCost(shape, w) : Infinity,
  };
  return (Object.keys(costs) as Method[]).reduce((a, b) => (costs[b] < costs[a] ? b : a));
}

type Convolution = {
  readonly spikes: Spikes;
  /** [k, k, Cin, Cout]. */
  readonly w: Tensor;
  readonly stride: 1 | 2;
  readonly groups: number;
  readonly pool: number;
};

const forward = operation("SpikeConv", ({spikes, w, stride, groups, pool}: Convolution) => {
  const [k, , Ci, Co] = w.shape as [number, number, number, number];
  const sizes = convSizes(spikes.shape, k, Co, stride);
  const [N, H, W, , OH, OW] = sizes;
  const y = output([N, Math.floor(OH / pool), Math.floor(OW / pool), Co]);
  const statistics = groups ? {mean: output([groups, Co]), variance: output([groups, Co])} : undefined;
  const [mean, variance] = statistics ? [address(statistics.mean), address(statistics.variance)] : [0, 0];
  const method = methodOf({density: spikes.density, stride, shape: spikes.shape}, w.shape);
  const inC = method === "fourier" ? undefined : nativeKernel("spikeConv");
  if (inC) {
    const tensors = [address(spikes.bits), address(w), address(y), mean, variance] as const;
    inC(...tensors, ...sizes, groups ? N / groups : 0, pool);
    return {y, statistics};
  }
  const windows = method === "windows";
  const blocks = method === "fourier" ? 0 : blockBytes(k, Ci, Co);
  const room = blocks === 0 ? 0 : windows ? windowBytes(H, W, k, Ci, Co) : kernel("eventScratchBytes")(H, W, Ci, OH, k);
  const whole = pool > 1 ? lines(4 * OH * OW * Co) : 0;
  withScratch(64 + whole + blocks + room + 20 * Co, (base) => {
    const map = lines(base >>> 0);
    const filters = map + whole;
    const sums = filters + blocks + room;
    const perGroup = groups ? N / groups : 0;
    if (method === "fourier") {
      const from = {x: address(spikes.bits), bits: true, w: address(w), y: address(y)};
      const options = {statistics: [perGroup, mean, variance, sums] as const, pool, whole: map};
      fourierForward(from, {images: N, H, W, k, Ci, Co}, options);
      return;
    }
    if (windows) kernel("blockFilters")(address(w), filters, k * k * Ci, Co);
    else kernel("columnFilters")(address(w), filters, k, Ci, Co);
    const run = kernel(windows ? "spikeConvWindows" : "spikeConvEvents");
    const tensors = [address(spikes.bits), filters, address(y), filters + blocks] as const;
    run(...tensors, ...sizes, perGroup, mean, variance, sums, pool, map);
  });
  return {y, statistics};
});

export type SpikeConvOptions = {
  readonly stride?: 1 | 2 | undefined;
  /** For how many groups of equal numbers of images to take y's mean and variance, [groups, Cout]. */
  readonly groups?: number | undefined;
  /** > 1: instead of y its means over windows of pool×pool; the statistics are y's. */
  readonly pool?: number;
};

/** y [N, ⌈H/stride⌉, ⌈W/stride⌉, Cout] from filters w [k, k, Cin, Cout]; no gradient. */
export const spikeConv = (
  spikes: Spikes,
  w: Tensor,
  {stride = 1, groups = 0, pool = 1}: SpikeConvOptions = {},
): {readonly y: Tensor; readonly statistics: Statistics | undefined} =>
  forward({spikes, w, stride, groups, pool}) as {y: Tensor; statistics: Statistics | undefined};

type FilterGradient = {readonly spikes: Spikes; readonly dy: Tensor; readonly k: number; readonly stride: 1 | 2};

const filterGradient = operation("SpikeConvFilterGradient", ({spikes, dy, k, stride}: FilterGradient) => {
  const [, H, W, Ci] = spikes.shape as [number, number, number, number];
  const Co = dy.shape[3]!;
  const dw = output([k, k, Ci, Co]);
  const bits = address(spikes.bits);
  const sizes = convSizes(spikes.shape, k, Co, stride);
  if (k === 1 || stride === 2) {
    kernel("filterGradientSpikes")(bits, address(dy), address(dw), ...sizes);
    return dw;
  }
  const inC = nativeKernel("spikeConvFilterGradient");
  if (inC) {
    inC(bits, address(dy), address(dw), ...sizes);
    return dw;
  }
  const blocks = blockBytes(k, Ci, Co);
  const room = 64 * (H + k) * (W + k) + 4 * Ci * (1 + H * W);
  withScratch(blocks + room, (scratch) => {
    kernel("filterGradientEvents")(bits, address(dy), scratch, scratch + blocks, ...sizes);
    kernel("unblockFilters")(scratch, address(dw), k * k * Ci, Co);
  });
  return dw;
});

/** dw [k, k, Cin, Cout] from dy [N, ⌈H/stride⌉, ⌈W/stride⌉, Cout]. */
export const spikeConvFilterGradient = (spikes: Spikes, dy: Tensor, k: number, stride: 1 | 2 = 1): Tensor =>
  filterGradient({spikes, dy, k, stride});
