// The spikes of one training-mode forward pass, told to gatherers population by population and timestep by timestep.
//
// Batch normalisation uses the batch's own statistics, potentials start from zero, dropout is active, and no gradient is
// taped: SNASNet's scoring (arXiv 2201.10355), but for the reset, which its code leaves out between two batches.

import {populationsOf} from "../graphs/populations.js";
import {hammingDistances, type SpikeTrain} from "../kernels/index.js";
import {forward} from "../networks/forward.js";
import type {Network} from "../networks/parameters.js";
import type {RandomKey} from "../random.js";
import {dispose, type Tensor, tidy} from "../tf.js";
import {batchSizeOf} from "../training/batches.js";
import type {Gatherer} from "./score.js";

/** Spikes by population: per neuron, image and timestep. */
export type FiringRates = Readonly<Record<string, number>>;

/** Runs x [B, S, S, channels] through the network and hands every population's patterns to every gatherer. */
export function gatherSpikes(
  network: Network,
  x: Tensor,
  gatherers: readonly Gatherer[],
  dropout?: RandomKey,
): FiringRates {
  const {graph} = network;
  const B = batchSizeOf(x);
  const shapes = new Map(populationsOf(graph).map((population) => [population.name, population]));
  const spikes: Record<string, number> = {};
  const onSpikes = (population: string, train: SpikeTrain): void => {
    const {neurons, readers} = shapes.get(population)!;
    const [distances, counts] = tidy(() => {
      const found = hammingDistances(train);
      return [found.distances, found.counts] as const;
    }).map((tensor) => {
      const values = tensor.dataSync() as Int32Array;
      tensor.dispose();
      return values;
    }) as [Int32Array, Int32Array];
    spikes[population] = counts.reduce((sum, n) => sum + n, spikes[population] ?? 0);
    for (let t = 0; t < train.T; ++t) {
      const patterns = {
        ...{population, neurons, readers: readers.length},
        counts: counts.subarray(t * B, (t + 1) * B),
        distances: distances.subarray(t * B * B, (t + 1) * B * B),
      };
      for (const gatherer of gatherers) gatherer.add(patterns);
    }
  };
  const {logits, outputs, updates} = forward(network, x, {training: true, onSpikes, ...(dropout && {dropout})});
  dispose([logits, outputs, ...Object.values(updates).flatMap(({mean, variance}) => [mean, variance])]);
  const rates = Object.entries(spikes).map(([population, count]) => [
    population,
    count / (B * graph.T * shapes.get(population)!.neurons),
  ]);
  return Object.fromEntries(rates) as FiringRates;
}
