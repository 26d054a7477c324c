// One image through a network, as plain numbers: what every layer's neurons did at each timestep, and how the votes went.

import type {Dataset, SampleSet} from "../datasets/dataset.js";
import {nodesOf} from "../graphs/graph.js";
import {populationsOf} from "../graphs/populations.js";
import {vote} from "../layers/vote.js";
import {forward} from "../networks/forward.js";
import type {Network} from "../networks/parameters.js";
import {dispose, type Tensor, tidy} from "../tf.js";
import {batchOf, scaleFor} from "./batches.js";

export type LayerActivity = {
  /** The population's name: cell1.n0, reduction1, last, head … */
  readonly layer: string;
  readonly threshold: number;
  /** Spikes, 0 or 1, [T][neuron]. */
  readonly spikes: readonly (readonly number[])[];
  /** Membrane potential before the reset, [T][neuron]. */
  readonly membranes: readonly (readonly number[])[];
};

export type Observation = {
  readonly label: number;
  readonly predicted: number;
  /** Mean over time of the voted outputs, one for each class. */
  readonly logits: readonly number[];
  /** The votes of each timestep, [T][class]; their mean over T is `logits`. */
  readonly votes: readonly (readonly number[])[];
  /** Every population, in the order of computation. */
  readonly layers: readonly LayerActivity[];
};

/** [T, 1, ...] as T lists. */
const listsOf = (x: Tensor): number[][] => tidy(() => x.reshape([x.shape[0], -1]).arraySync() as number[][]);

/** What the network does with image `index` of the set, in evaluation mode. */
export function observe(network: Network, data: Dataset, set: SampleSet, index: number): Observation {
  const {x, labels} = batchOf(data, set, [index], {scale: scaleFor(network.graph)});
  const {graph} = network;
  const voters = nodesOf(graph, "vote")[0]?.op.voters ?? 1;
  const {logits, outputs, observed} = forward(network, x, {
    training: false,
    observe: {spikes: true, membranes: true},
  });
  const scores = [...logits.dataSync()];
  const layers = populationsOf(graph).map(({name, neuron}) => ({
    ...{layer: name, threshold: neuron.threshold},
    spikes: listsOf(observed.spikes[name]!),
    membranes: listsOf(observed.membranes[name]!),
  }));
  const votes = outputs.unstack().map((output) => {
    const voted = tidy(() => vote(output.expandDims(0), voters));
    const values = [...voted.dataSync()];
    dispose([output, voted]);
    return values;
  });
  dispose([x, labels, logits, outputs, ...Object.values(observed.spikes), ...Object.values(observed.membranes)]);
  return {
    ...{label: set.labels[index]!, predicted: scores.indexOf(Math.max(...scores)), logits: scores},
    ...{votes, layers},
  };
}
