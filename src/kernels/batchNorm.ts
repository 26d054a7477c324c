// Batch normalisation. Training takes two passes over memory each way, evaluation one.

import * as definition from "../layers/batchNorm.js";
import {type Tensor, type Tensor2D, type Tensor3D, tidy} from "../tf.js";
import {compiled} from "./compiled.js";
import {differentiable} from "./differentiable.js";
import {address, kernel, output} from "./engine.js";
import {batchNormGradients, evaluationGradients} from "./normGradients.js";
import {type Scale, statisticsOf, withFactors} from "./normStatistics.js";
import {operation} from "./operation.js";

const apply = operation("BatchNorm", ({x, ...scale}: Scale & {readonly x: Tensor}) => {
  const y = output(x.shape);
  const C = scale.gamma.size;
  const G = scale.mean.size / C;
  const N = x.size / C / G;
  withFactors(scale, (factors) => {
    for (let g = 0; g < G; ++g) {
      const at = 4 * g * N * C;
      kernel("batchNormApply")(address(x) + at, address(y) + at, factors + 12 * g * C, N, C, 0);
    }
  });
  return y;
});

/** Training: x [G, N, C] normalised with its own statistics; γ, β [C]. Mean and variance are constants for gradients. */
export const batchNormTrain = compiled({
  definition: definition.batchNormTrain,
  kernel: (x, gamma, beta) =>
    differentiable({
      inputs: {x, gamma, beta},
      forward: () => {
        const {mean, variance} = statisticsOf({x}) as {mean: Tensor2D; variance: Tensor2D};
        const y = apply({x, gamma, beta, mean, variance}) as Tensor3D;
        return {outputs: {y, mean, variance}, saved: {x, gamma, mean, variance}};
      },
      gradientOnDemand: ({y: dy}, saved) => {
        const [found] = batchNormGradients(dy, [saved]);
        return {x: () => found!.dx, gamma: () => found!.dgamma, beta: () => found!.dbeta};
      },
    }),
});

/** Evaluation: x [..., C] normalised with running statistics [C]. */
export const batchNormEvaluate = compiled({
  definition: definition.batchNormEvaluate,
  kernel: (x, gamma, beta, mean, variance) =>
    tidy(() => {
      const inputs = {x, gamma, beta, mean, variance};
      const {y} = differentiable({
        inputs,
        forward: () => ({outputs: {y: apply(inputs)}, saved: {x, gamma, mean, variance}}),
        gradientOnDemand: ({y: dy}, {x: from, ...scale}) => evaluationGradients(dy, from, scale),
      });
      return y;
    }),
});
