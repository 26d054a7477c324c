// The operators that networks call: each a definition of `neurons/` or `layers/`, or a kernel that equals it.

import type {NeuronSpec} from "../architectures/neuron.js";
import {conv2d as defined} from "../layers/conv2d.js";
import {neuron} from "../neurons/neuron.js";
import {type Scalar, slice, type Tensor, type Tensor4D} from "../tf.js";

export {batchNormTrain} from "../layers/batchNorm.js";
export {avgPool, avgPool3} from "../layers/pool.js";

/** `layers/conv2d`; `spikes` promises that x holds zeros and ones, `inputGradient: false` that nobody needs dL/dx. */
export function conv2d(
  x: Tensor4D,
  w: Tensor4D,
  stride: 1 | 2 = 1,
  _options: {spikes?: boolean; inputGradient?: boolean} = {},
): Tensor4D {
  return defined(x, w, stride);
}

/** Spikes [T, ...] for currents [T, ...], and the membrane potential after the last timestep. */
export function spikesOverTime(
  x: Tensor,
  spec: NeuronSpec,
  options: {v?: Tensor; w?: Scalar} = {},
): {s: Tensor; last: Tensor} {
  const {s, v} = neuron(x, spec, options);
  const T = x.shape[0]!;
  return {s, last: slice(v, [T - 1], [1]).squeeze([0])};
}
