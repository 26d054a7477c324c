// What a run of kernels/fourier.ts needs in memory, and how many images go through it at a time.

import {fourierLength, tableBytes} from "./fourierTable.js";

export const four = (n: number): number => (n + 3) & ~3;
export const eight = (n: number): number => (n + 7) & ~7;
const even = (n: number): number => (n + 1) & ~1;

/**
 * Bytes that a run should not exceed; the most that it keeps of filters and their gradients beside its images: edges that need more
 * go one after the other; and those of planes of images, which are to stay in the cache.
 */
export const fourierMemory = {workspace: 34 * 2 ** 20, filters: 20 * 2 ** 20, planes: 4.5 * 2 ** 20};
/** Fewest images of a block, whatever it takes: filters are transformed once for each block. */
const LEAST_IMAGES = 16;

/** What a plan knows of an edge: k, and the channels of its input and its output. */
export type Width = {readonly k: number; readonly R: number; readonly S: number};

export type PlanOptions = {
  readonly images: number;
  readonly H: number;
  readonly W: number;
  /** Whether gradients of filters are made as well; then S are the channels of x. */
  readonly filterGradients: boolean;
  /** Whether the edges' inputs are spikes. */
  readonly spikes: boolean;
};

/** A part of the workspace: `count` pieces, `step` bytes apart. */
export type Part = {readonly step: number; readonly bytes: number};

/** Pieces an odd number of cache lines apart: otherwise they would fall upon each other in the cache. */
function part(count: number, bytes: number): Part {
  const step = ((bytes + 511) & ~511) + 192;
  return {step, bytes: count * step};
}

const NONE: Part = {step: 0, bytes: 0};

/** What a run holds beside planes: panels (assembly/fourierFilters.ts), and lines (fourierRows.ts, fourierSpikes.ts) of a block. */
type Kept = {
  /** Panels of each edge's filter and of its gradient. */
  readonly filters: readonly Part[];
  readonly gradients: readonly Part[];
  /** Planes of the same. */
  readonly u: readonly Part[];
  readonly v: readonly Part[];
  /** Lines of each edge's images, none of spikes, and of the result where those of the first edge are no room for it. */
  readonly inputs: readonly Part[];
  readonly result: Part;
  /** Lines of spikes: those that are read, or those of x. */
  readonly spikes: Part;
};

/** Planes of as many images as stay in the cache: of an edge's input, of products, of x. */
type Planes = {readonly data: Part; readonly products: Part; readonly xData: Part};

export type Plan = {
  readonly nx: number;
  readonly ny: number;
  /** Images of a block, and those of it that are planes at a time. */
  readonly block: number;
  readonly images: number;
  readonly parts: Kept & Planes;
  /** Bytes of all parts, the tables and the lines that are worked on. */
  readonly bytes: number;
};

/** Bytes of an image of C channels as lines of one frequency, and of spikes as lines. */
export const lineBytes = (C: number, H: number): number => (eight(C) / 4) * even(H) * 32;
export const spikeBytes = (C: number, H: number, W: number): number => eight(C) * H * Math.ceil(W / 8);

type Lengths = {readonly nx: number; readonly ny: number};

function keptOf(edges: readonly Width[], options: PlanOptions, {nx, ny}: Lengths, block: number): Kept {
  const {H, W, filterGradients, spikes} = options;
  const {R: first, S} = edges[0]!;
  const panels = (rows: number, C: number, k: number): Part => part(1, 4 * k * k * rows * eight(C));
  const planes = (rows: number, C: number): Part => part(3 * ny, 4 * rows * eight(C));
  const images = (C: number): Part => part(nx / 2 + 1, block * lineBytes(C, H));
  const bits = filterGradients ? S : spikes ? first : 0;
  return {
    filters: edges.map(({R, k}) => panels(R, S, k)),
    gradients: filterGradients ? edges.map(({R, k}) => panels(S, R, k)) : [],
    u: edges.map(({R}) => planes(R, S)),
    v: filterGradients ? edges.map(({R}) => planes(four(S), R)) : [],
    inputs: edges.map(({R}) => (spikes ? NONE : images(R))),
    result: spikes || eight(S) > eight(first) ? images(S) : NONE,
    spikes: bits ? part(1, block * spikeBytes(bits, H, W)) : NONE,
  };
}

