// One step of an optimiser, for a parameter p with its gradient g: the next parameter, then its next moments.
//
//   sgd    m ← μm + g + λp;  p ← p − ηm                                    (η learning rate, μ momentum, λ weight decay)
//   adam   m ← β₁m + (1−β₁)g;  v ← β₂v + (1−β₂)g²;  p ← p − ηλp − η·m̂/(√v̂ + ε),
//          m̂ = m/(1−β₁ᵗ),  v̂ = v/(1−β₂ᵗ) in step t = 1, 2, …               (arXiv 1412.6980; decoupled decay, 1711.05101)

import type {Tensor} from "../tf.js";

export type SgdNumbers = {readonly learningRate: number; readonly momentum: number; readonly weightDecay: number};

export function sgdStep(
  p: Tensor,
  g: Tensor,
  m: Tensor,
  {learningRate, momentum, weightDecay}: SgdNumbers,
): [p: Tensor, m: Tensor] {
  const next = m.mul(momentum).add(g).add(p.mul(weightDecay));
  return [p.sub(next.mul(learningRate)), next];
}

export type AdamNumbers = {
  readonly learningRate: number;
  /** Counted from 1. */
  readonly step: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
};

export function adamStep(
  ...[p, g, m, v, numbers]: [p: Tensor, g: Tensor, m: Tensor, v: Tensor, numbers: AdamNumbers]
): [p: Tensor, m: Tensor, v: Tensor] {
  const {learningRate, step, beta1, beta2, epsilon, weightDecay} = numbers;
  const first = m.mul(beta1).add(g.mul(1 - beta1));
  const second = v.mul(beta2).add(g.square().mul(1 - beta2));
  const denominator = second
    .div(1 - beta2 ** step)
    .sqrt()
    .add(epsilon);
  const decayed = p.mul(1 - learningRate * weightDecay);
  return [decayed.sub(first.mul(learningRate / (1 - beta1 ** step)).div(denominator)), first, second];
}
