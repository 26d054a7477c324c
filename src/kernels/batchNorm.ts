// Batch normalisation: the definition's values and gradients. Training takes two passes over memory each way, evaluation one.

import {
  batchNormEvaluate as evaluationDefinition,
  batchNormTrain as definition,
  EPSILON,
  type Normalised,
} from "../layers/batchNorm.js";
import {type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, tidy} from "../tf.js";
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

const apply = operation<{x: Tensor; gamma: Tensor; beta: Tensor; mean: Tensor; variance: Tensor}, object>({
  name: "BatchNormEvaluation",
  saves: {inputs: ["x", "gamma", "mean", "variance"]},
  forward: ({x, gamma, beta, mean, variance}) => {
    const C = gamma.size;
    const y = output(x.shape);
    const tensors = [x, gamma, beta, mean, variance, y].map(address);
    withScratch(12 * C, (scratch) => kernel("batchNormApply")(...tensors, scratch, x.size / C, C, EPSILON));
    return y;
  },
  gradient: ([dy], [x, gamma, mean, variance]) => {
    const rows = (t: Tensor): Tensor => t.reshape([-1, gamma!.size]);
    const inverse = (): Tensor => variance!.add(EPSILON).rsqrt();
    const centred = (): Tensor => rows(x!).sub(mean!);
    return {
      x: () => dy!.mul(inverse().mul(gamma!)),
      gamma: () => rows(dy!).mul(centred()).sum(0).mul(inverse()),
      beta: () => rows(dy!).sum(0),
      mean: () => rows(dy!).sum(0).mul(inverse()).mul(gamma!).neg(),
      variance: () => rows(dy!).mul(centred()).sum(0).mul(inverse().pow(3)).mul(gamma!).mul(-0.5),
    };
  },
});

/** Evaluation: x [..., C] normalised with running statistics [C]. */
export function batchNormEvaluate(
  x: Tensor,
  gamma: Tensor1D,
  beta: Tensor1D,
  mean: Tensor1D,
  variance: Tensor1D,
): Tensor {
  if (!engineOn()) return evaluationDefinition(x, gamma, beta, mean, variance);
  return tidy(() => apply({x, gamma, beta, mean, variance}, {})[0]!);
}