function planesOf(edges: readonly Width[], {filterGradients}: PlanOptions, ny: number, images: number): Planes {
  const S = edges[0]!.S;
  const planes = (C: number): Part => part(3 * ny, 4 * four(images) * eight(C));
  return {
    data: planes(Math.max(...edges.map(({R}) => R))),
    products: planes(S),
    xData: filterGradients ? planes(S) : NONE,
  };
}

const bytesOf = (parts: object): number =>
  (Object.values(parts) as (Part | readonly Part[])[]).flat().reduce((bytes, one) => bytes + one.bytes, 0);

/** Lengths of the transforms of H x W maps and filters up to k. */
export function lengthsOf({H, W}: {readonly H: number; readonly W: number}, k: number): Lengths {
  return {nx: fourierLength(W + (k >> 1)), ny: fourierLength(H + (k >> 1))};
}

/** Bytes of the four lines that a transform works on, and of the tables of spikes. */
const workBytes = ({nx, ny}: Lengths, k: number): number => 4 * (32 * Math.max(nx, ny, k) + 64);
const spikeTableBytes = ({W}: PlanOptions): number => 2048 * Math.ceil(W / 8);

/** Bytes of the tables of both lengths, of spikes, and of what is worked on. */
export function fixedBytes(options: PlanOptions, lengths: Lengths, k: number): readonly number[] {
  const {nx, ny} = lengths;
  return [tableBytes(nx), tableBytes(ny), spikeTableBytes(options), workBytes(lengths, k)];
}

/** So many parts of `whole`, a multiple of four each but for the last. */
const share = (whole: number, most: number): number =>
  Math.min(whole, four(Math.ceil(whole / Math.ceil(whole / most))));

/** The plan of a run of these edges, all of the same k and S. */
export function planOf(edges: readonly Width[], options: PlanOptions): Plan {
  const lengths = lengthsOf(options, edges[0]!.k);
  const perImage = bytesOf(planesOf(edges, options, lengths.ny, 64)) / 64;
  const most = Math.max(LEAST_IMAGES, Math.floor(fourierMemory.planes / perImage));
  const kept = (block: number): number => bytesOf(keptOf(edges, options, lengths, block));
  const left = fourierMemory.workspace - most * perImage - kept(0);
  const block = share(options.images, Math.max(LEAST_IMAGES, Math.floor((64 * left) / (kept(64) - kept(0)))));
  const images = share(block, most);
  const parts = {...keptOf(edges, options, lengths, block), ...planesOf(edges, options, lengths.ny, images)};
  const fixed = fixedBytes(options, lengths, edges[0]!.k);
  const alignment = 64 * (fixed.length + Object.values(parts).flat().length);
  return {...lengths, block, images, parts, bytes: bytesOf(parts) + fixed.reduce((a, b) => a + b) + alignment};
}

/** Edges in groups of one k for one run each, as many together as memory allows: they share the transforms of what they have in common. */
export function groupsOf<E extends Width>(edges: readonly E[], options: PlanOptions): E[][] {
  const groups: E[][] = [];
  for (const edge of edges) {
    const last = groups.at(-1);
    const together = [...(last ?? []), edge];
    const lengths = lengthsOf(options, edge.k);
    if (last?.[0]!.k === edge.k && bytesOf(keptOf(together, options, lengths, 0)) <= fourierMemory.filters)
      last.push(edge);
    else groups.push([edge]);
  }
  return groups;
}

/**
 * Measured cost model, ns (C = 16 to 128, k = 5 to 9, maps of 16 and 32): for each value of a transform, of its way in and out for a
 * channel, and of the products of a pair of channels, a block's transforms of filters included.
 */
const COST = {into: 1.7, out: 2.2, pair: 0.09};

/** ns for each position of maps [N, H, W, Ci] and filters [k, k, Ci, Co], both ways included. N has no say. */
export function fourierCost([, H, W]: readonly number[], [k, , Ci, Co]: readonly number[]): number {
  const {nx, ny} = lengthsOf({H: H!, W: W!}, k!);
  const [R, S] = [eight(Ci!), eight(Co!)];
  return ((nx * ny) / (H! * W!)) * (COST.into * R + COST.out * S + COST.pair * R * S);
}
