// spikebook records: what a study's journal holds.

import {existsSync} from "node:fs";
import {join} from "node:path";
import type {Command} from "commander";
import {InputError} from "../check.js";
import {readJournal, readRecords} from "../studies/journal.js";
import {SCORED} from "../studies/scoreTask.js";
import {stableRecord} from "../records/trial.js";
import {stableJson} from "../architectures/canonical.js";
import {toCsv} from "../tables/csv.js";
import {formatTable} from "../tables/formatTable.js";
import {columnsOfTrials, TRIAL_FORMAT} from "../tables/measures.js";
import type {Row} from "../tables/rows.js";
import {scoreRows} from "../tables/scores.js";
import {sortedRecords, trialRows} from "../tables/trials.js";

const MEASURED = columnsOfTrials(["accuracy", "validation", "params", "synOps", "firingRate", "energy", "seconds"]);

type Printed = {readonly lines: readonly object[]; readonly rows: readonly Row[]; readonly columns: readonly string[]};

function trials(dir: string, stable: boolean): Printed {
  const records = stable ? sortedRecords(readRecords(dir)) : readRecords(dir);
  const rows = trialRows(records, {stable});
  const labels = [...new Set(records.flatMap((record) => Object.keys(record.labels)))];
  const shown = MEASURED.filter((name) => rows.some((row) => row[name] !== undefined));
  const columns = [...labels, "seed", "status", ...shown];
  return {lines: stable ? records.map(stableRecord) : records, rows, columns};
}

function scores(dir: string, stable: boolean): Printed {
  const read = readJournal(dir, SCORED);
  const records = stable ? [...read].sort((a, b) => (a.id < b.id ? -1 : 1)) : read;
  const lines = stable ? records.map(({run: _run, ...record}) => record) : records;
  const rows = scoreRows(records).map(({seconds, ...row}) => (stable ? row : {...row, seconds}));
  return {lines, rows, columns: ["candidate", "cells", "score", "value", "status", "params"]};
}

export function recordsCommand(program: Command): void {
  program
    .command("records")
    .summary("print the records of a study")
    .description(
      "Prints the records of the study in DIR: a table, CSV (one row a trial or candidate) or JSON (one line a trial, complete).",
    )
    .argument("<dir>", "a study's --out folder")
    .option("--csv", "comma-separated values, one row a trial")
    .option("--json", "one JSON record a line, with everything the journal holds")
    .option(
      "--stable",
      "sorted, without what may differ between two runs of the same study (times, host, memory): compare with diff",
    )
    .action((dir: string, {csv, json, stable = false}: {csv?: boolean; json?: boolean; stable?: boolean}) => {
      if (csv && json) throw new InputError("invalid options: --csv --json; expected one of them");
      const {lines, rows, columns} = existsSync(join(dir, SCORED.file)) ? scores(dir, stable) : trials(dir, stable);
      if (json) lines.forEach((line) => console.log(stable ? stableJson(line) : JSON.stringify(line)));
      else if (csv) process.stdout.write(toCsv(rows).replace(/\n*$/, "\n"));
      else if (rows.length === 0) console.log("nothing has finished yet");
      else
        console.log(
          formatTable(rows, {
            columns,
            units: TRIAL_FORMAT.units,
            digits: {...TRIAL_FORMAT.digits, value: 4},
          }),
        );
    });
}
