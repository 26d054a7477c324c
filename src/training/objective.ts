// What training minimises, as a function of the forward result and the labels. With z the logits (votes averaged over time),
// z[t] the votes of one timestep, p = softmax, y the label's one-hot vector and ε label smoothing (arXiv 1512.00567):
//
//   crossEntropy             mean_b −Σ_c ỹ_c log p_c(z),   ỹ = (1 − ε)·y + ε/classes
//   crossEntropyByTimestep   (1 − λ)·mean_t crossEntropy(z[t]) + λ·mean (z[t] − φ)²      temporal efficient training, arXiv 2202.11946
//   meanSquaredError         mean_b,c (z_c − y_c)²          where the outputs are spikes, of the firing rate (AutoSNN, arXiv 2201.12738)
//
// A named objective is plain data, which trials, threads and processes carry; the library takes any function.

import {check, checkName, checkOptions, checkRange} from "../check.js";
import type {ForwardResult} from "../networks/forward.js";
import type {Network} from "../networks/parameters.js";
import {logSoftmax, neg, oneHot, type Scalar, type Tensor1D, type Tensor2D, tidy} from "../tf.js";

export type TrainingObjective = {
  readonly name: string;
  /** A scalar, the mean over the batch; labels [B] int32; the network with the parameters that are differentiated. */
  readonly value: (result: ForwardResult, labels: Tensor1D, network: Network) => Scalar;
};

type Options = {
  readonly crossEntropy: {
    /** ε, the share of the target that all classes divide. */
    readonly labelSmoothing?: number;
  };
  readonly crossEntropyByTimestep: {
    readonly labelSmoothing?: number;
    /** λ, the weight of the distance between outputs and φ. */
    readonly lambda?: number;
    /** φ. */
    readonly target?: number;
  };
  readonly meanSquaredError: object;
};
export type ObjectiveName = keyof Options;
type SpecOf<K extends ObjectiveName> = {[P in K]: {readonly name: P} & Options[P]}[K];
/** A named objective as plain data. */
export type ObjectiveSpec = SpecOf<ObjectiveName>;

type Entry<K extends ObjectiveName> = {
  /** In captions and reports. */
  readonly title: string;
  /** Its options, each with the check of its value. */
  readonly options: {readonly [O in keyof Options[K]]-?: (value: number) => unknown};
  readonly value: (options: Options[K]) => (result: ForwardResult, labels: Tensor1D) => Scalar;
};

const smoothing = (value: number): number => checkRange("label smoothing", value, 0, 1);

/** Mean over the batch of −Σ ỹ·log softmax(logits); logits [B, classes], labels [B] int32. */
export function crossEntropy(logits: Tensor2D, labels: Tensor1D, labelSmoothing = 0): Scalar {
  return tidy(() => {
    const hot = oneHot(labels, logits.shape[1]);
    const target = labelSmoothing === 0 ? hot : hot.mul(1 - labelSmoothing).add(labelSmoothing / logits.shape[1]);
    return neg(logSoftmax(logits).mul(target).sum(1).mean()) as Scalar;
  });
}

export const OBJECTIVES: {readonly [K in ObjectiveName]: Entry<K>} = {
  crossEntropy: {
    title: "cross-entropy of the logits averaged over time",
    options: {labelSmoothing: smoothing},
    value:
      ({labelSmoothing}) =>
      ({logits}, labels) =>
        crossEntropy(logits, labels, labelSmoothing),
  },
  crossEntropyByTimestep: {
    title: "cross-entropy of each timestep's votes, averaged (temporal efficient training)",
    options: {
      labelSmoothing: smoothing,
      lambda: (value) => checkRange("lambda", value, 0, 1),
      target: (value) => check("target", value, Number.isFinite(value), "a number"),
    },
    value:
      ({labelSmoothing, lambda = 0, target = 1}) =>
      ({logits, outputs}, labels) => {
        const [T, B, units] = outputs.shape as [number, number, number];
        const classes = logits.shape[1];
        const votes: Tensor2D = outputs.reshape([T * B, classes, units / classes]).mean(2); // [T·B, classes]
        const byTimestep = crossEntropy(votes, labels.tile([T]), labelSmoothing);
        if (lambda === 0) return byTimestep;
        return byTimestep.mul(1 - lambda).add(votes.sub(target).square().mean().mul(lambda));
      },
  },
  meanSquaredError: {
    title: "mean squared error of the outputs averaged over time",
    options: {},
    value:
      () =>
      ({logits}, labels) =>
        logits.sub(oneHot(labels, logits.shape[1])).square().mean(),
  },
};

/** Throws unless the data name an objective with options that it has. */
export function checkObjective(spec: ObjectiveSpec): void {
  const {name, ...options} = spec;
  const checks: Readonly<Record<string, (value: number) => unknown>> = OBJECTIVES[checkName("objective", name, OBJECTIVES)].options; // prettier-ignore
  checkOptions(name, options, Object.keys(checks));
  for (const [option, value] of Object.entries(options)) checks[option]!(value);
}

/** The function of a named objective. */
export function objectiveOf<K extends ObjectiveName>(spec: SpecOf<K>): TrainingObjective {
  const entry: Entry<K> = OBJECTIVES[spec.name];
  return {name: spec.name, value: entry.value(spec)};
}
