// One training step: forward over T, cross-entropy of the time-averaged logits, backpropagation through time.

import type {Architecture} from "../architectures/architecture.js";
import {updateRunning} from "../kernels/index.js";
import {forward, runningStatistics} from "../networks/forward.js";
import type {Firing} from "../neurons/neuron.js";
import type {Tensors} from "../networks/parameters.js";
import type {RandomKey} from "../random.js";
import {
  keep,
  logSoftmax,
  neg,
  oneHot,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tidy,
  valueAndGradients,
} from "../tf.js";

/** Mean over the batch of −log softmax(logits)[label]; logits [B, classes], labels [B] int32. */
export function crossEntropy(logits: Tensor2D, labels: Tensor1D): Scalar {
  return tidy(() => neg(logSoftmax(logits).mul(oneHot(labels, logits.shape[1])).sum(1).mean()) as Scalar);
}

export type Gradients = {
  readonly loss: number;
  /** [B, classes]. */
  readonly logits: Tensor2D;
  readonly gradients: Tensors;
  /** Running statistics after this batch; those that changed are new tensors. */
  readonly statistics: Tensors;
};

/** Loss and gradients of one batch, x [B, S, S, channels] and labels [B]; the caller disposes the tensors. */
export function lossAndGradients(
  network: {readonly architecture: Architecture; readonly parameters: Tensors; readonly statistics: Tensors},
  x: Tensor4D,
  labels: Tensor1D,
  dropout?: RandomKey,
  firing: Firing = "spikes",
): Gradients {
  const names = Object.keys(network.parameters);
  return tidy(() => {
    let kept: {logits: Tensor2D; statistics: Tensors} | undefined;
    const lossOf = (...values: Tensor[]): Scalar => {
      const parameters = Object.fromEntries(values.map((value, i) => [names[i]!, value]));
      const {logits, updates} = forward({...network, parameters}, x, {training: true, dropout, firing});
      const statistics = runningStatistics(network.statistics, updates, (r, s, rows) =>
        updateRunning(r as Tensor1D, s, rows),
      );
      for (const {mean, variance} of Object.values(updates)) [mean, variance].forEach((t) => t.dispose());
      kept = {logits: keep(logits.clone()), statistics};
      return crossEntropy(logits, labels);
    };
    const {value, grads} = valueAndGradients(
      lossOf,
      names.map((name) => network.parameters[name]!),
    );
    const loss = value.dataSync()[0]!;
    return {loss, ...kept!, gradients: Object.fromEntries(grads.map((g, i) => [names[i]!, keep(g)]))};
  });
}
