// SynFlow (arXiv 2006.05467; as a score arXiv 2101.08134): how much flows along all paths of weights, without data.
//
//   R = Σ logits of an image of ones through |θ|,   score = Σ |θ|·∂R/∂|θ|
//
// Batch normalisation is the identity (running mean 0, variance 1), γ counts as a weight, and the neurons give the
// surrogate's smooth step, which bounds the flow where ReLU does not.

import {inputOf} from "../graphs/graph.js";
import type {Network} from "../networks/parameters.js";
import {forward} from "../networks/forward.js";
import {ones, type Scalar, type Tensor, tidy, valueAndGradients} from "../tf.js";
import {type Measured, measured, type Score} from "./score.js";
import {differentiable} from "./smooth.js";

/** The score of a fresh network, whose running statistics are 0 and 1. */
export function synflowOf(network: Network): Measured {
  const {graph, parameters, statistics} = differentiable(network);
  const names = Object.keys(parameters);
  const saliency = tidy(() => {
    const x = ones([1, ...inputOf(graph).shape]);
    const weights = names.map((name) => parameters[name]!.abs());
    const flow = (...values: Tensor[]): Scalar => {
      const named = Object.fromEntries(values.map((value, i) => [names[i]!, value]));
      const {logits} = forward({graph, parameters: named, statistics}, x, {
        training: false,
        firing: "smooth",
      });
      return logits.sum();
    };
    const {grads} = valueAndGradients(flow, weights);
    return grads.map((g, i) => g.mul(weights[i]!).sum().dataSync()[0]!);
  });
  return measured(saliency.reduce((a, b) => a + b, 0));
}

export const synflow: Score = {
  title: "synaptic flow, smooth spikes",
  source: "SynFlow, arXiv 2006.05467",
  needs: "gradients",
  measure: ({network}) => synflowOf(network),
};
