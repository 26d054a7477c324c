// One forward pass over T, its loss, and backpropagation through time.

import {updateRunning} from "../kernels/index.js";
import {type ActivationSide, forward, runningStatistics} from "../networks/forward.js";
import type {Firing} from "../neurons/neuron.js";
import type {Network, Tensors} from "../networks/parameters.js";
import type {RandomKey} from "../random.js";
import {keep, type Scalar, type Tensor, type Tensor1D, type Tensor2D, tidy, valueAndGradients} from "../tf.js";
import {CROSS_ENTROPY, type Loss, lossValue} from "./loss.js";

export type Gradients = {
  readonly loss: number;
  /** What each term added to it, by name. */
  readonly terms: Readonly<Record<string, number>>;
  /** [B, classes]. */
  readonly logits: Tensor2D;
  readonly gradients: Tensors;
  /** Running statistics after this batch; those that changed are new tensors. */
  readonly statistics: Tensors;
};

export type StepOptions = {
  readonly loss?: Loss;
  /** The parameters to differentiate by; all by default. */
  readonly names?: readonly string[];
  /** Names the dropout mask; without it nothing is dropped. */
  readonly dropout?: RandomKey;
  readonly firing?: Firing;
};

/** Sums by name. */
export function summed(terms: Iterable<readonly [name: string, value: number]>): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, value] of terms) sums[name] = (sums[name] ?? 0) + value;
  return sums;
}

/** Which activations a loss reads. */
const readsOf = ({terms = []}: Loss): ActivationSide[] => [...new Set(terms.flatMap(({reads}) => reads ?? []))];

/** Loss and gradients of one batch, x [B, S, S, channels] and labels [B]; the caller disposes the tensors. */
export function lossAndGradients(
  network: Network,
  x: Tensor,
  labels: Tensor1D,
  {loss = CROSS_ENTROPY, names = Object.keys(network.parameters), dropout, firing = "spikes"}: StepOptions = {},
): Gradients {
  return tidy(() => {
    let kept: {logits: Tensor2D; statistics: Tensors; terms: {name: string; value: Scalar}[]} | undefined;
    const observe = {counts: loss.terms?.some(({counts}) => counts) ?? false};
    const lossAt = (...values: Tensor[]): Scalar => {
      const varied = Object.fromEntries(values.map((value, i) => [names[i]!, value]));
      const at = {...network, parameters: {...network.parameters, ...varied}};
      const result = forward(at, x, {training: true, dropout, firing, meanActivations: readsOf(loss), observe});
      const statistics = runningStatistics(network.statistics, result.updates, (r, s, rows) =>
        updateRunning(r as Tensor1D, s, rows),
      );
      for (const {mean, variance} of Object.values(result.updates)) [mean, variance].forEach((t) => t.dispose());
      const {total, terms} = lossValue(loss, result, labels, at);
      kept = {
        logits: keep(result.logits.clone()),
        statistics,
        terms: terms.map(({name, value}) => ({name, value: keep(value.clone())})),
      };
      return total;
    };
    const at = names.map((name) => network.parameters[name]!);
    const {value, grads} = at.length ? valueAndGradients(lossAt, at) : {value: lossAt(), grads: []};
    const {logits, statistics, terms} = kept!;
    const added = summed(terms.map(({name, value}) => [name, value.dataSync()[0]!]));
    for (const term of terms) term.value.dispose();
    const gradients = Object.fromEntries(grads.map((g, i) => [names[i]!, keep(g)]));
    return {loss: value.dataSync()[0]!, terms: added, logits, gradients, statistics};
  });
}
