// Voting: each class has g output units; its logit is their mean, averaged over time.

import {type Tensor, type Tensor2D, tidy} from "../tf.js";

/** Outputs [T, B, classes·g] → logits [B, classes]; unit i votes for class ⌊i/g⌋. */
export function vote(outputs: Tensor, voters: number): Tensor2D {
  const [, B, units] = outputs.shape as [number, number, number];
  return tidy(() =>
    outputs
      .mean(0)
      .reshape([B, units / voters, voters])
      .mean(2),
  );
}
