// Batch normalisation: the definition's values and gradients. Training takes two passes over memory each way, evaluation one.

import {
  batchNormEvaluate as evaluationDefinition,
  batchNormTrain as definition,
  EPSILON,
  type Normalised,
} from "../layers/batchNorm.js";
import {type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, tidy, type TensorInfo} from "../tf.js";
import {address, engineOn, kernel, output, outputIn, withScratch} from "./engine.js";
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

/** Floats, whole rows of C, that stay in the second-level cache while several passes go over them. */
export const pieceOf = (C: number): number => Math.max(C, 16384 - (16384 % C));

/** A normalisation with its own statistics [G, C], of x [..., C]. */
export type NormTerm = {readonly x: Tensor; readonly gamma: Tensor; readonly mean: Tensor; readonly variance: Tensor};

const gradients = operation<Record<string, Tensor>, {readonly terms: number}>({
  name: "BatchNormGradient",
  saves: {inputs: []},
  forward: ({dy, ...inputs}, {terms}): TensorInfo[] => {
    const [G, C] = inputs.mean0!.shape as [number, number];
    const outputs = Array.from({length: terms}, (_, i) => [outputIn(inputs[`x${i}`]!), output([C]), output([C])]);
    const [moments, factorsOf, apply] = [kernel("addMoments"), kernel("gradientFactors"), kernel("gradientApply")];
    const [from, size] = [address(dy!), 4 * (dy!.size / G)];
    const piece = 4 * pieceOf(C);
    withScratch(48 * C * terms, (scratch) => {
      kernel("clear")(scratch, 48 * C * terms);
      const all = outputs.map(([dx, dgamma, dbeta], i) => ({
        ...{x: address(inputs[`x${i}`]!), gamma: address(inputs[`gamma${i}`]!)},
        ...{mean: address(inputs[`mean${i}`]!), variance: address(inputs[`variance${i}`]!)},
        ...{dx: address(dx!), dgamma: address(dgamma!), dbeta: address(dbeta!)},
        ...{sums: scratch + 48 * C * i, factors: scratch + 48 * C * i + 16 * C, totals: scratch + 48 * C * i + 32 * C},
      }));
      const inPieces = (start: number, use: (at: number, rows: number) => void): void => {
        for (let at = start; at < start + size; at += piece) use(at, Math.min(piece, start + size - at) / (4 * C));
      };
      for (let g = 0; g < G; ++g) {
        const row = 4 * C * g;
        inPieces(g * size, (at, rows) => {
          for (const {x, mean, sums} of all) moments(from + at, x + at, mean + row, rows, C, sums);
        });
        for (const {sums, gamma, mean, variance, factors, totals} of all)
          factorsOf(sums, gamma, mean + row, variance + row, factors, totals, size / (4 * C), C, EPSILON);
        inPieces(g * size, (at, rows) => {
          for (const {x, dx, factors} of all) apply(from + at, x + at, dx + at, rows, C, factors);
        });
      }
      for (const {totals, dgamma, dbeta} of all) kernel("gradientTotals")(totals, dgamma, dbeta, C);
    });
    return outputs.flat();
  },
});

type NormGradients = {readonly dx: Tensor; readonly dgamma: Tensor; readonly dbeta: Tensor};

/**
 * The gradients of terms that share dy, in two passes over it (for as many numbers of groups as there are). dx takes the place of
 * x, which must not be read afterwards, where nothing else shares its values.
 */
export function batchNormGradients<X extends NormTerm>(dy: Tensor, terms: readonly X[]): (X & NormGradients)[] {
  const found: (X & NormGradients)[] = [];
  for (const G of new Set(terms.map(({mean}) => mean.shape[0]))) {
    const some = terms.filter(({mean}) => mean.shape[0] === G);
    const inputs: Record<string, Tensor> = {dy};
    some.forEach(({x, gamma, mean, variance}, i) =>
      Object.assign(inputs, {[`x${i}`]: x, [`gamma${i}`]: gamma, [`mean${i}`]: mean, [`variance${i}`]: variance}),
    );
    const outputs = gradients(inputs, {terms: some.length});
    some.forEach((term, i) => {
      const [dx, dgamma, dbeta] = outputs.slice(3 * i) as [Tensor, Tensor, Tensor];
      found.push({...term, dx, dgamma, dbeta});
    });
  }
  return found;
}

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
    const [found] = batchNormGradients(dy!, [{x: x!, gamma: gamma!, mean: mean!, variance: variance!}]);
    return {x: () => found!.dx, gamma: () => found!.dgamma, beta: () => found!.dbeta};
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
