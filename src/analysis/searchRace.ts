// The race as a table: for each algorithm and number of queries, or of epochs, the mean over seeds of the incumbent's test accuracy.

import type {RaceTrace, RaceUnit} from "../records/race.js";
import {meanInterval} from "./interval.js";

/** Accuracies in percent; low and high are the 95 % t-interval of the mean over n seeds, sd the spread of single searches. */
export type RaceRow<U extends RaceUnit = "queries"> = {readonly [K in U]: number} & {
  readonly algorithm: string;
  /** Seeds whose search has an incumbent by then. */
  readonly n: number;
  readonly test: number;
  readonly testLow: number | undefined;
  readonly testHigh: number | undefined;
  readonly sd: number | undefined;
  readonly validation: number;
  /** Mean test accuracy minus that of random search after as much; undefined where it did not race, or has no incumbent yet. */
  readonly overRandom: number | undefined;
  /** Mean of what was really spent up to here: less where a search has an end of its own. */
  readonly spent: number;
};

/** Rows by algorithm in order of appearance, by `unit` ascending. */
export function raceTable<U extends RaceUnit = "queries">(
  traces: readonly RaceTrace<U>[],
  unit = "queries" as U,
): RaceRow<U>[] {
  const rows = [...new Set(traces.map(({algorithm}) => algorithm))].flatMap((algorithm) => {
    const own = traces.filter((trace) => trace.algorithm === algorithm);
    const points = own.flatMap((trace) => trace.points.map((point) => ({...point, spent: Math.min(point[unit], trace.spent)}))); // prettier-ignore
    return [...new Set(points.map((point) => point[unit]))]
      .sort((a, b) => a - b)
      .map((at) => {
        const there = points.filter((point) => point[unit] === at);
        const {n, mean, low, high, sd} = meanInterval(there.map(({test}) => test));
        const validation = meanInterval(there.map((point) => point.validation)).mean;
        const spent = meanInterval(there.map((point) => point.spent)).mean;
        return {algorithm, at, n, test: mean, testLow: low, testHigh: high, sd, validation, spent};
      });
  });
  const line = new Map(rows.flatMap(({algorithm, at, test}) => (algorithm === "random" ? [[at, test]] : [])));
  return rows.map(({algorithm, at, spent, ...row}) => {
    const random = line.get(at);
    return {algorithm, [unit]: at, ...row, overRandom: random === undefined ? undefined : row.test - random, spent} as RaceRow<U>; // prettier-ignore
  });
}

/** What an algorithm spends until its mean reaches `test` and stays there; undefined where it does not. */
export function spentUntil<U extends RaceUnit>(
  rows: readonly RaceRow<U>[],
  {algorithm, test, unit}: {algorithm: string; test: number; unit: U},
): number | undefined {
  const own = rows.filter((row) => row.algorithm === algorithm);
  const below = own.findLastIndex((row) => row.test < test);
  return own[below + 1]?.[unit];
}
