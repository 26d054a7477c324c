// The weights that a forward pass uses: those that are learnt, or what a node's format makes of them, once a pass.

import {type GraphNode, nodeOf} from "../graphs/graph.js";
import {scoresOf, weightsName} from "../graphs/ops.js";
import {compositeWeights} from "../kernels/index.js";
import type {Tensor, Tensor1D} from "../tf.js";
import type {Tensors} from "./parameters.js";
import type {Pass} from "./pass.js";

/** What a node's format makes of its learnt weights; the learnt ones where it makes nothing. */
export function madeWeights(node: GraphNode, parameters: Tensors): Tensor {
  const name = weightsName(node);
  const weights = parameters[name]!;
  const format = node.weights;
  if (format?.quantiser === undefined) return weights;
  const {sharedBits} = format;
  const beta = sharedBits === undefined ? undefined : (parameters[sharedBits] as Tensor1D);
  return compositeWeights({weights, scores: parameters[scoresOf(name)], beta}, format);
}

/** The weights of a convolution, or of a linear layer, in this pass. */
export function weightsOf<T extends Tensor>({graph, parameters, weights}: Pass, id: string): T {
  const made = weights.get(id) ?? madeWeights(nodeOf(graph, id), parameters);
  weights.set(id, made);
  return made as T;
}
