// Kendall's τ_b pays for ties: a score of few classes is not asked to order networks within a class, and its τ_b is higher than that
// of any finer score that agrees with it. To compare a fine score with a coarse one fairly, make it as coarse.

import {check} from "../check.js";

/**
 * The values cut into as many classes as `like` has, of the same sizes, in their own order: the lowest values form the class of
 * the lowest of `like`. Equal values at a cut go by position.
 */
export function asCoarseAs(values: readonly number[], like: readonly number[]): number[] {
  check("values", values.length, values.length === like.length, `${like.length}, as many as the scores they are made as coarse as`); // prettier-ignore
  const classes = [...like].sort((a, b) => a - b);
  const coarse = new Array<number>(values.length);
  values
    .map((value, i) => [value, i] as const)
    .sort(([a, i], [b, j]) => a - b || i - j)
    .forEach(([, i], rank) => (coarse[i] = classes[rank]!));
  return coarse;
}
