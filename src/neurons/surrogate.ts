// The firing step Θ and what stands in for its derivative when gradients flow backwards.
//
// Forwards every surrogate is the same: s = 1 where x >= 0 (x > 0 of a strict neuron), else 0, with x = u − θ. Backwards each uses the derivative of
// a smooth step, stated here side by side; `smooth` is that step, so that finite differences can check `derivative`.
//
//   atan         ½ + atan(π/2·α·x)/π                       (α/2) / (1 + (π/2·α·x)²)          SpikingJelly; SNASNet α = 2
//   sigmoid      σ(αx)                                     α·σ(αx)·(1 − σ(αx))               SpikingJelly, α = 4
//   triangular   ½ + αx − ½α²x|x|   within |x| < 1/α       max(0, α − α²|x|)                 piecewise quadratic, α = 1
//   rectangular  clip(x + w, 0, 2w)                        1 where |x| < w                   STBP (arXiv 1706.02609)
//   dspike       ½ + tanh(bx)/(2·tanh(b/2)), |x| < ½       (b/2)(1 − tanh²(bx))/tanh(b/2)    Dspike (NeurIPS 2021), b = 3
//
// No derivative is rescaled: each is that of the step in its row, so its area is the step's height (2w for rectangular).

import {checkName} from "../check.js";
import {inRange} from "../ranges.js";
import {SURROGATE_DEFAULTS, type SurrogateSpec} from "../graphs/neuron.js";
import {customGrad, type Tensor, tidy} from "../tf.js";

type Surrogate<S> = {
  /** The smooth step at x. */
  readonly smooth: (x: Tensor, spec: S) => Tensor;
  /** Its derivative at x. */
  readonly derivative: (x: Tensor, spec: S) => Tensor;
};

type Table = {readonly [N in SurrogateSpec["name"]]: Surrogate<Extract<SurrogateSpec, {name: N}>>};

const inside = (x: Tensor, width: number): Tensor => x.abs().less(width).cast("float32");

/** Every surrogate, by name. */
export const SURROGATES: Table = {
  atan: {
    smooth: (x, {alpha}) =>
      x
        .mul((Math.PI / 2) * alpha)
        .atan()
        .div(Math.PI)
        .add(0.5),
    derivative: (x, {alpha}) =>
      x
        .mul((Math.PI / 2) * alpha)
        .square()
        .add(1)
        .reciprocal()
        .mul(alpha / 2),
  },
  sigmoid: {
    smooth: (x, {alpha}) => x.mul(alpha).sigmoid(),
    derivative: (x, {alpha}) => {
      const y = x.mul(alpha).sigmoid();
      return y.mul(y.neg().add(1)).mul(alpha);
    },
  },
  triangular: {
    smooth: (x, {alpha}) => {
      const y = x.mul(alpha).clipByValue(-1, 1);
      return y.add(0.5).sub(y.mul(y.abs()).mul(0.5));
    },
    derivative: (x, {alpha}) =>
      x
        .abs()
        .mul(-alpha * alpha)
        .add(alpha)
        .relu(),
  },
  rectangular: {
    smooth: (x, {width}) => x.add(width).clipByValue(0, 2 * width),
    derivative: (x, {width}) => inside(x, width),
  },
  dspike: {
    smooth: (x, {b}) =>
      x
        .clipByValue(-0.5, 0.5)
        .mul(b)
        .tanh()
        .div(2 * Math.tanh(b / 2))
        .add(0.5),
    derivative: (x, {b}) => {
      const slope = x
        .mul(b)
        .tanh()
        .square()
        .neg()
        .add(1)
        .mul(b / 2 / Math.tanh(b / 2));
      return slope.mul(inside(x, 0.5));
    },
  },
};

const entry = (spec: SurrogateSpec): Surrogate<SurrogateSpec> =>
  SURROGATES[checkName("surrogate", spec.name, SURROGATES)] as unknown as Surrogate<SurrogateSpec>;

/** A surrogate by name with its default shape, or with the shape given: `surrogate("atan", {alpha: 4})`. */
export function surrogate(name: string, shape: Readonly<Record<string, number>> = {}): SurrogateSpec {
  const defaults = SURROGATE_DEFAULTS[checkName("surrogate", name, SURROGATE_DEFAULTS)];
  for (const [key, value] of Object.entries(shape)) {
    const known: Record<string, unknown> = Object.fromEntries(Object.entries(defaults).filter(([k]) => k !== "name"));
    checkName(`${name} surrogate option`, key, known);
    inRange("surrogateShape", value, `${name} ${key}`);
  }
  return {...defaults, ...shape} as SurrogateSpec;
}

/** dΘ/dx as the backward pass uses it, at x = u − θ. */
export const surrogateDerivative = (x: Tensor, spec: SurrogateSpec): Tensor =>
  tidy(() => entry(spec).derivative(x, spec));

/** The smooth step whose derivative that is. */
export const smoothSpike = (x: Tensor, spec: SurrogateSpec): Tensor => tidy(() => entry(spec).smooth(x, spec));

/** Spikes at x = u − θ: exactly 0 or 1 forwards, the surrogate's derivative backwards. `strict`: 0 at x = 0. */
export function spike(x: Tensor, spec: SurrogateSpec, strict = false): Tensor {
  return customGrad((value, save) => {
    const u = value as Tensor;
    (save as (tensors: Tensor[]) => void)([u]);
    return {
      value: (strict ? u.greater(0) : u.greaterEqual(0)).cast("float32"),
      gradFunc: (dy, saved) => dy.mul(surrogateDerivative(saved[0]!, spec)),
    };
  })(x);
}
