// How far a statistic of a sample can be trusted when it has no formula: draw the sample again, with replacement, many times.
//
//   interval = the 2.5 % and 97.5 % quantiles of the statistic over the resamples          (Efron's percentile interval)

import {check, checkInteger} from "../check.js";
import {random, type RandomKey} from "../random.js";

/** The p-quantile of a list, linear between neighbours; NaN values are left out. */
export function quantile(values: readonly number[], p: number): number {
  check("probability", p, p >= 0 && p <= 1, "a number from 0 to 1");
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  check("values", values.length, sorted.length > 0, "at least one number");
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const [a, b] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return a === b ? a : a + (place - below) * (b - a);
}

/** The 95 % percentile interval of `statistic` over resamples of 0 … n − 1. */
export function bootstrapInterval(
  n: number,
  statistic: (sample: Int32Array) => number,
  {key, resamples = 200}: {key: RandomKey; resamples?: number},
): {low: number; high: number} {
  checkInteger("n", n, 2);
  checkInteger("resamples", resamples, 2);
  const stream = random(key.split("bootstrap"));
  const values = Array.from({length: resamples}, () =>
    statistic(Int32Array.from({length: n}, () => stream.integer(n))),
  );
  return {low: quantile(values, 0.025), high: quantile(values, 0.975)};
}
