// The largest activation of each ReLU, but for outliers: a percentile of its positive values over training images. A converted
// neuron fires at every timestep at this activation; what lies above saturates.

import {nodeOf, nodesOf, sizeOf} from "../graphs/graph.js";
import {giveWay} from "../giveWay.js";
import {forward} from "../networks/forward.js";
import type {Network} from "../networks/parameters.js";
import {outputsOf} from "../networks/plan.js";
import {dispose, type Tensor} from "../tf.js";
import {type Percentile, percentileOf} from "./percentile.js";

/** λ by ReLU, and `outputs` for the positive outputs of the network. */
export type Scales = {readonly activations: Readonly<Record<string, number>>; readonly outputs: number};

/** Above which percentile activations saturate unless another is given (Rueckauer et al. 2017). */
export const PERCENTILE = 99.9;

export type ScaleOptions = {
  readonly percentile?: number;
  /** Samples of all batches together. */
  readonly samples: number;
  readonly signal?: AbortSignal | undefined;
};

/**
 * The scales of a DNN, from batches [B, ...] of scaled samples, which are freed. A ReLU that never gives more than 0 has the scale 1.
 */
export async function scalesOf(
  network: Network,
  batches: Iterable<Tensor>,
  {percentile = PERCENTILE, samples, signal}: ScaleOptions,
): Promise<Scales> {
  const {graph} = network;
  const found = new Map<string, Percentile>(
    nodesOf(graph, "relu").map(({id, shape}) => [id, percentileOf(percentile, samples * sizeOf(shape))]),
  );
  const outputs = percentileOf(percentile, samples * sizeOf(nodeOf(graph, outputsOf(graph)).shape) * graph.T);
  for (const x of batches) {
    signal?.throwIfAborted();
    const result = forward(network, x, {training: false, observe: {activations: true}});
    for (const [id, values] of Object.entries(result.observed.activations)) found.get(id)!.add(values.dataSync());
    outputs.add(result.outputs.dataSync());
    dispose([x, result.logits, result.outputs, ...Object.values(result.observed.activations)]);
    await giveWay(signal);
  }
  return {
    activations: Object.fromEntries([...found].map(([id, values]) => [id, values.value() ?? 1])),
    outputs: outputs.value() ?? 1,
  };
}
