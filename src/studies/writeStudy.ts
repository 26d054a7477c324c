// What a finished study leaves beside its journal: tables and figures.

import {statSync} from "node:fs";
import {join} from "node:path";
import type {Figure} from "../plots/figure.js";
import {saveFigures} from "../plots/save.js";
import type {Comparison} from "../records/comparison.js";
import {hasResult} from "../records/endings.js";
import type {TrialRecord} from "../records/trial.js";
import {writeCsv} from "../tables/csv.js";
import {trialRows} from "../tables/trials.js";
import {TRIALS} from "./journal.js";
import {KERNEL_IMPACT} from "./kernelImpact.js";
import {shownAs, type Study} from "./study.js";

type Records = readonly TrialRecord[];

/** Written last: the others are there, and of the same records, where it is no older than the journal. */
const LAST = "trials.csv";

/** Writes the study's figures (where any trial has a result), its tables, and trials.csv into `out`. */
export async function writeStudy(
  {tables, figures}: Pick<Study, "tables" | "figures">,
  out: string,
  records: Records,
  {signal}: {readonly signal?: AbortSignal | undefined} = {},
): Promise<void> {
  const drawn: Readonly<Record<string, Figure>> = records.some(hasResult) ? figures(records) : {};
  await saveFigures(drawn, join(out, "figures"), {signal});
  for (const [name, rows] of Object.entries(tables(records))) writeCsv(join(out, `${name}.csv`), rows);
  writeCsv(join(out, LAST), trialRows(records));
}

/** Whether an earlier run ended before it had written what the journal in `out` gives. */
export function isUnwritten(out: string): boolean {
  const [journal, last] = [TRIALS.file, LAST].map((name) => statSync(join(out, name), {throwIfNoEntry: false}));
  return journal !== undefined && (last === undefined || last.mtimeMs < journal.mtimeMs);
}

export const writeKernelImpact = (out: string, records: Records): Promise<void> =>
  writeStudy(KERNEL_IMPACT, out, records);

export const writeComparison = (out: string, records: Records, comparison: Comparison): Promise<void> =>
  writeStudy(shownAs(comparison), out, records);
