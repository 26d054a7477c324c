// A weighted sum of values that stand for choices, of which a search leaves one (DARTS, arXiv 1806.09055).
//
//   y = Σ_i w_i·x_i,   w = softmax(α)
//
// α may have more numbers than there are values: the weights of those choices go to nothing.

import {addN, softmax, type Tensor, type Tensor1D, tidy, unstack} from "../tf.js";

/** The weights of choices. */
export const choiceWeights = (alpha: Tensor1D): Tensor1D => softmax(alpha);

/** y of values x_i of one shape, and w [at least as many]. */
export function mix(values: readonly Tensor[], weights: Tensor1D): Tensor {
  return tidy(() => {
    const each = unstack(weights);
    return addN(values.map((value, i) => value.mul(each[i]!)));
  });
}
