// What training minimises, as a function of the forward result and the labels. With z the logits (votes averaged over time),
// z[t] the votes of one timestep, p = softmax, y the label's one-hot vector and ε label smoothing (arXiv 1512.00567):
//
//   crossEntropy             mean_b −Σ_c ỹ_c log p_c(z),   ỹ = (1 − ε)·y + ε/classes
//   crossEntropyByTimestep   (1 − λ)·mean_t crossEntropy(z[t]) + λ·mean (z[t] − φ)²      temporal efficient training, arXiv 2202.11946
//   crossEntropyByPrefix     Σ_t ψ̂_t·crossEntropy(1/t·Σ_{τ≤t} z[τ])      the search over T of LitE-SNN, arXiv 2401.14652
//   meanSquaredError         mean_b,c (z_c − y_c)²          where the outputs are spikes, of the firing rate (AutoSNN, arXiv 2201.12738)
//
// ψ̂ is the softmax of the network's parameter `timesteps`, 1/T where it has none. It starts uniform, and is it until it moves.

import type {ForwardResult} from "../networks/forward.js";
import type {Network} from "../networks/parameters.js";
import {TIMESTEPS} from "../graphs/ops.js";
import {choiceWeights} from "../layers/mix.js";
import {prefixMeans} from "../layers/prefixes.js";
import {
  fill,
  logSoftmax,
  neg,
  oneHot,
  type Scalar,
  stack,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tidy,
  unstack,
} from "../tf.js";
import type {ObjectiveName, ObjectiveOf, ObjectiveOptions} from "./lossSpec.js";

export type TrainingObjective = {
  readonly name: string;
  /** A scalar, the mean over the batch; labels [B] int32; the network with the parameters that are differentiated. */
  readonly value: (result: ForwardResult, labels: Tensor1D, network: Network) => Scalar;
};

/** Mean over the batch of −Σ ỹ·log softmax(logits); logits [B, classes], labels [B] int32. */
export function crossEntropy(logits: Tensor2D, labels: Tensor1D, labelSmoothing = 0): Scalar {
  return tidy(() => {
    const hot = oneHot(labels, logits.shape[1]);
    const target = labelSmoothing === 0 ? hot : hot.mul(1 - labelSmoothing).add(labelSmoothing / logits.shape[1]);
    return neg(logSoftmax(logits).mul(target).sum(1).mean()) as Scalar;
  });
}

/** ψ̂ [T] of a network whose outputs have T timesteps. */
export function timestepWeights({parameters}: Pick<Network, "parameters">, T: number): Tensor1D {
  const psi = parameters[TIMESTEPS] as Tensor1D | undefined;
  return psi ? choiceWeights(psi) : fill([T], 1 / T);
}

/** Output units of each timestep, [T, B, units], as the votes of each, [T, B, classes]. */
function votesOf({logits, outputs}: ForwardResult): Tensor3D {
  const [T, B, units] = outputs.shape as [number, number, number];
  const classes = logits.shape[1];
  return outputs.reshape([T, B, classes, units / classes]).mean(3);
}

type Value<K extends ObjectiveName> = (
  options: ObjectiveOptions[K],
) => (result: ForwardResult, labels: Tensor1D, network: Pick<Network, "parameters">) => Scalar;

const VALUES: {readonly [K in ObjectiveName]: Value<K>} = {
  crossEntropy:
    ({labelSmoothing}) =>
    ({logits}, labels) =>
      crossEntropy(logits, labels, labelSmoothing),

  crossEntropyByTimestep:
    ({labelSmoothing, lambda = 0, target = 1}) =>
    (result, labels) => {
      const byTime = votesOf(result);
      const [T, B, classes] = byTime.shape;
      const votes: Tensor2D = byTime.reshape([T * B, classes]);
      const byTimestep = crossEntropy(votes, labels.tile([T]), labelSmoothing);
      if (lambda === 0) return byTimestep;
      return byTimestep.mul(1 - lambda).add(votes.sub(target).square().mean().mul(lambda));
    },

  crossEntropyByPrefix:
    ({labelSmoothing}) =>
    (result, labels, network) => {
      const means = unstack(prefixMeans(votesOf(result))) as Tensor2D[];
      const entropies = stack(means.map((mean) => crossEntropy(mean, labels, labelSmoothing))); // [T]
      return timestepWeights(network, means.length).mul(entropies).sum();
    },

  meanSquaredError:
    () =>
    ({logits}, labels) =>
      logits.sub(oneHot(labels, logits.shape[1])).square().mean(),
};

/** The function of a named objective. */
export function objectiveOf<K extends ObjectiveName>(spec: ObjectiveOf<K>): TrainingObjective {
  const value: Value<K> = VALUES[spec.name];
  return {name: spec.name, value: value(spec)};
}
