// Gradients of bounded length (arXiv 1211.5063), as PyTorch's `clip_grad_norm_` bounds them:
//
//   g ← g·min(1, c/‖g‖),   ‖g‖² = Σ over all of the parameters of Σ g²

import type {Tensors} from "../networks/parameters.js";
import {tidy} from "../tf.js";

/** ‖g‖ of several gradients taken together. */
export const lengthOf = (gradients: Tensors): number =>
  Math.sqrt(Object.values(gradients).reduce((sum, g) => sum + tidy(() => g.square().sum().dataSync()[0]!), 0));

/** The gradients with a common length of at most `clipNorm`, any where it is absent; new tensors where that shortens them. */
export function clipped(gradients: Tensors, clipNorm: number | undefined): Tensors {
  if (clipNorm === undefined) return gradients;
  const length = lengthOf(gradients);
  if (!(length > clipNorm)) return gradients; // also where it is not a number, which the loss will tell
  return Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, g.mul(clipNorm / length)]));
}
