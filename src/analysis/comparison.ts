// A study of trained networks as a table: one row a group, means of every measured quantity over its trials with 95 % intervals,
// and what each group gains over a reference group, paired by seed.

import type {Group} from "../records/comparison.js";
import {hasResult} from "../records/endings.js";
import {MEASURE_NAMES, type MeasureName, measureOf, valueOf} from "../records/measures.js";
import type {TrialRecord} from "../records/trial.js";
import {meanInterval} from "./interval.js";
import {differences, groupBy} from "./summarise.js";

/** Means and the bounds of their 95 % intervals, as people read them (records/measures.ts: units and scales). */
type Measured = {readonly [K in MeasureName]?: number} & {
  readonly [K in MeasureName as `${K}Low` | `${K}High`]?: number;
};

export type ComparisonRow = Measured & {
  readonly group: Group;
  /** Trials with a result, and those without (silent, diverged …). */
  readonly n: number;
  readonly failed: number;
  /** Accuracy minus that of the reference group, same seeds, in percentage points. */
  readonly difference?: number;
  readonly differenceLow?: number;
  readonly differenceHigh?: number;
};

type Bounds = {readonly mean: number; readonly low: number | undefined; readonly high: number | undefined};

/** One quantity of a group under its name, scaled; its interval too where it was measured. */
const columns = (name: string, {mean, low, high}: Bounds, scale: number, interval: boolean): object => ({
  [name]: mean * scale,
  ...(interval && {
    [`${name}Low`]: low === undefined ? undefined : low * scale,
    [`${name}High`]: high === undefined ? undefined : high * scale,
  }),
});

/** What a group has of each quantity. Closed forms count every trial, measurements those with a result. */
function measuredOf(members: readonly TrialRecord[]): object[] {
  const trained = members.filter(hasResult);
  return MEASURE_NAMES.filter((name) => measureOf(name).kind !== "run").map((name) => {
    const {scale, kind} = measureOf(name);
    const values = (kind === "closed" ? members : trained).map((record) => valueOf(record, name));
    const numbers = values.filter((value) => value !== undefined).filter(Number.isFinite);
    return numbers.length > 0 ? columns(name, meanInterval(numbers), scale, kind === "measured") : {};
  });
}

/** Rows by the label's value: numbers ascending, others as they appear. Differences are taken against `reference`. */
export function comparisonTable(records: readonly TrialRecord[], label: string, reference: Group): ComparisonRow[] {
  const by = `labels.${label}`;
  const trained = records.filter(hasResult);
  const paired = trained.some((record) => record.labels[label] === reference)
    ? differences(trained, {by, of: "testAccuracy", reference})
    : [];
  return groupBy(records, by).map(([group, members]) => {
    const n = members.filter(hasResult).length;
    const gain = paired.find((row) => row.group === group);
    const row: ComparisonRow = {group, n, failed: members.length - n};
    return Object.assign(row, ...measuredOf(members), gain ? columns("difference", gain, 100, true) : {}); // prettier-ignore
  });
}
