// The speed-up of a search, over its pairs of seeds: each reason's factor, the product, seconds, and what was found.

import type {SpeedUp} from "../search/speedup.js";
import type {SpeedUpPair} from "../records/speedup.js";
import {type Interval, meanInterval} from "./interval.js";

/** The reasons in the order in which they are multiplied, in words. */
export const REASONS: Readonly<Record<Exclude<keyof SpeedUp, "total">, string>> = {
  fewerCandidates: "fewer candidates drawn",
  smallerOpSet: "lighter networks drawn (ops, space)",
  budgetRejections: "refused by the budget, not scored",
  duplicates: "seen before, not scored again",
  cheaperNetworks: "what fits is cheaper to score",
  fewerRepeats: "fewer measurements of each",
};

export type SpeedUpRow = {
  readonly reason: string;
  /** Work: a reason, or the product of all. Seconds: a ratio of measured ones. */
  readonly of: "work" | "seconds";
  readonly n: number;
  /** Geometric mean over the pairs, and their range. */
  readonly factor: number;
  readonly lowest: number;
  readonly highest: number;
};

const geometric = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

const rowOf = (reason: string, of: SpeedUpRow["of"], values: readonly number[]): SpeedUpRow => ({
  reason,
  of,
  n: values.length,
  factor: geometric(values),
  lowest: Math.min(...values),
  highest: Math.max(...values),
});

/** One row a reason, then the product of all, which is exact, and the two ratios of measured seconds. */
export function speedUpTable(pairs: readonly SpeedUpPair[]): SpeedUpRow[] {
  const of = (value: (pair: SpeedUpPair) => number): number[] => pairs.map(value);
  return [
    ...Object.entries(REASONS).map(([name, words]) =>
      rowOf(
        words,
        "work",
        of((pair) => pair[name as keyof SpeedUp]),
      ),
    ),
    rowOf(
      "all: less work",
      "work",
      of(({total}) => total),
    ),
    rowOf(
      "seconds, baseline as published",
      "seconds",
      of((p) => p.baselineSecondsAsPublished / p.seconds),
    ),
    rowOf(
      "seconds, baseline without duplicates",
      "seconds",
      of((p) => p.baselineSeconds / p.seconds),
    ),
  ];
}

/** What the search found minus what the baseline found, in units of the score, over the pairs in which both have a value. */
export function foundDifference(
  pairs: readonly SpeedUpPair[],
  against: "baselineFound" | "baselineFoundWithin",
): Interval | undefined {
  const differences = pairs.flatMap((pair) => {
    const [own, other] = [pair.found, pair[against]];
    return own === null || other === null ? [] : [own - other];
  });
  return differences.length > 0 ? meanInterval(differences) : undefined;
}
