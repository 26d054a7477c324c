// Steps of optimisers, one pass over memory a parameter.
//
// Moments are read for the last time: their memory is reused for the next ones, unless other tensors share it. Parameters' memory is
// not reused: tfjs's library of convolutions packs filters once for each address.

import * as definition from "../layers/optimiser.js";
import type {AdamNumbers, SgdNumbers} from "../layers/optimiser.js";
import type {Tensor} from "../tf.js";
import {compiled} from "./compiled.js";
import {address, kernel, output, outputIn} from "./engine.js";
import {operation} from "./operation.js";

type Parameter = {readonly p: Tensor; readonly g: Tensor; readonly m: Tensor};

const sgd = operation("SgdStep", ({p, g, m, learningRate, momentum, weightDecay}: Parameter & SgdNumbers) => {
  const made = {p: output(p.shape), m: outputIn(m)};
  kernel("sgdStep")(...[p, g, m, made.p, made.m].map(address), p.size, learningRate, momentum, weightDecay);
  return made;
});

const adam = operation("AdamStep", ({p, g, m, v, ...numbers}: Parameter & AdamNumbers & {readonly v: Tensor}) => {
  const {learningRate, step, beta1, beta2, epsilon, weightDecay} = numbers;
  const made = {p: output(p.shape), m: outputIn(m), v: outputIn(v)};
  kernel("adamStep")(
    ...[p, g, m, v, made.p, made.m, made.v].map(address),
    ...[p.size, 1 - learningRate * weightDecay, learningRate / (1 - beta1 ** step)],
    ...[beta1, 1 - beta1, beta2, 1 - beta2, 1 - beta2 ** step, epsilon],
  );
  return made;
});

export const sgdStep = compiled({
  definition: definition.sgdStep,
  kernel: (p, g, m, numbers) => {
    const next = sgd({p, g, m, ...numbers});
    return [next.p, next.m] as [p: Tensor, m: Tensor];
  },
});

export const adamStep = compiled({
  definition: definition.adamStep,
  kernel: (p, g, m, v, numbers) => {
    const next = adam({p, g, m, v, ...numbers});
    return [next.p, next.m, next.v] as [p: Tensor, m: Tensor, v: Tensor];
  },
});
