// The value of a node: batch normalisations of the convolutions that end there, and what else does, in one sum.
//
//   v = Σ_i BN_i(y_i) + Σ_j a_j

import {addN, type Tensor} from "../tf.js";
import {batchNormEvaluate, batchNormTrain} from "./batchNorm.js";
import type {Statistics} from "./consumers.js";
import type {NormBefore} from "./spiking.js";

export type Term = NormBefore & {
  /** [T·B, H, W, C]. */
  readonly y: Tensor;
  /** Whether the consumer that made y was told of this normalisation and goes back through it; false: y is kept for that. */
  readonly deferred?: boolean | undefined;
};

export type NormalisedSum = {
  readonly value: Tensor;
  /** The statistics of each term, [G, C], where it was normalised with its own. */
  readonly statistics: (Statistics | undefined)[];
};

export type SumOptions = {
  /** Promises that nothing reads the terms afterwards: without a gradient the value may reuse the memory of one. */
  readonly last?: boolean;
};

function normalised({y, gamma, beta, statistics: given}: Term): {part: Tensor; statistics?: Statistics} {
  if ("mean" in given) return {part: batchNormEvaluate(y, gamma, beta, given.mean, given.variance)};
  const C = gamma.size;
  const {y: made, ...own} = batchNormTrain(y.reshape([given.groups, y.size / C / given.groups, C]), gamma, beta);
  return {part: made.reshape(y.shape), statistics: own};
}

/** Σ BN_i(y_i) + Σ a_j; an addend of [B, ...] where others are [T·B, ...] enters at every timestep. */
export function normalisedSum(terms: readonly Term[], addends: readonly Tensor[], _: SumOptions = {}): NormalisedSum {
  const made = terms.map(normalised);
  const rows = Math.max(...[...made.map(({part}) => part), ...addends].map((part) => part.shape[0]));
  const repeated = (a: Tensor): Tensor => a.tile([rows / a.shape[0], ...a.shape.slice(1).map(() => 1)]);
  const parts = [...made.map(({part}) => part), ...addends.map((a) => (a.shape[0] === rows ? a : repeated(a)))];
  return {value: parts.length === 1 ? parts[0]! : addN(parts), statistics: made.map(({statistics}) => statistics)};
}
