// Sums of dense convolutions with stride 1, several inputs with a filter each and one output, on addresses: for the gradient of
// an input that several convolutions read, and for convolutions of values that are no spikes.
//
//   y = Σ_e conv(x_e, g_e)      g_e the filter as it is, or rotated by 180° from Cout channels to Cin
//
// By Winograd's minimal filtering for k = 3 and 5, by a product of matrices for k = 1 (assembly/winograd.ts, pointwise.ts).
// Larger ones go by products of transforms: kernels/fourier.ts.

import {kernel, withScratch, words} from "./engine.js";
import {fourierMemory, lengthsOf} from "./fourierPlan.js";

type Address = number;

export type Filter = {
  /** Where w [k, k, Ci, Co] lies. */
  readonly w: Address;
  /** 1, 3 or 5. */
  readonly k: number;
  readonly Ci: number;
  readonly Co: number;
};

export type Maps = {
  readonly H: number;
  readonly W: number;
  /** The most images that one run will be asked for. */
  readonly images: number;
  /** true: filters rotated, inputs of Co channels, outputs of Ci: the gradient of the input. */
  readonly rotated: boolean;
};

/**
 * Images from … to − 1 of y [N, H, W, S] from the inputs `xs` [N, H, W, C_e], in the order of the filters. `add`: onto what y holds.
 */
export type RunConvolutions = (xs: readonly Address[], y: Address, from: number, to: number, add?: boolean) => void;

/** The kernel sizes that `withConvolutions` takes. */
export const DIRECT_SIZES: readonly number[] = [1, 3, 5];

/** Winograd is the faster where it saves this factor of products; below, what it does besides costs more. */
const LEAST_SAVING = 1.5;

/** How a convolution goes: by `withConvolutions`, by kernels/fourier.ts or by tfjs's dense convolution. */
export type Method = "direct" | "fourier" | "definition";

/**
 * The fastest way for filters [k, k, Ci, Co] on maps [N, H, W, C] at stride 1, as bench/inputGradient.ts measures it. N has no say:
 * an image's values do not depend on its batch.
 */
export function methodOf([k, , Ci, Co]: readonly number[], [, H, W]: readonly number[]): Method {
  if (k === 1) return Math.min(Ci!, Co!) >= 2 ? "direct" : "definition";
  if (Math.min(Ci!, Co!) < 3) return "definition";
  const winograd = DIRECT_SIZES.includes(k!) ? winogradProducts(k!, H!, W!) : Infinity;
  if (Math.min(winograd, fourierProducts(k!, H!, W!)) * LEAST_SAVING > k! * k!) return "definition";
  return winograd < fourierProducts(k!, H!, W!) * FOURIER_COST ? "direct" : "fourier";
}

/** Products of Winograd's way for each output and pair of channels on H x W maps, k = 3 or 5. */
const winogradProducts = (k: number, H: number, W: number): number =>
  (Math.ceil(H / 4) * Math.ceil(W / 4) * (k === 3 ? 36 : 64)) / (H * W);

/** The same of products of transforms: three for each of N·(N/2 + 1) complex numbers. */
function fourierProducts(k: number, H: number, W: number): number {
  const {nx, ny} = lengthsOf({H, W}, k);
  return (1.5 * nx * ny) / (H * W);
}

/** Bytes that the gradients of such filters may work in beyond their results. */
export const gradientWorkspace = (w: readonly number[], shape: readonly number[]): number =>
  methodOf(w, shape) === "fourier" ? fourierMemory.workspace : 0;

/** The time of one product by transforms, those included, over that of one of Winograd's. */
const FOURIER_COST = 2.5;

/** Bytes that transforming a filter needs. */
const FILTER_SCRATCH = 4096;

const four = (channels: number): number => (channels + 3) & ~3;
const eight = (channels: number): number => (channels + 7) & ~7;
const aligned = (bytes: number): number => (bytes + 63) & ~63;
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The filters of one kernel size, their numbers among all, the channels they reduce, and the bytes they need. */
type Group = {
  readonly k: number;
  readonly filters: readonly Filter[];
  readonly indices: readonly number[];
  readonly reduced: readonly number[];
  readonly filterBytes: number;
  readonly scratchBytes: number;
};

function groups(filters: readonly Filter[], S: number, {H, W, images, rotated}: Maps): Group[] {
  return [...new Set(filters.map(({k}) => k))].map((k) => {
    const indices = filters.flatMap((filter, i) => (filter.k === k ? [i] : []));
    const same = indices.map((i) => filters[i]!);
    const reduced = same.map(({Ci, Co}) => (rotated ? Co : Ci));
    const R = sum(reduced.map(four));
    const [filterBytes, scratchBytes] =
      k === 1
        ? [4 * sum(reduced) * eight(S), 128]
        : [kernel("winogradFilterBytes")(k, R, S), kernel("winogradScratchBytes")(k, images, H, W, R, S)];
    return {k, filters: same, indices, reduced, filterBytes, scratchBytes: Math.max(scratchBytes, FILTER_SCRATCH)};
  });
}

/** Transforms a group's filters into u. */
function transform({k, filters, reduced}: Group, u: Address, rotated: boolean, scratch: Address): void {
  const R = sum(reduced.map(four));
  let first = 0;
  let at = u;
  filters.forEach(({w, Ci, Co}, i) => {
    if (k === 1) kernel("pointwiseFilter")(w, at, Ci, Co, Number(rotated));
    else kernel("winogradFilter")(w, u, k, Ci, Co, Number(rotated), first, R, scratch);
    first += four(reduced[i]!);
    at += 4 * reduced[i]! * eight(rotated ? Ci : Co);
  });
}

/** Runs a group on images from … to − 1. */
function runGroup(
  {k, indices, reduced}: Group,
  {H, W}: Maps,
  S: number,
  [u, table, scratch]: readonly [Address, Address, Address],
  ...[xs, y, from, to, add]: Required<Parameters<RunConvolutions>>
): void {
  const numbers = words(table, 3 * indices.length);
  let at = u;
  indices.forEach((index, i) => {
    if (k === 1) numbers.set([xs[index]!, reduced[i]!, at], 3 * i);
    else numbers.set([xs[index]!, reduced[i]!], 2 * i);
    at += 4 * reduced[i]! * eight(S);
  });
  const count = indices.length;
  if (k === 1) kernel("pointwise")(table, count, y, from * H * W, to * H * W, S, Number(add), scratch);
  else kernel("winograd")(table, count, u, y, from, to, H, W, S, k, Number(add), scratch);
}

/** Transforms the filters once and calls `use` with what runs them on any range of images; all have the same output channels. */
export function withConvolutions<R>(filters: readonly Filter[], maps: Maps, use: (run: RunConvolutions) => R): R {
  const S = maps.rotated ? filters[0]!.Ci : filters[0]!.Co;
  const all = groups(filters, S, maps);
  const filterBytes = all.map((group) => aligned(group.filterBytes));
  const scratchBytes = aligned(Math.max(...all.map((group) => group.scratchBytes)));
  return withScratch(64 + sum(filterBytes) + scratchBytes + 12 * filters.length, (base) => {
    const start = aligned(base >>> 0);
    const us = all.map((_, i) => start + sum(filterBytes.slice(0, i)));
    const scratch = start + sum(filterBytes);
    const table = scratch + scratchBytes;
    all.forEach((group, i) => transform(group, us[i]!, maps.rotated, scratch));
    return use((xs, y, from, to, add = false) =>
      all.forEach((group, i) => runGroup(group, maps, S, [us[i]!, table, scratch], xs, y, from, to, add || i > 0)),
    );
  });
}
