// What a run of kernels/fourier.ts needs in memory, and how many images go through it at a time.

import {fourierLength, tableBytes} from "./fourierTable.js";

export const four = (n: number): number => (n + 3) & ~3;
export const eight = (n: number): number => (n + 7) & ~7;
const even = (n: number): number => (n + 1) & ~1;

/**
 * Bytes that a run should not exceed, and the most that it keeps of filters and their gradients beside its images: edges that need
 * more go one after the other.
 */
export const fourierMemory = {workspace: 40 * 2 ** 20, filters: 24 * 2 ** 20};
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
};

/** A part of the workspace: `count` pieces, `step` bytes apart. */
export type Part = {readonly step: number; readonly bytes: number};

/** Pieces an odd number of cache lines apart: otherwise they would fall upon each other in the cache. */
function part(count: number, bytes: number): Part {
  const step = ((bytes + 511) & ~511) + 192;
  return {step, bytes: count * step};
}

const NONE = part(0, 0);

/** Lines (assembly/fourierColumns.ts) and planes of a run. */
type Parts = {
  /** Lines of each edge's filter, of its gradient, and of its images; the first edge's become those of the result. */
  readonly filters: readonly Part[];
  readonly gradients: readonly Part[];
  readonly inputs: readonly Part[];
  readonly x: Part;
  /** Planes of a filter, of images, of products; of x and of a filter's gradient. */
  readonly u: Part;
  readonly data: Part;
  readonly products: Part;
  readonly xData: Part;
  readonly v: Part;
};

export type Plan = {
  readonly nx: number;
  readonly ny: number;
  /** Images of a block. */
  readonly block: number;
  readonly parts: Parts;
  /** Bytes of all parts, the tables and the lines that are worked on. */
  readonly bytes: number;
};

function partsOf(edges: readonly Width[], options: PlanOptions, nx: number, ny: number, block: number): Parts {
  const {H, filterGradients} = options;
  const columns = nx / 2 + 1;
  const S = edges[0]!.S;
  const R = Math.max(...edges.map((edge) => edge.R));
  const filter = (rows: number, C: number, k: number): Part => part(columns, rows * (eight(C) / 4) * even(k) * 32);
  const images = (C: number): Part => filter(block, C, H);
  const planes = (rows: number, C: number): Part => part(3 * ny, 4 * rows * eight(C));
  return {
    filters: edges.map((edge) => filter(edge.R, S, edge.k)),
    gradients: filterGradients ? edges.map((edge) => filter(S, edge.R, edge.k)) : [],
    inputs: edges.map((edge, e) => images(e ? edge.R : Math.max(edge.R, S))),
    x: filterGradients ? images(S) : NONE,
    u: planes(R, S),
    data: planes(four(block), R),
    products: planes(four(block), S),
    xData: filterGradients ? planes(four(block), S) : NONE,
    v: filterGradients ? planes(four(S), R) : NONE,
  };
}

const bytesOf = (parts: Parts): number =>
  Object.values(parts)
    .flat()
    .reduce((bytes, one) => bytes + one.bytes, 0);

/** Lengths of the transforms of H x W maps and filters up to k. */
export function lengthsOf({H, W}: {readonly H: number; readonly W: number}, k: number): {nx: number; ny: number} {
  return {nx: fourierLength(W + (k >> 1)), ny: fourierLength(H + (k >> 1))};
}

/** Bytes of the three lines that a transform works on. */
export const workBytes = ({nx, ny}: {readonly nx: number; readonly ny: number}): number =>
  3 * (32 * Math.max(nx, ny) + 64);

/** The plan of a run of these edges, all of the same k and S. */
export function planOf(edges: readonly Width[], options: PlanOptions): Plan {
  const {images} = options;
  const lengths = lengthsOf(options, edges[0]!.k);
  const {nx, ny} = lengths;
  const bytes = (block: number): number => bytesOf(partsOf(edges, options, nx, ny, block));
  const most = Math.max(LEAST_IMAGES, Math.floor((fourierMemory.workspace - bytes(0)) / ((bytes(64) - bytes(0)) / 64)));
  const block = Math.min(images, four(Math.ceil(images / Math.ceil(images / most))));
  const parts = partsOf(edges, options, nx, ny, block);
  const fixed = tableBytes(nx) + tableBytes(ny) + workBytes(lengths) + 64 * 4;
  return {...lengths, block, parts, bytes: bytesOf(parts) + fixed + 64 * Object.values(parts).flat().length};
}

/** Edges in groups of one k for one run each, as many together as memory allows: they share the transforms of what they have in common. */
export function groupsOf<E extends Width>(edges: readonly E[], options: PlanOptions): E[][] {
  const groups: E[][] = [];
  for (const edge of edges) {
    const last = groups.at(-1);
    const together = [...(last ?? []), edge];
    const {nx, ny} = lengthsOf(options, edge.k);
    if (last?.[0]!.k === edge.k && bytesOf(partsOf(together, options, nx, ny, 0)) <= fourierMemory.filters)
      last.push(edge);
    else groups.push([edge]);
  }
  return groups;
}

/**
 * Measured cost model, ns (C = 16 to 128, k = 5 to 9, maps of 16 and 32): for each value of a transform, of its way in and out for a
 * channel, and of the products of a pair of channels, a block's transforms of filters included.
 */
const COST = {into: 2.4, out: 2.9, pair: 0.095};

/** ns for each position of maps [N, H, W, Ci] and filters [k, k, Ci, Co], both ways included. N has no say. */
export function fourierCost([, H, W]: readonly number[], [k, , Ci, Co]: readonly number[]): number {
  const {nx, ny} = lengthsOf({H: H!, W: W!}, k!);
  const [R, S] = [eight(Ci!), eight(Co!)];
  return ((nx * ny) / (H! * W!)) * (COST.into * R + COST.out * S + COST.pair * R * S);
}
