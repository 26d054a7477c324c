// Gradient steps of many parameters, with an optimiser's state as plain data.

import {adamStep, sgdStep} from "../kernels/index.js";
import type {Tensors} from "../networks/parameters.js";
import {keep, type Tensor, tidy, zerosLike} from "../tf.js";
import {type Moving, type OptimiserName, OPTIMISERS, type OptimiserSpec, type SpecOf} from "./optimiser.js";

/** Steps taken so far, and the moments of each parameter. */
export type OptimiserState = {readonly step: number; readonly moments: readonly Tensors[]};

export function initOptimiser({name}: OptimiserSpec, parameters: Tensors): OptimiserState {
  const zeroed = (): Tensors =>
    Object.fromEntries(Object.entries(parameters).map(([name, p]) => [name, keep(zerosLike(p))]));
  return {step: 0, moments: Array.from({length: OPTIMISERS[name].momentCount}, zeroed)};
}

/** Frees a state's moments. */
export const disposeOptimiser = ({moments}: OptimiserState): void =>
  moments.forEach((moment) => Object.values(moment).forEach((value) => value.dispose()));

/** The next parameter, then its next moments. */
type Step<K extends OptimiserName> = (
  p: Tensor,
  g: Tensor,
  moments: readonly Tensor[],
  numbers: SpecOf<K> & Moving,
) => readonly Tensor[];

const STEPS: {readonly [K in OptimiserName]: Step<K>} = {
  adam: (p, g, [m, v], numbers) => adamStep(p, g, m!, v!, numbers),
  sgd: (p, g, [m], numbers) => sgdStep(p, g, m!, numbers),
};

function stepOf<K extends OptimiserName>(spec: SpecOf<K>, moving: Moving) {
  const step: Step<K> = STEPS[spec.name];
  return (p: Tensor, g: Tensor, moments: readonly Tensor[]) => step(p, g, moments, {...spec, ...moving});
}

/** One step. The old parameters and moments are disposed. */
export function updateParameters(
  spec: OptimiserSpec,
  state: OptimiserState,
  parameters: Tensors,
  gradients: Tensors,
  learningRate: number,
): {parameters: Tensors; state: OptimiserState} {
  const step = state.step + 1;
  const take = stepOf(spec, {learningRate, step});
  const next: Record<string, Tensor> = {};
  const moments: Record<string, Tensor>[] = state.moments.map(() => ({}));
  for (const [name, p] of Object.entries(parameters))
    tidy(() => {
      const [value, ...after] = take(p, gradients[name]!, state.moments.map((m) => m[name]!)); // prettier-ignore
      next[name] = keep(value!);
      after.forEach((m, i) => (moments[i]![name] = keep(m)));
    });
  for (const old of [parameters, ...state.moments]) for (const value of Object.values(old)) value.dispose();
  return {parameters: next, state: {step, moments}};
}
