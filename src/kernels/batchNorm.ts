// Batch normalisation: the definition's values and gradients. Training takes two passes over memory each way, evaluation one.

import {
  batchNormEvaluate as evaluationDefinition,
  batchNormTrain as definition,
  EPSILON,
  type Normalised,
} from "../layers/batchNorm.js";
import {type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, tidy, type TensorInfo} from "../tf.js";
import {address, engineOn, kernel, output, withScratch} from "./engine.js";
import {operation} from "./register.js";

/** Mean and variance [G, C] of x [G, N, C]. */
export const statisticsOf = operation<{x: Tensor}, object>({
  name: "BatchNormStatistics",
  saves: {inputs: []},
  forward: ({x}) => {
    const [G, N, C] = x.shape as [number, number, number];
    const outputs = [output([G, C]), output([G, C])];
    const tensors = [x, ...outputs].map(address);
    withScratch(16 * C, (scratch) => kernel("batchNormStatistics")(...tensors, scratch, G, N, C));
    return outputs;
  },
});

export type Scale = {
  readonly gamma: Tensor;
  readonly beta: Tensor;
  /** [G, C], or [C]. */
  readonly mean: Tensor;
  readonly variance: Tensor;
};

/** Lends the address of `scale` as the kernels read it: μ, k = γ/√(σ² + ε) and β, [G, 3, C]. */
export function withFactors<R>({gamma, beta, mean, variance}: Scale, use: (factors: number) => R): R {
  const C = gamma.size;
  const tensors = [gamma, beta, mean, variance].map(address);
  return withScratch(12 * mean.size, (factors) => {
    kernel("batchNormFactors")(...tensors, factors, mean.size / C, C, EPSILON);
    return use(factors);
  });
}

export const batchNormGradient = operation<
  {dy: Tensor; x: Tensor; gamma: Tensor; mean: Tensor; variance: Tensor},
  object
>({
  name: "BatchNormGradient",
  saves: {inputs: []},
  forward: ({dy, x, gamma, mean, variance}) => {
    const [G, C] = mean.shape as [number, number];
    const outputs = [output(x.shape), output([C]), output([C])];
    const tensors = [dy, x, gamma, mean, variance, ...outputs].map(address);
    const N = x.size / C / G;
    withScratch(48 * C, (scratch) => kernel("batchNormBackward")(...tensors, scratch, G, N, C, EPSILON));
    return outputs;
  },
});

const apply = operation<{x: Tensor; gamma: Tensor; beta: Tensor; mean: Tensor; variance: Tensor}, object>({
  name: "BatchNorm",
  saves: {inputs: []},
  forward: ({x, ...scale}): TensorInfo => {
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
  },
});

const train = operation<{x: Tensor; gamma: Tensor; beta: Tensor}, object>({
  name: "BatchNormTrain",
  saves: {inputs: ["x", "gamma"], outputs: [false, true, true]},
  forward: ({x, gamma, beta}) => {
    const [mean, variance] = statisticsOf({x}, {}) as [Tensor, Tensor];
    return [apply({x, gamma, beta, mean, variance}, {})[0]!, mean, variance];
  },
  gradient: ([dy], [x, gamma, mean, variance]) => {
    const [dx, dgamma, dbeta] = batchNormGradient(
      {dy: dy!, x: x!, gamma: gamma!, mean: mean!, variance: variance!},
      {},
    );
    return {x: () => dx!, gamma: () => dgamma!, beta: () => dbeta!};
  },
});

/** Training: x [G, N, C] normalised with its own statistics; γ, β [C]. Mean and variance are constants for gradients. */
export function batchNormTrain(x: Tensor3D, gamma: Tensor1D, beta: Tensor1D): Normalised {
  if (!engineOn()) return definition(x, gamma, beta);
  const [y, mean, variance] = train({x, gamma, beta}, {});
  return {y: y as Tensor3D, mean: mean as Tensor2D, variance: variance as Tensor2D};
}

/** The gradients of normalising x [..., C] with statistics [C] that are given. */
export function evaluationGradients(
  dy: Tensor,
  x: Tensor,
  {gamma, mean, variance}: Omit<Scale, "beta">,
): {readonly x: () => Tensor; readonly gamma: () => Tensor; readonly beta: () => Tensor} & Record<
  "mean" | "variance",
  () => Tensor
> {
  const rows = (t: Tensor): Tensor => t.reshape([-1, gamma.size]);
  const inverse = (): Tensor => variance.add(EPSILON).rsqrt();
  const centred = (): Tensor => rows(x).sub(mean);
  return {
    x: () => dy.mul(inverse().mul(gamma)),
    gamma: () => rows(dy).mul(centred()).sum(0).mul(inverse()),
    beta: () => rows(dy).sum(0),
    mean: () => rows(dy).sum(0).mul(inverse()).mul(gamma).neg(),
    variance: () => rows(dy).mul(centred()).sum(0).mul(inverse().pow(3)).mul(gamma).mul(-0.5),
  };
}

const evaluate = operation<{x: Tensor; gamma: Tensor; beta: Tensor; mean: Tensor; variance: Tensor}, object>({
  name: "BatchNormEvaluation",
  saves: {inputs: ["x", "gamma", "mean", "variance"]},
  forward: (inputs) => apply(inputs, {}),
  gradient: ([dy], [x, gamma, mean, variance]) =>
    evaluationGradients(dy!, x!, {gamma: gamma!, mean: mean!, variance: variance!}),
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
  return tidy(() => evaluate({x, gamma, beta, mean, variance}, {})[0]!);
}
