// A network whose forward pass makes its weights, as a compressed one: the made weights, with the steps that write them as codes.
//
// The quantisers of layers/quantise.ts have the levels of files/weightCodes.ts, so that a packed file holds these weights to the bit.

import {check, InputError} from "../check.js";
import {type Formats, type LayerFormat, weightName, withFormats} from "../files/weightCodes.js";
import type {GraphNode} from "../graphs/graph.js";
import {quantiserStep, weightScale} from "../layers/quantise.js";
import {frozen} from "../networks/freeze.js";
import type {Network} from "../networks/parameters.js";
import {tidy} from "../tf.js";
import type {CompressedNetwork} from "./compress.js";

/** Bits and step of a node whose weights are made; undefined of others. */
function formatOf({weights, id, ...node}: GraphNode, {parameters}: Network): LayerFormat | undefined {
  if (weights?.quantiser === undefined) return undefined;
  const {bits, quantiser} = weights;
  if (typeof bits !== "number") throw new InputError(`bits of ${id} are not chosen yet; decode the network first`);
  if (quantiser === "none") return {bits: 32};
  const learnt = parameters[weightName({...node, id})]!;
  const values = tidy(() => quantiserStep(bits, quantiser, weightScale(learnt, quantiser)).dataSync());
  return {bits, steps: {values: Float32Array.from(values), powersOfTwo: false}};
}

/**
 * The network with the weights that its forward pass makes, as `compress` gives one; free both. Its logits are the same. Throws where
 * no weights are made, or bits are not chosen yet.
 */
export function compressedOf<N extends Network>(network: N & {readonly formats?: Formats}): CompressedNetwork<N> {
  const found = network.graph.nodes.map((node) => [node.id, formatOf(node, network)] as const);
  const made = found.filter((entry): entry is [string, LayerFormat] => entry[1] !== undefined);
  check("weights", "as they are learnt", made.length > 0, "a network that makes them of what is learnt");
  const formats = {...network.formats, ...Object.fromEntries(made)};
  const {graph, parameters, statistics} = frozen(network);
  const bare = {...graph, nodes: graph.nodes.map(({weights: _said, ...node}) => node)};
  const formatted = withFormats(bare, formats, (node) => parameters[weightName(node)]!.dataSync() as Float32Array);
  return {...network, graph: formatted, parameters, statistics, formats};
}
