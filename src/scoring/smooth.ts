// A network that can be differentiated as it stands: neurons give the surrogate's own smooth step instead of spikes, and
// gradients pass through the reset. What is computed does not change when the reset is no longer a constant for gradients.

import type {Network} from "../networks/parameters.js";

/** The same network, its resets part of the gradient; to be run with `firing: "smooth"`. */
export const differentiable = (network: Network): Network => {
  const {architecture: a} = network;
  return {...network, architecture: {...a, neuron: {...a.neuron, detachReset: false}}};
};
