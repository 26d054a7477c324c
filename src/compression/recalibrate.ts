// Running statistics of a compressed network, measured anew: without training, on images that it was trained on.
//
//   mean, variance of a channel = means, over all batches and timesteps, of what each batch had (the variance without bias)
//
// Each normalisation sees what the layers before it give when they use the batch's own statistics, as in training. In training the
// running values remember the last batches and the last timesteps most; here all count alike.

import type {Dataset, Progress} from "../datasets/dataset.js";
import {giveWay} from "../giveWay.js";
import {forward, type NormUpdate} from "../networks/forward.js";
import type {Network, Tensors} from "../networks/parameters.js";
import {randomKey} from "../random.js";
import {dispose, tensor1d} from "../tf.js";
import {batchOf, scaleFor} from "../training/batches.js";

export type RecalibrateOptions = {
  /** Images of the training set. */
  readonly indices: ArrayLike<number>;
  readonly batchSize?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: Progress | undefined;
};

type Sums = {readonly mean: Float64Array; readonly variance: Float64Array; count: number};

/** Adds the statistics [G, C] of one batch. */
function add(sums: Map<string, Sums>, name: string, {mean, variance, rows}: NormUpdate): void {
  const [G, C] = mean.shape;
  const own = sums.get(name) ?? {mean: new Float64Array(C), variance: new Float64Array(C), count: 0};
  sums.set(name, own);
  const [means, variances] = [mean.dataSync(), variance.dataSync()];
  const unbiased = rows > 1 ? rows / (rows - 1) : 1;
  means.forEach((value, i) => (own.mean[i % C]! += value));
  variances.forEach((value, i) => (own.variance[i % C]! += unbiased * value));
  own.count += G;
}

function statisticsOf(sums: ReadonlyMap<string, Sums>): Tensors {
  const over = (values: Float64Array, count: number) => tensor1d(Float32Array.from(values, (value) => value / count));
  return Object.fromEntries(
    [...sums].flatMap(([name, {mean, variance, count}]) => [
      [`${name}.mean`, over(mean, count)],
      [`${name}.variance`, over(variance, count)],
    ]),
  );
}

/** The running statistics of a network, measured on images; the network stays as it is. */
export async function measuredStatistics(
  network: Network,
  data: Dataset,
  {indices, batchSize = 50, signal, onProgress}: RecalibrateOptions,
): Promise<Tensors> {
  const sums = new Map<string, Sums>();
  const n = indices.length;
  for (let start = 0; start < n; start += batchSize) {
    const chosen = Array.from({length: Math.min(batchSize, n - start)}, (_, i) => indices[start + i]!);
    const {x, labels} = batchOf(data, data.train, chosen, {scale: scaleFor(network.graph)});
    const {logits, outputs, updates} = forward(network, x, {training: true, encode: randomKey(0, "recalibrate", start)}); // prettier-ignore
    for (const [name, update] of Object.entries(updates)) add(sums, name, update);
    dispose([x, labels, logits, outputs, ...Object.values(updates).flatMap(({mean, variance}) => [mean, variance])]);
    onProgress?.(Math.min(start + batchSize, n), n, "recalibrating");
    await giveWay(signal);
  }
  return statisticsOf(sums);
}

/** The network with statistics measured anew; those that it had are freed. One without normalisation stays as it is. */
export async function recalibrate<N extends Network>(
  network: N,
  data: Dataset,
  options: RecalibrateOptions,
): Promise<N> {
  // prettier-ignore
  if (Object.keys(network.statistics).length === 0) return network;
  const statistics = await measuredStatistics(network, data, options);
  dispose(Object.keys(statistics).map((name) => network.statistics[name]!));
  return {...network, statistics: {...network.statistics, ...statistics}};
}
