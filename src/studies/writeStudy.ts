// What a finished study leaves beside its journal: tables and figures.

import {join} from "node:path";
import type {Figure} from "../plots/figure.js";
import {saveFigures} from "../plots/save.js";
import type {Comparison} from "../records/comparison.js";
import {hasResult} from "../records/endings.js";
import type {TrialRecord} from "../records/trial.js";
import {writeCsv} from "../tables/csv.js";
import {trialRows} from "../tables/trials.js";
import {KERNEL_IMPACT} from "./kernelImpact.js";
import {shownAs, type Study} from "./study.js";

type Records = readonly TrialRecord[];

/** Writes trials.csv, the study's tables and its figures (where any trial has a result) into `out`. */
export async function writeStudy(
  {tables, figures}: Pick<Study, "tables" | "figures">,
  out: string,
  records: Records,
): Promise<void> {
  writeCsv(join(out, "trials.csv"), trialRows(records));
  for (const [name, rows] of Object.entries(tables(records))) writeCsv(join(out, `${name}.csv`), rows);
  const drawn: Readonly<Record<string, Figure>> = records.some(hasResult) ? figures(records) : {};
  await saveFigures(drawn, join(out, "figures"));
}

export const writeKernelImpact = (out: string, records: Records): Promise<void> =>
  writeStudy(KERNEL_IMPACT, out, records);

export const writeComparison = (out: string, records: Records, comparison: Comparison): Promise<void> =>
  writeStudy(shownAs(comparison), out, records);
