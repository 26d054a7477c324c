// How much of a score is the network, and how much the dice? One-way analysis of variance over repeated measurements.
//
//   within²  = mean over networks of the variance of their measurements          (weights and images drawn anew)
//   between² = variance of the networks' means − within²/R, at least 0           (what networks differ by)
//   share    = between² / (between² + within²)                                   intraclass correlation, ICC(1)

import {check} from "../check.js";
import {mean, standardDeviation} from "./interval.js";

export type ScoreNoise = {
  readonly networks: number;
  readonly measurements: number;
  /** Standard deviations, in units of the score. */
  readonly within: number;
  readonly between: number;
  /** Of the variance of single measurements, the part that is the networks': 1 is no noise, 0 nothing but noise. */
  readonly share: number;
};

/** `values[i]` are the measurements of network i, as many for each. */
export function scoreNoise(values: readonly (readonly number[])[]): ScoreNoise {
  const measurements = values[0]?.length ?? 0;
  const even = values.length > 1 && measurements > 1 && values.every(({length}) => length === measurements);
  check("measurements", values.map(({length}) => length), even, "two or more of two or more networks, as many for each"); // prettier-ignore
  const variance = (list: readonly number[]): number => standardDeviation(list)! ** 2;
  const within = mean(values.map(variance));
  const between = Math.max(0, variance(values.map(mean)) - within / measurements);
  return {
    networks: values.length,
    measurements,
    within: Math.sqrt(within),
    between: Math.sqrt(between),
    share: within + between === 0 ? 1 : between / (within + between),
  };
}
