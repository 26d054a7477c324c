// What a finished study leaves beside its journal: tables and figures.

import {join} from "node:path";
import {comparisonTable} from "../analysis/comparison.js";
import {kernelImpactTable} from "../analysis/kernelImpact.js";
import type {TrialRecord} from "../records/trial.js";
import type {Row} from "../tables/rows.js";
import {writeCsv} from "../tables/csv.js";
import {trialRows} from "../tables/trials.js";
import {type Comparison, comparisonFigures} from "./comparison.js";
import type {Figure} from "./figure.js";
import {kernelImpactFigures} from "./kernelImpact.js";
import {saveFigures} from "./save.js";

type Records = readonly TrialRecord[];

/** Writes trials.csv, summary.csv and the figures (where any trial was trained) into the study's folder. */
async function write(
  out: string,
  records: Records,
  summary: readonly Row[],
  figures: () => Readonly<Record<string, Figure>>,
): Promise<void> {
  writeCsv(join(out, "trials.csv"), trialRows(records));
  writeCsv(join(out, "summary.csv"), summary);
  if (records.some(({testAccuracy}) => testAccuracy !== undefined)) await saveFigures(figures(), join(out, "figures"));
}

export const writeKernelImpact = (out: string, records: Records): Promise<void> =>
  write(out, records, kernelImpactTable(records), () => kernelImpactFigures(records));

export const writeComparison = (out: string, records: Records, comparison: Comparison): Promise<void> => {
  const rows = comparisonTable(records, comparison.label, comparison.reference(records));
  const named = rows.map(({group, ...row}) => ({[comparison.label]: group, ...row}));
  return write(out, records, named, () => comparisonFigures(comparison, records));
};
