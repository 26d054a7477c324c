// The input gradients of convolutions that read one input, summed: dense convolutions of dy with the filters turned by 180°,
// zeros between dy's entries at stride 2.

import {conv2d as definition} from "../layers/conv2d.js";
import {addN, pad, reverse, type Tensor4D, tidy, transpose} from "../tf.js";

export type Edge = {readonly dy: Tensor4D; readonly w: Tensor4D};

/** Σ dL/dx over the edges, of an input of `shape`. */
export function inputGradientSum(edges: readonly Edge[], shape: readonly number[], stride: 1 | 2): Tensor4D {
  return tidy(() => {
    const parts = edges.map(({dy, w}) => {
      const turned = transpose(reverse(w, [0, 1]), [0, 1, 3, 2]);
      return definition(stride === 1 ? dy : spread(dy, shape[1]!, shape[2]!), turned);
    });
    return parts.length === 1 ? parts[0]! : addN(parts);
  });
}

/** dy's entries at even places of an [N, H, W, C] of zeros. */
function spread(dy: Tensor4D, H: number, W: number): Tensor4D {
  const [N, h, w, C] = dy.shape;
  const wide = pad(dy.reshape([N * h * w, 1, C]), [[0, 0], [0, 1], [0, 0]]).reshape([N * h, 1, 2 * w * C]); // prettier-ignore
  const both = pad(wide, [[0, 0], [0, 1], [0, 0]]).reshape<Tensor4D>([N, 2 * h, 2 * w, C]); // prettier-ignore
  return both.slice([0, 0, 0, 0], [N, H, W, C]);
}
