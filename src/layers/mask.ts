// Which weights of a layer stay (edge-popup, arXiv 1911.13299): a fraction k of them, by the size of their scores S.
//
//   m = 1 for the ⌈k·n⌉ largest |S|, else 0          backwards: the gradient of m is that of |S|, so dS = dm·sign(S)
//
// Of equal scores those that stand first stay.

import {keptCount} from "../graphs/weightFormat.js";
import {customGrad, type Tensor, tensor} from "../tf.js";

/** Digits of 11, 11 and 10 bits, by which a float32 >= 0 is found among others: its bits are in the order of its value. */
const DIGITS = [
  {shift: 21, mask: 0x7ff},
  {shift: 10, mask: 0x7ff},
  {shift: 0, mask: 0x3ff},
] as const;

/** The `count`-th largest of numbers >= 0, digit by digit: as sorting would find it, in three passes. */
function nthLargest(sizes: Float32Array, count: number): number {
  const bits = new Uint32Array(sizes.buffer);
  let [prefix, known, left] = [0, 0, count];
  for (const {shift, mask} of DIGITS) {
    const histogram = new Int32Array(mask + 1);
    for (const value of bits) if (((value ^ prefix) & known) === 0) ++histogram[(value >>> shift) & mask]!;
    let digit = mask;
    while (digit > 0 && histogram[digit]! < left) left -= histogram[digit--]!;
    prefix |= digit << shift;
    known |= mask << shift;
  }
  return new Float32Array(new Uint32Array([prefix]).buffer)[0]!;
}

/** Ones where the `count` largest magnitudes of `scores` stand, of equal ones the first, and zeros. */
export function largestOf(scores: ArrayLike<number>, count: number): Float32Array {
  const sizes = Float32Array.from(scores as Float32Array);
  for (let i = 0; i < sizes.length; ++i) sizes[i] = Math.abs(sizes[i]!);
  const least = nthLargest(sizes, count);
  const mask = new Float32Array(sizes.length);
  let left = count;
  for (let i = 0; i < sizes.length; ++i) if (sizes[i]! > least) left -= mask[i] = 1;
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
