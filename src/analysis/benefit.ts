// Which network to use: accuracy against memory as one number, and what a budget leaves to choose from.
//
//   benefit = accuracy − μ · memory / largest memory
//
// μ says how many points of accuracy the whole of the memory is worth. SpiKernel (arXiv 2404.01685) selects by accuracy and
// memory; whether by this formula is not public: its authors used the like in tinySNN (arXiv 2206.08656).

import {check} from "../check.js";

/** A point with its benefit; memory is scaled by the largest of `points`. Highest benefit first, ties in order. */
export function byBenefit<T>(
  points: readonly T[],
  {accuracy, memory, mu}: {accuracy: (point: T) => number; memory: (point: T) => number; mu: number},
): {readonly point: T; readonly benefit: number}[] {
  check("mu", mu, Number.isFinite(mu) && mu >= 0, "a number >= 0");
  const largest = Math.max(...points.map(memory));
  return points
    .map((point) => ({point, benefit: accuracy(point) - (mu * memory(point)) / largest}))
    .sort((a, b) => b.benefit - a.benefit);
}

/** Points that a test lets pass, and the others. */
export function feasibility<T>(
  points: readonly T[],
  fits: (point: T) => boolean,
): {readonly feasible: T[]; readonly infeasible: T[]} {
  return {feasible: points.filter(fits), infeasible: points.filter((point) => !fits(point))};
}
