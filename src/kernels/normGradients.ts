// Gradients of batch normalisation: of terms normalised with their own statistics, and of one with statistics that are given.

import {EPSILON} from "../layers/batchNorm.js";
import type {Tensor, TensorInfo} from "../tf.js";
import {address, kernel, output, outputIn, withScratch} from "./engine.js";
import {pieceOf, type Scale} from "./normStatistics.js";
import {operation} from "./operation.js";

/** A normalisation with its own statistics [G, C], of x [..., C]. */
export type NormTerm = {readonly x: Tensor; readonly gamma: Tensor; readonly mean: Tensor; readonly variance: Tensor};
export type NormGradients<T = Tensor> = {readonly dx: T; readonly dgamma: T; readonly dbeta: T};

/** Where a term's tensors lie, and its part of the scratch buffer: sums over rows, factors [4, C], totals over groups. */
type Places = Readonly<Record<keyof NormTerm | keyof NormGradients | "sums" | "factors" | "totals", number>>;

const SCRATCH = 48; // bytes a channel

const placesOf = ({x, gamma, mean, variance}: NormTerm, made: NormGradients<TensorInfo>, scratch: number): Places => {
  const C = gamma.size;
  return {
    ...{x: address(x), gamma: address(gamma), mean: address(mean), variance: address(variance)},
    ...{dx: address(made.dx), dgamma: address(made.dgamma), dbeta: address(made.dbeta)},
    ...{sums: scratch, factors: scratch + 16 * C, totals: scratch + 32 * C},
  };
};

/** One group of rows, `size` bytes from `start` on: a pass for the sums, a pass for dx. */
function groupGradients(
  dy: number,
  start: number,
  size: number,
  row: number,
  C: number,
  terms: readonly Places[],
): void {
  const piece = 4 * pieceOf(C);
  const inPieces = (use: (at: number, rows: number) => void): void => {
    for (let at = start; at < start + size; at += piece) use(at, Math.min(piece, start + size - at) / (4 * C));
  };
  const [moments, factorsOf, apply] = [kernel("addMoments"), kernel("gradientFactors"), kernel("gradientApply")];
  inPieces((at, rows) => {
    for (const {x, mean, sums} of terms) moments(dy + at, x + at, mean + row, rows, C, sums);
  });
  for (const {sums, gamma, mean, variance, factors, totals} of terms)
    factorsOf(sums, gamma, mean + row, variance + row, factors, totals, size / (4 * C), C, EPSILON);
  inPieces((at, rows) => {
    for (const {x, dx, factors} of terms) apply(dy + at, x + at, dx + at, rows, C, factors);
  });
}

const gradients = operation(
  "BatchNormGradient",
  ({dy, terms}: {readonly dy: Tensor; readonly terms: readonly NormTerm[]}) => {
    const [G, C] = terms[0]!.mean.shape as [number, number];
    const made = terms.map(({x}) => ({dx: outputIn(x), dgamma: output([C]), dbeta: output([C])}));
    const size = 4 * (dy.size / G);
    withScratch(SCRATCH * C * terms.length, (scratch) => {
      kernel("clear")(scratch, SCRATCH * C * terms.length);
      const places = terms.map((term, i) => placesOf(term, made[i]!, scratch + SCRATCH * C * i));
      for (let g = 0; g < G; ++g) groupGradients(address(dy), g * size, size, 4 * C * g, C, places);
      for (const {totals, dgamma, dbeta} of places) kernel("gradientTotals")(totals, dgamma, dbeta, C);
    });
    return made;
  },
);

/**
 * The gradients of terms that share dy, in the order of the terms, in two passes over it (for as many numbers of groups as there
 * are). dx reuses the memory of x, which must not be read afterwards, unless another tensor shares its values.
 */
export function batchNormGradients(dy: Tensor, terms: readonly NormTerm[]): NormGradients[] {
  const found = new Map<NormTerm, NormGradients>();
  for (const G of new Set(terms.map(({mean}) => mean.shape[0]))) {
    const same = terms.filter(({mean}) => mean.shape[0] === G);
    gradients({dy, terms: same.map(({x, gamma, mean, variance}) => ({x, gamma, mean, variance}))}).forEach((made, i) =>
      found.set(same[i]!, made),
    );
  }
  return terms.map((term) => found.get(term)!);
}

/** The gradients of normalising x [..., C] with statistics [C] that are given. */
export function evaluationGradients(
  dy: Tensor,
  x: Tensor,
  {gamma, mean, variance}: Omit<Scale, "beta">,
): Readonly<Record<"x" | keyof Scale, () => Tensor>> {
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

/** All of them at once. */
export function evaluationGradientsNow(
  dy: Tensor,
  x: Tensor,
  scale: Omit<Scale, "beta">,
): Record<"x" | keyof Scale, Tensor> {
  const {x: dx, gamma, beta, mean, variance} = evaluationGradients(dy, x, scale);
  return {x: dx(), gamma: gamma(), beta: beta(), mean: mean(), variance: variance()};
}
