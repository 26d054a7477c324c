// Quantisers of weights: b bits each, backwards the identity (straight-through), also where the forward pass clips.
//
//   Q_b(w) = clip((round(w/Δ_b + ½) − ½)·Δ_b, ±(2ᵇ/2 − ½)·Δ_b)          2ᵇ levels, none at zero
//
//   gaussian   Δ_b = g_b·std(W): the best step for a Gaussian (LitE-SNN, arXiv 2401.14652); std is PyTorch's, with n − 1
//   uniform    Δ_b = 2·max|W|/2ᵇ: no weight is cut off; of one bit 2·mean|W|, so that levels are ±mean|W| (XNOR-Net's scale)
//
// What of W a step needs is taken once for all b; gradients see a constant, as they pass the quantiser straight through. `round`
// takes halves to the even number, as PyTorch's does. Weights so made are those that files/weightCodes.ts writes as whole numbers.

import {checkQuantiser, type Quantiser} from "../graphs/weightFormat.js";
import {customGrad, type Scalar, type Tensor, tidy} from "../tf.js";

/** g_b of 1 to 4 bits: the step of the best uniform quantiser of a standard normal variable. */
export const GAUSSIAN_STEPS: Readonly<Record<number, number>> = {1: 1.596, 2: 0.996, 3: 0.586, 4: 0.336};

/** Steps must not be zero where all weights are equal. */
const LEAST_STEP = 1e-30;

/** Scalars of all weights of a layer that the step of any number of bits needs. */
export type WeightScale = Readonly<Record<string, Scalar>>;

/** Standard deviation of all numbers with n − 1; 0 of a single one. */
function deviationOf(w: Tensor): Scalar {
  const squares = w.sub(w.mean()).square().sum<Scalar>();
  return squares.div<Scalar>(Math.max(1, w.size - 1)).sqrt<Scalar>();
}

type Rule = {
  readonly scaleOf: (w: Tensor) => WeightScale;
  readonly step: (bits: number, scale: WeightScale) => Tensor;
};

const RULES: {readonly [Q in Exclude<Quantiser, "none">]: Rule} = {
  gaussian: {
    scaleOf: (w) => ({deviation: deviationOf(w)}),
    step: (bits, {deviation}) => deviation!.mul(GAUSSIAN_STEPS[bits]!),
  },
  uniform: {
    scaleOf: (w) => ({largest: w.abs().max(), mean: w.abs().mean()}),
    step: (bits, {largest, mean}) => (bits === 1 ? mean!.mul(2) : largest!.div(2 ** (bits - 1))),
  },
};

/** What the steps of a layer's weights share; nothing where they are not quantised. */
export const weightScale = (w: Tensor, quantiser: Quantiser): WeightScale =>
  quantiser === "none" ? {} : tidy(() => RULES[quantiser].scaleOf(w));

/** Δ_b of weights of that scale. */
export function quantiserStep(bits: number, quantiser: Exclude<Quantiser, "none">, scale: WeightScale): Tensor {
  checkQuantiser(quantiser, bits);
  return tidy(() => RULES[quantiser].step(bits, scale).maximum(LEAST_STEP));
}

/** Q_b(w) with the step Δ. */
function nearestLevels(w: Tensor, bits: number, step: Tensor): Tensor {
  const most = 2 ** bits / 2 - 0.5;
  return w.div(step).add(0.5).round().sub(0.5).clipByValue(-most, most).mul(step);
}

/** f(x) forwards, the identity backwards. */
const straightThrough = <T extends Tensor>(x: T, f: (x: T) => Tensor): T =>
  customGrad((value) => ({value: tidy(() => f(value as T)), gradFunc: (dy) => dy.clone()}))(x) as T;

/** Q_b(w) of the shape of w; gradients pass straight through. `scale` is that of w unless given. */
export function quantised<T extends Tensor>(
  w: T,
  bits: number,
  quantiser: Quantiser = "gaussian",
  scale?: WeightScale,
): T {
  checkQuantiser(quantiser, bits);
  if (quantiser === "none") return w.clone();
  return tidy(() => {
    const step = quantiserStep(bits, quantiser, scale ?? weightScale(w, quantiser));
    return straightThrough(w, (x) => nearestLevels(x, bits, step));
  });
}
