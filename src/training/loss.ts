// The loss of a training pass: an objective and weighted terms.
//
//   L = objective(result, labels) + Σ_i weight_i · term_i(result, network)

import type {ForwardResult} from "../networks/forward.js";
import type {Network} from "../networks/parameters.js";
import type {Scalar, Tensor1D} from "../tf.js";
import type {LossSpec} from "./lossSpec.js";
import {objectiveOf, type TrainingObjective} from "./objective.js";
import {type Term, termOf} from "./terms.js";

export type Loss = {
  readonly objective: TrainingObjective;
  readonly terms?: readonly Term[];
  /** The same as plain data; a loss without it, made of a user's functions, is computed by one thread. */
  readonly spec?: LossSpec;
};

/** The functions of a loss that is given as plain data. */
export const lossOf = (spec: LossSpec = {}): Loss => ({
  objective: objectiveOf(spec.objective ?? {name: "crossEntropy"}),
  terms: (spec.terms ?? []).map((term) => termOf(term)),
  spec,
});

/** Cross-entropy of the logits averaged over time. */
export const CROSS_ENTROPY: Loss = lossOf();

/** The loss, and what each term adds to it; all scalars. */
export function lossValue(
  {objective, terms = []}: Loss,
  result: ForwardResult,
  labels: Tensor1D,
  network: Network,
): {total: Scalar; terms: readonly {readonly name: string; readonly value: Scalar}[]} {
  const weighted = terms.map(({name, weight, value}): {name: string; value: Scalar} => ({
    name,
    value: value(result, network).mul(weight),
  }));
  const total = weighted.reduce((sum, {value}) => sum.add(value), objective.value(result, labels, network));
  return {total, terms: weighted};
}
