// Conducts a study: its settings, its trials, their records, and the tables and figures of them.

import {join} from "node:path";
import {runStudy, type StudyOptions, type StudyResult} from "./runStudy.js";
import type {StudyChanges, StudySettings} from "./settings.js";
import type {Study} from "./study.js";
import {isUnwritten, writeStudy} from "./writeStudy.js";

/** Runs what is missing of the study with these changes of its settings, and writes its tables and figures into `out`. */
export async function conductStudy<Own extends object>(
  study: Study<Own>,
  changes: StudyChanges & Partial<Own> = {},
  {out = join("results", study.name), ...options}: Partial<StudyOptions> = {},
): Promise<StudyResult & {readonly settings: StudySettings & Own; readonly out: string}> {
  const settings = study.settings(changes);
  const result = await runStudy(study.trials(settings), settings, {
    out,
    ...(study.groups && {groups: study.groups}),
    ...options,
  });
  if (result.ran > 0 || isUnwritten(out)) await writeStudy(study, out, result.records, {signal: options.signal});
  return {...result, settings, out};
}
