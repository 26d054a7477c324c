// Magnitude pruning: of n weights the k·n largest by |w| stay, at least one; the others become 0.
//
//   layer     in each layer by itself
//   network   over all layers together, |w| in units of its layer's root mean square: what follows a layer (a normalisation, a
//             threshold that it was trained with) knows the weights' scale, so that raw sizes of two layers do not compare
//
// Ties are broken by position: the earlier weight stays.

import {check} from "../check.js";
import {keptCount} from "../graphs/weightFormat.js";

/** How pruning compares weights. */
export const PRUNED_ACROSS = {
  layer: "the same fraction of every layer stays",
  network: "all layers compete: some keep more, some less",
} as const;
export type PrunedAcross = keyof typeof PRUNED_ACROSS;

const checkKept = (kept: number): number => check("kept fraction", kept, kept > 0 && kept <= 1, "a number > 0 and <= 1"); // prettier-ignore

/** The places of the `count` largest scores, as a mask. */
function largestOf(scores: Float64Array, count: number): Uint8Array {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => (scores[a] === scores[b] ? a - b : scores[b]! - scores[a]!)); // prettier-ignore
  const mask = new Uint8Array(scores.length);
  for (const i of order.subarray(0, count)) mask[i] = 1;
  return mask;
}

const masked = (weights: Float32Array, mask: Uint8Array): Float32Array => weights.map((w, i) => (mask[i] && w !== 0 ? w : 0)); // prettier-ignore

/** The weights of one layer of which the fraction `kept` stays. */
export function pruned(weights: Float32Array, kept: number): Float32Array {
  checkKept(kept);
  if (kept === 1) return weights.map((w) => (w === 0 ? 0 : w));
  return masked(weights, largestOf(Float64Array.from(weights, Math.abs), keptCount(weights.length, kept)));
}

const rootMeanSquare = (weights: Float32Array): number =>
  Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0) / weights.length) || 1;

/** The weights of all layers, of which the fraction `kept` of all stays; the largest of each layer does in any case. */
export function prunedTogether(
  layers: ReadonlyMap<string, Float32Array>,
  kept: number,
): ReadonlyMap<string, Float32Array> {
  const lists = [...layers.values()];
  const total = lists.reduce((n, {length}) => n + length, 0);
  const scores = new Float64Array(total);
  let at = 0;
  for (const weights of lists) {
    const unit = rootMeanSquare(weights);
    const own = scores.subarray(at, (at += weights.length));
    weights.forEach((w, i) => (own[i] = Math.abs(w) / unit));
    own[own.reduce((best, score, i) => (score > own[best]! ? i : best), 0)] = Infinity;
  }
  const mask = largestOf(scores, Math.max(lists.length, keptCount(total, checkKept(kept))));
  at = 0;
  return new Map([...layers].map(([id, weights]) => [id, masked(weights, mask.subarray(at, (at += weights.length)))]));
}
