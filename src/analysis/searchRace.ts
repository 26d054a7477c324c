// The race as a table: for each algorithm and number of queries, the mean over seeds of the incumbent's test accuracy.

import type {RaceTrace} from "../records/race.js";
import {meanInterval} from "./interval.js";

/** Accuracies in percent; low and high are the 95 % t-interval of the mean over n seeds, sd the spread of single searches. */
export type RaceRow = {
  readonly algorithm: string;
  readonly queries: number;
  readonly n: number;
  readonly test: number;
  readonly testLow: number | undefined;
  readonly testHigh: number | undefined;
  readonly sd: number | undefined;
  readonly validation: number;
  /** Mean test accuracy minus that of random search after as many queries; undefined where it did not race. */
  readonly overRandom: number | undefined;
  /** Mean queries really spent up to here: fewer where a search has an end of its own. */
  readonly spent: number;
};

/** Rows by algorithm in order of appearance, queries ascending. */
export function raceTable(traces: readonly RaceTrace[]): RaceRow[] {
  const rows = [...new Set(traces.map(({algorithm}) => algorithm))].flatMap((algorithm) => {
    const own = traces.filter((trace) => trace.algorithm === algorithm);
    return own[0]!.points.map(({queries}, i) => {
      const {n, mean, low, high, sd} = meanInterval(own.map(({points}) => points[i]!.test));
      const validation = meanInterval(own.map(({points}) => points[i]!.validation)).mean;
      const spent = meanInterval(own.map((trace) => Math.min(queries, trace.spent))).mean;
      return {algorithm, queries, n, test: mean, testLow: low, testHigh: high, sd, validation, spent};
    });
  });
  const line = new Map(rows.flatMap((row) => (row.algorithm === "random" ? [[row.queries, row.test]] : [])));
  return rows.map(({spent, ...row}) => {
    const random = line.get(row.queries);
    return {...row, overRandom: random === undefined ? undefined : row.test - random, spent};
  });
}
