// What a finished kernel-impact study leaves beside its journal: tables and figures.

import {join} from "node:path";
import {kernelImpactTable} from "../analysis/kernelImpact.js";
import type {TrialRecord} from "../studies/trial.js";
import {writeCsv} from "../tables/csv.js";
import {trialRows} from "../tables/trials.js";
import {KERNEL_IMPACT_FIGURES} from "./kernelImpact.js";
import {saveFigures} from "./save.js";

/** Writes trials.csv, summary.csv and the figures (where any trial was trained) into the study's folder. */
export async function writeKernelImpact(out: string, records: readonly TrialRecord[]): Promise<void> {
  writeCsv(join(out, "trials.csv"), trialRows(records));
  writeCsv(join(out, "summary.csv"), kernelImpactTable(records));
  if (!records.some(({testAccuracy}) => testAccuracy !== undefined)) return;
  const figures = Object.fromEntries(
    Object.entries(KERNEL_IMPACT_FIGURES).map(([name, draw]) => [name, draw(records)]),
  );
  await saveFigures(figures, join(out, "figures"));
}
