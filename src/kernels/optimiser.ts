// Steps of optimisers on the engine, one pass a parameter; training/optimiser.ts defines them and takes these where they run.
// Moments are read for the last time and give their place to the next, unless something else holds them. Parameters do not:
// tfjs's library of convolutions packs filters once for each place.

import type {Tensor, TensorInfo} from "../tf.js";
import {address, engineOn, kernel, output, outputIn} from "./engine.js";
import {operation} from "./register.js";

type SgdNumbers = {readonly rate: number; readonly momentum: number; readonly weightDecay: number};

const sgd = operation<{p: Tensor; g: Tensor; m: Tensor}, SgdNumbers>({
  name: "SgdStep",
  saves: {inputs: []},
  forward: ({p, g, m}, {rate, momentum, weightDecay}): TensorInfo[] => {
    const outputs = [output(p.shape), outputIn(m)];
    kernel("sgdStep")(...[p, g, m, ...outputs].map(address), p.size, rate, momentum, weightDecay);
    return outputs;
  },
});

/** The next parameter and moment; undefined without the engine. */
export function sgdStep(p: Tensor, g: Tensor, m: Tensor, numbers: SgdNumbers): [p: Tensor, m: Tensor] | undefined {
  return engineOn() ? (sgd({p, g, m}, numbers) as [Tensor, Tensor]) : undefined;
}

type AdamNumbers = {
  readonly rate: number;
  readonly step: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
};

const adam = operation<{p: Tensor; g: Tensor; m: Tensor; v: Tensor}, AdamNumbers>({
  name: "AdamStep",
  saves: {inputs: []},
  forward: ({p, g, m, v}, {rate, step, beta1, beta2, epsilon, weightDecay}): TensorInfo[] => {
    const outputs = [output(p.shape), outputIn(m), outputIn(v)];
    const numbers = [
      ...[1 - rate * weightDecay, rate / (1 - beta1 ** step)],
      ...[beta1, 1 - beta1, beta2, 1 - beta2, 1 - beta2 ** step, epsilon],
    ];
    kernel("adamStep")(...[p, g, m, v, ...outputs].map(address), p.size, ...numbers);
    return outputs;
  },
});

/** The next parameter and both moments; undefined without the engine. */
export function adamStep(
  ...[p, g, m, v, numbers]: [p: Tensor, g: Tensor, m: Tensor, v: Tensor, numbers: AdamNumbers]
): [p: Tensor, m: Tensor, v: Tensor] | undefined {
  return engineOn() ? (adam({p, g, m, v}, numbers) as [Tensor, Tensor, Tensor]) : undefined;
}
