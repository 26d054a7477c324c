// The weights of a layer that is pruned and quantised while it learns (CompConv, LitE-SNN, arXiv 2401.14652):
//
//   w = m ⊙ Σ_b softmax(β)_b · Q_b(W)          one W and one mask m for every number of bits b
//
// Weights are mixed and activations are not, so spikes stay bits and the layer one convolution. With one number of bits it is
// w = m ⊙ Q_b(W). Backwards, with Q_b and m straight through:
//
//   dW = m ⊙ dw,    dS = dw ⊙ Σ_b p_b·Q_b(W) ⊙ sign(S),    dβ that of p = softmax(β), dp_b = Σ dw ⊙ m ⊙ Q_b(W)

import {choicesOf, type WeightFormat} from "../graphs/weightFormat.js";
import {detach, softmax, type Tensor, type Tensor1D, tidy} from "../tf.js";
import {mask} from "./mask.js";
import {quantised, weightScale} from "./quantise.js";

export type Learnt = {
  /** W, of any shape. */
  readonly weights: Tensor;
  /** S, of W's shape, where the format has scores. */
  readonly scores?: Tensor | undefined;
  /** β, one number for each of the format's bits, where they are searched. */
  readonly beta?: Tensor1D | undefined;
};

/** Σ_b softmax(β)_b · Q_b(W), or Q_b(W). */
function quantisedWeights({weights, beta}: Learnt, format: WeightFormat): Tensor {
  const {quantiser = "none"} = format;
  const scale = weightScale(weights, quantiser);
  const levels = choicesOf(format).map((bits) => quantised(weights, bits, quantiser, scale));
  if (!beta) return levels[0]!;
  const shares = softmax(beta);
  return levels.map((q, i) => q.mul(shares.slice(i, 1))).reduce((sum, part) => sum.add(part));
}

/** The weights that a forward pass uses, of W's shape. */
export function compositeWeights(learnt: Learnt, format: WeightFormat): Tensor {
  return tidy(() => {
    const w = quantisedWeights(learnt, format);
    if (format.kept === 1) return w.clone();
    const judged = learnt.scores ?? detach(learnt.weights);
    return w.mul(mask(judged, format.kept));
  });
}
