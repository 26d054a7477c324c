// Which weights of a layer stay (edge-popup, arXiv 1911.13299): a fraction k of them, by the size of their scores S.
//
//   m = 1 for the ⌈k·n⌉ largest |S|, else 0          backwards: the gradient of m is that of |S|, so dS = dm·sign(S)
//
// Of equal scores those that stand first stay.

import {keptCount} from "../graphs/weightFormat.js";
import {customGrad, type Tensor, tensor} from "../tf.js";

/** Ones where the `count` largest magnitudes of `scores` stand, of equal ones the first, and zeros. */
export function largestOf(scores: ArrayLike<number>, count: number): Float32Array {
  const sizes = Float32Array.from(scores, Math.abs);
  const mask = new Float32Array(sizes.length);
  const least = sizes.toSorted()[sizes.length - count]!;
  let left = count;
  sizes.forEach((size, i) => {
    if (size > least) left -= mask[i] = 1;
  });
  for (let i = 0; left > 0 && i < sizes.length; ++i) if (sizes[i] === least) left -= mask[i] = 1;
  return mask;
}

/** The mask of scores, of their shape: 1 for the fraction `kept`, else 0. Gradients pass to the scores through their sign. */
export const mask = <T extends Tensor>(scores: T, kept: number): T =>
  customGrad((value, save) => {
    const s = value as T;
    (save as (tensors: Tensor[]) => void)([s]);
    return {
      value: tensor(largestOf(s.dataSync(), keptCount(s.size, kept)), s.shape),
      gradFunc: (dm, saved) => dm.mul(saved[0]!.sign()),
    };
  })(scores) as T;
