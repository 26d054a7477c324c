// DNNs for tests of conversion: normalisations that have seen data, and inputs.

import {asGraph, type NetworkDescription} from "../../src/architectures/description.js";
import type {Graph} from "../../src/graphs/graph.js";
import {initialise, type Network} from "../../src/networks/parameters.js";
import {random, randomKey} from "../../src/random.js";
import {tensor, type Tensor} from "../../src/tf.js";

/** A network with random gains, shifts, means, variances and biases. */
export function seasoned(description: NetworkDescription | Graph, seed: number): Network {
  const network = initialise(asGraph(description), randomKey(seed));
  const drawn = (name: string, value: Tensor): Tensor => {
    const stream = random(randomKey(seed, "seasoned", name));
    const of = /\.(gamma|beta|bias|mean|variance)$/.exec(name)?.[1];
    if (of === undefined) return value;
    const from = (): number => (of === "gamma" || of === "variance" ? 0.5 + stream.uniform() : 0.3 * stream.normal());
    return tensor(Float32Array.from({length: value.size}, from), value.shape);
  };
  const all = (values: Network["parameters"]): Network["parameters"] =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, drawn(name, value)]));
  return {...network, parameters: all(network.parameters), statistics: all(network.statistics)};
}
