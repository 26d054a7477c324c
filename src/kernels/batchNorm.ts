// Batch normalisation in training: the definition's values and gradients, two passes over memory each way.

import {batchNormTrain as definition, EPSILON, type Normalised} from "../layers/batchNorm.js";
import type {Tensor, Tensor1D, Tensor2D, Tensor3D} from "../tf.js";
import {address, engineOn, kernel, output, withScratch} from "./engine.js";
import {operation} from "./register.js";

const backward = operation<{dy: Tensor; x: Tensor; gamma: Tensor; mean: Tensor; variance: Tensor}, object>({
  name: "BatchNormGradient",
  saves: {inputs: []},
  forward: ({dy, x, gamma, mean, variance}) => {
    const [G, N, C] = x.shape as [number, number, number];
    const outputs = [output(x.shape), output([C]), output([C])];
    const tensors = [dy, x, gamma, mean, variance, ...outputs].map(address);
    withScratch(48 * C, (scratch) => kernel("batchNormBackward")(...tensors, scratch, G, N, C, EPSILON));
    return outputs;
  },
});

const forward = operation<{x: Tensor; gamma: Tensor; beta: Tensor}, object>({
  name: "BatchNorm",
  saves: {inputs: ["x", "gamma"], outputs: [false, true, true]},
  forward: ({x, gamma, beta}) => {
    const [G, N, C] = x.shape as [number, number, number];
    const outputs = [output(x.shape), output([G, C]), output([G, C])];
    const tensors = [x, gamma, beta, ...outputs].map(address);
    withScratch(32 * C, (scratch) => kernel("batchNormForward")(...tensors, scratch, G, N, C, EPSILON));
    return outputs;
  },
  gradient: ([dy], [x, gamma, mean, variance]) => {
    const [dx, dgamma, dbeta] = backward({dy: dy!, x: x!, gamma: gamma!, mean: mean!, variance: variance!}, {});
    return {x: () => dx!, gamma: () => dgamma!, beta: () => dbeta!};
  },
});

/** Training: x [G, N, C] normalised with its own statistics; γ, β [C]. Mean and variance are constants for gradients. */
export function batchNormTrain(x: Tensor3D, gamma: Tensor1D, beta: Tensor1D): Normalised {
  if (!engineOn()) return definition(x, gamma, beta);
  const [y, mean, variance] = forward({x, gamma, beta}, {});
  return {y: y as Tensor3D, mean: mean as Tensor2D, variance: variance as Tensor2D};
}
