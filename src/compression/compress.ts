// A trained network made smaller without training: weights pruned, then quantised; fewer timesteps.
//
//   prune      of each layer's weights the largest stay                              prune.ts
//   quantise   those that stay take one of 2^b levels; zeros stay zeros              steps.ts, files/weightCodes.ts
//   truncate   the graph's T becomes smaller; the network says what it says then
//
// Weights of convolutions and linear layers alone: biases, γ, β, running statistics and the numbers of neurons stay float32. Running
// statistics have no timestep (one mean and variance a channel, whatever T), so that they fit any T; they are those of the network
// as it was trained, and `recalibrate` measures them anew.

import {check, checkName, checkOptions, InputError, unknown} from "../check.js";
import {countKept, type Formats, type LayerFormat, quantised, weightName, withFormats} from "../files/weightCodes.js"; // prettier-ignore
import {type Graph, type GraphNode, inputOf} from "../graphs/graph.js";
import {weightedNodes} from "../graphs/populations.js";
import type {Network} from "../networks/parameters.js";
import {inRange} from "../ranges.js";
import {tensor, type Tensor} from "../tf.js";
import {PRUNED_ACROSS, type PrunedAcross, pruned, prunedTogether} from "./prune.js";
import {type Scale, SCALES, STEP_RULES, type StepRule, stepsFor} from "./steps.js";

/** What becomes of a layer: bits of a weight (1 to 16; 32 leaves float32), the fraction that stays. */
export type LayerCompression = {readonly bits?: number; readonly kept?: number};

export type Compression = LayerCompression & {
  /** Bits of the first and the last layer, where they differ. */
  readonly ends?: number;
  /** Single layers, by the node's id: they win over the rest. */
  readonly layers?: Readonly<Record<string, LayerCompression>>;
  readonly step?: StepRule;
  readonly scale?: Scale;
  readonly across?: PrunedAcross;
  /** Fewer than the network has. */
  readonly timesteps?: number;
};

/** A network with the format of each of its layers. Its tensors are its own. */
export type CompressedNetwork<N extends Network = Network> = N & {readonly formats: Formats};

const KNOWN = ["bits", "kept", "ends", "layers", "step", "scale", "across", "timesteps"];

/** Returns the options, or throws. */
function checked(graph: Graph, options: Compression): Compression {
  checkOptions("compression", options, KNOWN);
  const made = graph.nodes.find(({weights}) => weights?.quantiser !== undefined);
  if (made)
    throw new InputError(
      `the forward pass makes the weights of ${made.id}; compressedOf gives that network compressed`,
    );
  const {
    layers = {},
    bits,
    kept,
    ends,
    across = "layer",
    step = "leastSquares",
    scale = "channel",
    timesteps,
  } = options;
  const ids = weightedNodes(graph).map(({id}) => id);
  for (const id of Object.keys(layers)) if (!ids.includes(id)) throw unknown("layer", id, ids);
  for (const each of [{bits, kept}, {bits: ends}, ...Object.values(layers)]) {
    checkOptions("layer", each, ["bits", "kept"]);
    if (each.bits !== undefined && each.bits !== 32) inRange("codeBits", each.bits);
    if (each.kept !== undefined) inRange("kept", each.kept);
  }
  checkName("pruned across", across, PRUNED_ACROSS);
  checkName("step", step, STEP_RULES);
  checkName("scale", scale, SCALES);
  if (timesteps !== undefined) checkTimesteps(graph, timesteps);
  return options;
}

/** The bits and the kept fraction of each layer. */
function perLayer(graph: Graph, {bits = 32, kept = 1, ends = bits, layers = {}}: Compression) {
  const nodes = weightedNodes(graph);
  return nodes.map((node, i) => {
    const usual = i === 0 || i === nodes.length - 1 ? ends : bits;
    return {node, bits: usual, kept, ...layers[node.id]};
  });
}

const valuesOf = ({parameters}: Network, node: GraphNode): Float32Array =>
  parameters[weightName(node)]!.dataSync() as Float32Array;

/**
 * A smaller network; the given one stays as it is. Free it with `disposeNetwork`.
 *
 * @example const small = compress(network, {bits: 4, kept: 0.5, timesteps: 3})
 */
export function compress<N extends Network>(network: N, options: Compression): CompressedNetwork<N> {
  const {graph} = network;
  const {step: rule = "leastSquares", scale = "channel", across = "layer", kept = 1, layers, timesteps} = checked(graph, options); // prettier-ignore
  const plan = perLayer(graph, options);
  const together = across === "network" && kept < 1 ? prunedTogether(new Map(plan.map(({node}) => [node.id, valuesOf(network, node)])), kept) : undefined; // prettier-ignore
  const {formats: formatsBefore = {}} = network as {readonly formats?: Formats};
  const formats: Record<string, LayerFormat> = {};
  const weights = new Map<string, Float32Array>();
  for (const {node, bits, kept: own} of plan) {
    const chosen = layers?.[node.id]?.kept === undefined ? together?.get(node.id) : undefined;
    const left = chosen ?? pruned(valuesOf(network, node), own);
    const channels = node.shape.at(-1)!;
    const steps = bits === 32 ? undefined : stepsFor(left, {bits, channels, rule, scale});
    weights.set(weightName(node), steps ? quantised(left, bits, steps) : left);
    const before = bits === 32 ? formatsBefore[node.id] : undefined; // weights at levels stay there
    if (before) formats[node.id] = before;
    else if (steps || countKept(left) < left.length) formats[node.id] = {bits, ...(steps && {steps})};
  }
  const values = (name: string, before: Tensor): Tensor =>
    weights.has(name) ? tensor(weights.get(name)!, before.shape) : before.clone();
  const copied = (tensors: Network["parameters"]): Record<string, Tensor> =>
    Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, values(name, value)]));
  const parameters = copied(network.parameters);
  const formatted = withFormats(graph, formats, (node) => weights.get(weightName(node))!);
  return {
    ...network,
    ...(timesteps === undefined ? {graph: formatted} : shortened(network, formatted, timesteps)),
    parameters,
    statistics: copied(network.statistics),
    formats,
  };
}

/** The graph, and the description where the network has one, at T timesteps. */
function shortened(network: Network & {readonly description?: object}, graph: Graph, T: number): object {
  const {description} = network;
  return {graph: {...graph, T}, ...(description && {description: {...description, T}})};
}

/** Throws unless a graph can run for T timesteps instead of its own. */
function checkTimesteps(graph: Graph, T: number): void {
  inRange("timesteps", T);
  check("timesteps", T, T <= graph.T, `at most ${graph.T}, which the network was trained with`);
  const timed = inputOf(graph).op.encoding === "none";
  check("timesteps", T, !timed || T === graph.T, `${graph.T}: the samples of this network have time of their own`);
}
