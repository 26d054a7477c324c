// Weights as whole numbers and a step: what a compressed layer is kept as.
//
//   w = (c − 2^(b−1) + ½)·Δ,   c = 0 … 2^b − 1        2^b levels around zero, none at zero; one bit is ±Δ/2
//   c = ⌊w/Δ⌋ + 2^(b−1), cut to that range            the nearest level: off by at most Δ/2 where |w| ≤ 2^(b−1)·Δ
//
// The quantiser of LitE-SNN (arXiv 2401.14652). A weight of exactly 0 is one that pruning took: it has no code. A step
// is a layer's, or one for each output channel (the last axis); it is a float32, and w is rounded to float32 once, so that codes and
// steps give the same weights everywhere, bit for bit.

import type {Graph, GraphNode} from "../graphs/graph.js";
import {parametersOf} from "../graphs/ops.js";
import {inRange} from "../ranges.js";

/** The steps of a layer's weights: one, or one for each output channel. */
export type Steps = {
  readonly values: Float32Array;
  /** Every step is a power of two, and is kept as its exponent. */
  readonly powersOfTwo: boolean;
};

/** How a layer's weights are kept; without steps they are float32, and zeros are what pruning took. */
export type LayerFormat = {readonly bits: number; readonly steps?: Steps};

/** The formats of a network's layers, by the node's id; a layer without one was not compressed. */
export type Formats = Readonly<Record<string, LayerFormat>>;

/** The weight that a code stands for. */
export const levelOf = (code: number, bits: number, step: number): number =>
  Math.fround((code - 2 ** (bits - 1) + 0.5) * step);

/** The code of the level nearest to w. */
export const codeOf = (w: number, bits: number, step: number): number =>
  Math.min(2 ** bits - 1, Math.max(0, Math.floor(w / step) + 2 ** (bits - 1)));

/** The step of weight i, whose channel is the last axis. */
export const stepOf = ({values}: Steps, i: number): number => values[i % values.length]!;

/** The weights at their nearest levels; 0 stays 0. */
export function quantised(weights: Float32Array, bits: number, steps: Steps): Float32Array {
  inRange("codeBits", bits);
  return weights.map((w, i) => {
    const step = stepOf(steps, i);
    return w === 0 ? 0 : levelOf(codeOf(w, bits, step), bits, step);
  });
}

/** Weights that are not 0. */
export function countKept(weights: Float32Array): number {
  let count = 0;
  for (const w of weights) if (w !== 0) ++count;
  return count;
}

/** The name of a node's weights among the parameters. */
export const weightName = (node: GraphNode): string =>
  parametersOf(node, [1, 1, 1]).find(({role}) => role === "conv" || role === "linear")!.name;

/** The graph whose nodes say the bits of their weights and the fraction that is not 0. */
export function withFormats(graph: Graph, formats: Formats, weightsOf: (node: GraphNode) => Float32Array): Graph {
  const nodes = graph.nodes.map((node) => {
    const format = formats[node.id];
    if (!format) return node;
    const weights = weightsOf(node);
    return {...node, weights: {bits: format.bits, kept: Math.max(1, countKept(weights)) / weights.length}};
  });
  return {...graph, nodes};
}
