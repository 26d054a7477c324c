// The kernel-impact study's table: one row a kernel size, means over seeds with 95 % intervals, differences paired by seed.

import type {TrialRecord} from "../studies/trial.js";
import {groupBy, differences, summary} from "./summarise.js";

const BY = "labels.kernelSize";

/** Accuracies in percent, differences in percentage points; synOps per image; energy in µJ per image. */
export type KernelImpactRow = {
  readonly kernelSize: number;
  /** Trials with a test accuracy, and those without (silent, diverged …). */
  readonly n: number;
  readonly failed: number;
  readonly accuracy?: number;
  readonly accuracyLow?: number;
  readonly accuracyHigh?: number;
  /** Accuracy minus that of the reference size, same seeds. */
  readonly difference?: number;
  readonly differenceLow?: number;
  readonly differenceHigh?: number;
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

/** Rows by kernel size, ascending; differences are taken against `reference`, 3 where it was trained. */
export function kernelImpactTable(records: readonly TrialRecord[], reference?: number): KernelImpactRow[] {
  const groups = groupBy(records, BY);
  const sizes = groups.map(([size]) => Number(size));
  const against = reference ?? (sizes.includes(3) ? 3 : sizes[0]!);
  const measured = records.filter((record) => record.testAccuracy !== undefined);
  const of = (field: string) => (measured.length ? summary(measured, {by: BY, of: field}) : []);
  const [accuracy, synOps, energy, rate] = [of("testAccuracy"), of("synOps"), of("energy.pJ"), of("meanFiringRate")];
  const paired = measured.some((record) => record.labels.kernelSize === against)
    ? differences(measured, {by: BY, of: "testAccuracy", reference: against})
    : [];
  return groups.map(([size, members]) => {
    const find = <T extends {group: unknown}>(list: readonly T[]): T | undefined =>
      list.find(({group}) => group === size);
    const first = members[0]!;
    const [a, s, e, d] = [find(accuracy), find(synOps), find(energy), find(paired)];
    return {
      kernelSize: Number(size),
      n: a?.n ?? 0,
      failed: members.length - (a?.n ?? 0),
      accuracy: scaled(a?.mean, 100),
      accuracyLow: scaled(a?.low, 100),
      accuracyHigh: scaled(a?.high, 100),
      difference: scaled(d?.mean, 100),
      differenceLow: scaled(d?.low, 100),
      differenceHigh: scaled(d?.high, 100),
      params: first.params,
      paramsWithoutHead: first.paramsWithoutHead,
      weightBytes: first.weightBytes,
      receptiveField: first.receptiveField,
      synOps: s?.mean,
      synOpsLow: s?.low,
      synOpsHigh: s?.high,
      firingRate: find(rate)?.mean,
      energy: scaled(e?.mean, 1e-6),
      energyLow: scaled(e?.low, 1e-6),
      energyHigh: scaled(e?.high, 1e-6),
    } as KernelImpactRow;
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
