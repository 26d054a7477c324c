// Optimisers as pure functions: `init` makes a state for parameters, `update` takes a gradient step.
//
//   sgd    g ← g + λp;  m ← μm + g;  p ← p − ηm                            (λ weight decay, μ momentum)
//   adam   p ← p − ηλp (decoupled, arXiv 1711.05101);  m ← β₁m + (1−β₁)g;  v ← β₂v + (1−β₂)g²
//          p ← p − η·m̂/(√v̂ + ε),  m̂ = m/(1−β₁ᵗ),  v̂ = v/(1−β₂ᵗ)          (arXiv 1412.6980)

import {checkName, checkRange} from "../check.js";
import {adamStep, sgdStep} from "../kernels/index.js";
import type {Tensors} from "../networks/parameters.js";
import {keep, type Tensor, tidy, zerosLike} from "../tf.js";

export type OptimiserSpec =
  | {readonly name: "sgd"; readonly momentum: number; readonly weightDecay: number}
  | {
      readonly name: "adam";
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weightDecay: number;
    };

/** Steps taken so far, and the moments of each parameter. */
export type OptimiserState = {readonly step: number; readonly moments: readonly Tensors[]};

type Optimiser = {
  readonly momentCount: number;
  /** New parameter and new moments. */
  readonly apply: (
    p: Tensor,
    g: Tensor,
    moments: readonly Tensor[],
    rate: number,
    step: number,
    spec: never,
  ) => {p: Tensor; moments: Tensor[]};
};

type Sgd = Extract<OptimiserSpec, {name: "sgd"}>;
type Adam = Extract<OptimiserSpec, {name: "adam"}>;

const OPTIMISERS: Readonly<Record<OptimiserSpec["name"], Optimiser>> = {
  sgd: {
    momentCount: 1,
    apply: (p, g, [m], rate, _step, {momentum, weightDecay}: Sgd) => {
      const fused = sgdStep(p, g, m!, {rate, momentum, weightDecay});
      if (fused) return {p: fused[0], moments: fused.slice(1)};
      const next = m!.mul(momentum).add(g).add(p.mul(weightDecay));
      return {p: p.sub(next.mul(rate)), moments: [next]};
    },
  },
  adam: {
    momentCount: 2,
    apply: (p, g, [m, v], rate, step, {beta1, beta2, epsilon, weightDecay}: Adam) => {
      const fused = adamStep(p, g, m!, v!, {rate, step, beta1, beta2, epsilon, weightDecay});
      if (fused) return {p: fused[0], moments: fused.slice(1)};
      const first = m!.mul(beta1).add(g.mul(1 - beta1));
      const second = v!.mul(beta2).add(g.square().mul(1 - beta2));
      const denominator = second
        .div(1 - beta2 ** step)
        .sqrt()
        .add(epsilon);
      const decayed = p.mul(1 - rate * weightDecay);
      return {p: decayed.sub(first.mul(rate / (1 - beta1 ** step)).div(denominator)), moments: [first, second]};
    },
  },
};

/** SGD and AdamW with the usual constants; `weightDecay` as given. */
export const sgd = ({momentum = 0.9, weightDecay = 5e-4} = {}): OptimiserSpec => ({name: "sgd", momentum, weightDecay});
export const adam = ({beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01} = {}): OptimiserSpec => ({
  name: "adam",
  beta1,
  beta2,
  epsilon,
  weightDecay,
});

/** The optimiser of a name, with its usual constants and this weight decay. */
export function optimiserOf(name: string, weightDecay: number): OptimiserSpec {
  checkRange("weight decay", weightDecay, 0, 1);
  return {sgd, adam}[checkName("optimiser", name, OPTIMISERS)]({weightDecay});
}

export function initOptimiser(spec: OptimiserSpec, parameters: Tensors): OptimiserState {
  const zeroed = (): Tensors =>
    Object.fromEntries(Object.entries(parameters).map(([name, p]) => [name, keep(zerosLike(p))]));
  return {step: 0, moments: Array.from({length: OPTIMISERS[spec.name].momentCount}, zeroed)};
}

/** One step at learning rate `rate`. The old parameters and moments are disposed. */
export function updateParameters(
  spec: OptimiserSpec,
  state: OptimiserState,
  parameters: Tensors,
  gradients: Tensors,
  rate: number,
): {parameters: Tensors; state: OptimiserState} {
  const {apply} = OPTIMISERS[spec.name];
  const step = state.step + 1;
  const next: Record<string, Tensor> = {};
  const moments: Record<string, Tensor>[] = state.moments.map(() => ({}));
  for (const [name, p] of Object.entries(parameters))
    tidy(() => {
      const result = apply(
        p,
        gradients[name]!,
        state.moments.map((m) => m[name]!),
        rate,
        step,
        spec as never,
      );
      next[name] = keep(result.p);
      result.moments.forEach((m, i) => (moments[i]![name] = keep(m)));
    });
  for (const old of [parameters, ...state.moments]) for (const value of Object.values(old)) value.dispose();
  return {parameters: next, state: {step, moments}};
}
