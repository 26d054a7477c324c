// The kernel-impact study's table: one row a kernel size.

import type {TrialRecord} from "../records/trial.js";
import {type ComparisonRow, comparisonTable} from "./comparison.js";
import {groupBy} from "./summarise.js";

export type KernelImpactRow = Omit<ComparisonRow, "group"> & {readonly kernelSize: number};

/** Rows by kernel size, ascending; differences are taken against `reference`, 3 where it was trained. */
export function kernelImpactTable(records: readonly TrialRecord[], reference?: number): KernelImpactRow[] {
  const sizes = groupBy(records, "labels.kernelSize").map(([size]) => Number(size));
  const against = reference ?? (sizes.includes(3) ? 3 : sizes[0]!);
  return comparisonTable(records, "kernelSize", against).map(({group, ...row}) => ({
    kernelSize: Number(group),
    ...row,
  }));
}
