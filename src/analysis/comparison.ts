// A study of trained networks as a table: one row a group, means over its trials with 95 % intervals, and what each group gains
// over a reference group, paired by seed.

import type {TrialRecord} from "../records/trial.js";
import {differences, type Group, groupBy, type Summary, summary} from "./summarise.js";

/** Accuracies in percent, differences in percentage points; synOps per image; energy in µJ per image. */
export type ComparisonRow = {
  readonly group: Group;
  /** Trials with a test accuracy, and those without (silent, diverged …). */
  readonly n: number;
  readonly failed: number;
  readonly accuracy?: number;
  readonly accuracyLow?: number;
  readonly accuracyHigh?: number;
  /** Accuracy minus that of the reference group, same seeds. */
  readonly difference?: number;
  readonly differenceLow?: number;
  readonly differenceHigh?: number;
  /** Means over the group's trials; all trials of a group may have the same architecture. */
  readonly params: number;
  readonly paramsWithoutHead: number;
  readonly weightBytes: number;
  readonly receptiveField: number;
  readonly synOps?: number;
  readonly synOpsLow?: number;
  readonly synOpsHigh?: number;
  readonly firingRate?: number;
  readonly energy?: number;
  readonly energyLow?: number;
  readonly energyHigh?: number;
};

const scaled = (value: number | undefined, factor: number): number | undefined =>
  value === undefined ? undefined : value * factor;

/** Rows by the label's value: numbers ascending, others as they appear. Differences are taken against `reference`. */
export function comparisonTable(records: readonly TrialRecord[], label: string, reference: Group): ComparisonRow[] {
  const by = `labels.${label}`;
  const measured = records.filter((record) => record.testAccuracy !== undefined);
  const of = (field: string, from = measured): Summary[] => (from.length ? summary(from, {by, of: field}) : []);
  const [accuracy, synOps, energy, rate] = [of("testAccuracy"), of("synOps"), of("energy.pJ"), of("meanFiringRate")];
  const [params, bare, bytes, field] = ["params", "paramsWithoutHead", "weightBytes", "receptiveField"].map((name) =>
    of(name, [...records]),
  ) as [Summary[], Summary[], Summary[], Summary[]];
  const paired = measured.some((record) => record.labels[label] === reference)
    ? differences(measured, {by, of: "testAccuracy", reference})
    : [];
  return groupBy(records, by).map(([group, members]) => {
    const find = <T extends {group: Group}>(list: readonly T[]): T | undefined =>
      list.find((row) => row.group === group);
    const [a, s, e, d] = [find(accuracy), find(synOps), find(energy), find(paired)];
    return {
      group,
      n: a?.n ?? 0,
      failed: members.length - (a?.n ?? 0),
      accuracy: scaled(a?.mean, 100),
      accuracyLow: scaled(a?.low, 100),
      accuracyHigh: scaled(a?.high, 100),
      difference: scaled(d?.mean, 100),
      differenceLow: scaled(d?.low, 100),
      differenceHigh: scaled(d?.high, 100),
      params: find(params)!.mean,
      paramsWithoutHead: find(bare)!.mean,
      weightBytes: find(bytes)!.mean,
      receptiveField: find(field)!.mean,
      synOps: s?.mean,
      synOpsLow: s?.low,
      synOpsHigh: s?.high,
      firingRate: find(rate)?.mean,
      energy: scaled(e?.mean, 1e-6),
      energyLow: scaled(e?.low, 1e-6),
      energyHigh: scaled(e?.high, 1e-6),
    } as ComparisonRow;
  });
}

/** What every caption says: data, seeds, images, profile. */
export function provenanceOf(records: readonly TrialRecord[]): string {
  const first = records[0]!;
  const seeds = new Set(records.map(({seed}) => seed)).size;
  const {name, procedural, train, test} = first.data;
  const images = `${train.toLocaleString("en-US")} training and ${test.toLocaleString("en-US")} test images`;
  const c = (first.architecture as {channels?: number}).channels;
  return (
    `${procedural ? `Procedural images (${name}), drawn by this program, not photographs` : name}: ${images}, ` +
    `C = ${c}, T = ${first.architecture.T}, ${first.recipe.epochs} epochs, ${seeds} seed${seeds > 1 ? "s" : ""}; profile ${first.profile}.`
  );
}
