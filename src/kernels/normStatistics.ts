// What every compiled batch normalisation starts from: statistics of groups of rows, and the factors that the kernels read.

import {EPSILON} from "../layers/batchNorm.js";
import type {Statistics} from "../layers/consumers.js";
import type {Tensor} from "../tf.js";
import {address, kernel, output, withScratch} from "./engine.js";
import {operation} from "./operation.js";

/** Mean and variance [G, C] of x [G, N, C]. */
export const statisticsOf = operation("BatchNormStatistics", ({x}: {readonly x: Tensor}) => {
  const [G, N, C] = x.shape as [number, number, number];
  const [mean, variance] = [output([G, C]), output([G, C])];
  const tensors = [x, mean, variance].map(address);
  withScratch(16 * C, (scratch) => kernel("batchNormStatistics")(...tensors, scratch, G, N, C));
  return {mean, variance};
});

/** The same of x [..., C], whose rows make `groups` groups of one size. */
export function groupStatistics(x: Tensor, groups: number): Statistics {
  const C = x.shape.at(-1)!;
  return statisticsOf({x: x.reshape([groups, x.size / C / groups, C])}) as Statistics;
}

export type Scale = {
  readonly gamma: Tensor;
  readonly beta: Tensor;
  /** [G, C], or [C]. */
  readonly mean: Tensor;
  readonly variance: Tensor;
};

/** Calls `use` with the address of `scale` as the kernels read it: μ, k = γ/√(σ² + ε) and β, [G, 3, C]. */
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
