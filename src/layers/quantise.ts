// Quantisers of weights: b bits each, backwards the identity (straight-through), also where the forward pass clips.
//
//   gaussian   Δ_b = g_b·std(W),   Q_b(w) = clip((round(w/Δ_b + ½) − ½)·Δ_b, ±(2ᵇ/2 − ½)·Δ_b)
//              The optimal uniform quantiser of a Gaussian: 2ᵇ levels, none at zero (LitE-SNN, arXiv 2401.14652).
//              std(W) is PyTorch's, with n − 1, is taken once for all b, and is a constant for gradients.
//   uniform    Δ_b = max|W|/(2ᵇ⁻¹ − 1),   Q_b(w) = round(w/Δ_b)·Δ_b
//              2ᵇ − 1 levels on both sides of zero. One bit: ±mean|W| by the sign of w, 0 being positive (XNOR-Net's scale).
//
// `round` takes halves to the even number, as PyTorch's does.

import {checkQuantiser, type Quantiser} from "../graphs/weightFormat.js";
import {customGrad, type Tensor, tidy, where, zeros} from "../tf.js";

/** g_b of 1 to 4 bits: the step of the best uniform quantiser of a standard normal variable. */
export const GAUSSIAN_STEPS: Readonly<Record<number, number>> = {1: 1.596, 2: 0.996, 3: 0.586, 4: 0.336};

/** Steps must not be zero where all weights are equal. */
const LEAST_STEP = 1e-30;

/** What of all weights a quantiser of a node needs, whatever its bits: taken once. */
export type WeightScale = {readonly deviation: Tensor} | {readonly largest: Tensor; readonly mean: Tensor} | undefined;

/** f(x) forwards, the identity backwards. */
const straightThrough = <T extends Tensor>(x: T, f: (x: T) => Tensor): T =>
  customGrad((value) => ({value: tidy(() => f(value as T)), gradFunc: (dy) => dy.clone()}))(x) as T;

/** f(x), a constant for gradients. */
const constantOf = (x: Tensor, f: (x: Tensor) => Tensor): Tensor =>
  customGrad((value) => ({value: tidy(() => f(value as Tensor)), gradFunc: () => zeros(x.shape)}))(x);

/** Standard deviation of all numbers with n − 1; 0 of a single one. */
function deviationOf(w: Tensor): Tensor {
  const squares = w.sub(w.mean()).square().sum();
  return squares.div(Math.max(1, w.size - 1)).sqrt();
}

type Definition = {
  readonly scaleOf: (w: Tensor) => WeightScale;
  readonly quantised: (w: Tensor, bits: number, scale: never) => Tensor;
};

const DEFINITIONS: {readonly [Q in Quantiser]: Definition} = {
  gaussian: {
    scaleOf: (w) => ({deviation: constantOf(w, deviationOf)}),
    quantised: (w, bits, {deviation}: {deviation: Tensor}) => {
      const step = deviation.mul(GAUSSIAN_STEPS[bits]!).maximum(LEAST_STEP);
      const levels = w.div(step).add(0.5).round().sub(0.5);
      const most = 2 ** bits / 2 - 0.5;
      return levels.clipByValue(-most, most).mul(step);
    },
  },
  uniform: {
    scaleOf: (w) => ({
      largest: constantOf(w, (x) => x.abs().max()),
      mean: constantOf(w, (x) => x.abs().mean()),
    }),
    quantised: (w, bits, {largest, mean}: {largest: Tensor; mean: Tensor}) => {
      if (bits === 1) return where(w.greaterEqual(0), mean, mean.neg());
      const step = largest.div(2 ** (bits - 1) - 1).maximum(LEAST_STEP);
      return w.div(step).round().mul(step);
    },
  },
  none: {
    scaleOf: () => undefined,
    quantised: (w) => w.clone(),
  },
};

/** What the quantisers of a layer's weights share. */
export const weightScale = (w: Tensor, quantiser: Quantiser): WeightScale => DEFINITIONS[quantiser].scaleOf(w);

/** Q_b(w) of the shape of w; gradients pass straight through. `scale` is that of w unless given. */
export function quantised<T extends Tensor>(
  w: T,
  bits: number,
  quantiser: Quantiser = "gaussian",
  scale?: WeightScale,
): T {
  checkQuantiser(quantiser, bits);
  return tidy(() => {
    const shared = scale ?? weightScale(w, quantiser);
    return straightThrough(w, (x) => DEFINITIONS[quantiser].quantised(x, bits, shared as never));
  });
}
