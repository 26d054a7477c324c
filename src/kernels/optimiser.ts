// Steps of optimisers, one pass over memory a parameter.
//
// Moments are read for the last time: their memory is reused for the next ones, unless other tensors share it. Parameters' memory is
// not reused: tfjs's library of convolutions packs filters once for each address.

import * as definition from "../layers/optimiser.js";
import type {AdamNumbers, SgdNumbers} from "../layers/optimiser.js";
import type {Tensor, TensorInfo} from "../tf.js";
import {compiled} from "./compiled.js";
import {address, kernel, output, outputIn} from "./engine.js";
import {operation} from "./register.js";

const sgd = operation<{p: Tensor; g: Tensor; m: Tensor}, SgdNumbers>({
  name: "SgdStep",
  saves: {inputs: []},
  forward: ({p, g, m}, {learningRate, momentum, weightDecay}): TensorInfo[] => {
    const outputs = [output(p.shape), outputIn(m)];
    kernel("sgdStep")(...[p, g, m, ...outputs].map(address), p.size, learningRate, momentum, weightDecay);
    return outputs;
  },
});

const adam = operation<{p: Tensor; g: Tensor; m: Tensor; v: Tensor}, AdamNumbers>({
  name: "AdamStep",
  saves: {inputs: []},
  forward: ({p, g, m, v}, {learningRate, step, beta1, beta2, epsilon, weightDecay}): TensorInfo[] => {
    const outputs = [output(p.shape), outputIn(m), outputIn(v)];
    const numbers = [
      ...[1 - learningRate * weightDecay, learningRate / (1 - beta1 ** step)],
      ...[beta1, 1 - beta1, beta2, 1 - beta2, 1 - beta2 ** step, epsilon],
    ];
    kernel("adamStep")(...[p, g, m, v, ...outputs].map(address), p.size, ...numbers);
    return outputs;
  },
});

export const sgdStep = compiled({
  definition: definition.sgdStep,
  kernel: (p, g, m, numbers) => sgd({p, g, m}, numbers) as [p: Tensor, m: Tensor],
});

export const adamStep = compiled({
  definition: definition.adamStep,
  kernel: (p, g, m, v, numbers) => adam({p, g, m, v}, numbers) as [p: Tensor, m: Tensor, v: Tensor],
});
