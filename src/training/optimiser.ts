// Optimisers as pure functions: `init` makes a state for parameters, `update` takes a gradient step.
// The equations of a step stand in layers/optimiser.ts.

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
      const [next, ...moments] = sgdStep(p, g, m!, {learningRate: rate, momentum, weightDecay});
      return {p: next, moments};
    },
  },
  adam: {
    momentCount: 2,
    apply: (p, g, [m, v], rate, step, {beta1, beta2, epsilon, weightDecay}: Adam) => {
      const [next, ...moments] = adamStep(p, g, m!, v!, {learningRate: rate, step, beta1, beta2, epsilon, weightDecay});
      return {p: next, moments};
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
