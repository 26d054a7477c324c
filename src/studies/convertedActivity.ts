// What a trained DNN does as a spiking network: accuracy and synaptic operations over T, and the first T within one point of it.

import {energiesOf, operationsOf} from "../architectures/energy.js";
import {convertNetwork} from "../conversion/convert.js";
import {scalesOf} from "../conversion/scales.js";
import {latencyOf, simulate} from "../conversion/simulate.js";
import type {Dataset} from "../datasets/dataset.js";
import {disposeNetwork, type Network} from "../networks/parameters.js";
import type {ConversionPlan, ConvertedActivity} from "../records/trial.js";
import type {Tensor} from "../tf.js";
import {batchOf, scaleFor} from "../training/batches.js";
import {evaluate} from "../training/evaluate.js";

const BATCH = 100;

/** Training images, a batch at a time. */
function* batches({graph}: Network, data: Dataset, indices: ArrayLike<number>): Generator<Tensor> {
  for (let start = 0; start < indices.length; start += BATCH) {
    const {x, labels} = batchOf(data, data.train, Array.prototype.slice.call(indices, start, start + BATCH) as number[], {scale: scaleFor(graph)}); // prettier-ignore
    labels.dispose();
    yield x;
  }
}

/** Converts a DNN with the scales of some of its training images, and runs it on the first test images beside the DNN. */
export async function convertedActivity(
  dnn: Network,
  data: Dataset,
  {plan: {T, percentile, images, testImages}, train, signal}: {readonly plan: ConversionPlan; readonly train: ArrayLike<number>; readonly signal?: AbortSignal | undefined}, // prettier-ignore
): Promise<ConvertedActivity> {
  const chosen = Array.prototype.slice.call(train, 0, images) as number[];
  const scales = await scalesOf(dnn, batches(dnn, data, chosen), {percentile, samples: chosen.length, signal});
  const converted = convertNetwork(dnn, {T, scales});
  try {
    const indices = Uint32Array.from({length: Math.min(testImages, data.test.labels.length)}, (_, i) => i);
    const {accuracy: dnnAccuracy} = await evaluate(dnn, data, data.test, {indices, activityImages: 0, ...(signal && {signal})}); // prettier-ignore
    const {accuracy, synOps, spikesByLayer, neurons} = await simulate(converted, data, data.test, {indices, signal});
    const latency = latencyOf(accuracy, dnnAccuracy);
    const t = latency ?? T;
    const rates = Object.entries(spikesByLayer).map(([name, spikes]) => [name, spikes[t - 1]! / (neurons[name]! * t)]);
    return {
      ...{T, percentile, images: chosen.length, testImages: indices.length, dnnAccuracy, accuracy: [...accuracy], synOps: [...synOps]}, // prettier-ignore
      ...(latency !== undefined && {
        ...{latency, latencyAccuracy: accuracy[t - 1]!, latencySynOps: synOps[t - 1]!},
        latencyEnergies: energiesOf(operationsOf({...converted.graph, T: t}, {acs: synOps[t - 1]!})),
      }),
      firingRates: Object.fromEntries(rates) as Record<string, number>,
    };
  } finally {
    disposeNetwork(converted);
  }
}
