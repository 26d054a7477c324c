// Terms on activations:   mean_b Σ_l w_l · R(a_l[b])
//
// a_l: what the ReLUs of layer l give or get, or its neurons' firing rates. w_l = 1/n_l of n_l activations, or f_l / Σ n·f by the
// weights f_l that each of them meets: then Σ_l w_l · Σ a_l is a share of the operations that the network would do were all a = 1.

import {invalid} from "../check.js";
import {synOpsPerSpike} from "../graphs/cost.js";
import type {Graph} from "../graphs/graph.js";
import {activationsOf} from "../graphs/populations.js";
import type {MeanActivations, ActivationSide, ForwardResult} from "../networks/forward.js";
import type {Network} from "../networks/parameters.js";
import {addN, type Scalar, type Tensor, type Tensor2D} from "../tf.js";
import type {ActivityOptions, ActivityTermName, TermOptions} from "./lossSpec.js";
import {type Regulariser, REGULARISERS} from "./regularisers.js";

/** w_l by layer. */
export function layerWeights(graph: Graph, by: ActivityOptions["layers"] = "mean"): ReadonlyMap<string, number> {
  const layers = activationsOf(graph);
  if (by === "mean") return new Map(layers.map(({name, neurons}) => [name, 1 / neurons]));
  const fanOuts = layers.map((layer) => synOpsPerSpike(layer).mean);
  const all = layers.reduce((sum, {neurons}, i) => sum + neurons * fanOuts[i]!, 0);
  return new Map(layers.map(({name}, i) => [name, fanOuts[i]! / all]));
}

/** Which activations a term reads. */
export const sideOf = (name: ActivityTermName, {at = "after"}: ActivityOptions): ActivationSide =>
  name === "activityPush" ? "before" : at;

/** By layer; throws where a network has none there. */
function layersAt(means: MeanActivations, side: ActivationSide): [name: string, a: Tensor][] {
  const found = Object.entries(means[side]);
  if (found.length > 0) return found;
  throw invalid("activations", `${side} ReLUs`, side === "after" ? "a network with ReLUs or neurons" : "a network with ReLUs; neurons have firing rates, after them"); // prettier-ignore
}

/** The function of a term on activations. */
export const activityTerm =
  <K extends ActivityTermName>(name: K) =>
  (options: TermOptions[K]) => {
    const regulariser = (REGULARISERS[name] as (options: TermOptions[K]) => Regulariser)(options);
    const side = sideOf(name, options);
    // What a ReLU gives is its size; the derivative of |a| at 0 would not be that of a rate, which cannot fall below 0.
    const sized = (a: Tensor2D): Tensor2D => (side === "before" && name !== "activityPush" ? a.abs() : a);
    return ({meanActivations}: ForwardResult, {graph}: Network): Scalar => {
      const weights = layerWeights(graph, options.layers);
      const costs = layersAt(meanActivations, side).map(([layer, a]): Tensor => {
        const rows = sized(a.reshape([a.shape[0], -1]));
        return regulariser(rows).mean().mul(weights.get(layer)!);
      });
      return addN(costs) as Scalar;
    };
  };
