// spikebook records: what a study's journal holds.

import type {Command} from "commander";
import {InputError} from "../check.js";
import {readRecords} from "../studies/journal.js";
import {stableRecord} from "../studies/trial.js";
import {stableJson} from "../architectures/canonical.js";
import {toCsv} from "../tables/csv.js";
import {formatTable} from "../tables/formatTable.js";
import {sortedRecords, trialRows} from "../tables/trials.js";

const COLUMNS = [
  "seed",
  "status",
  "testAccuracy",
  "validationAccuracy",
  "params",
  "synOps",
  "meanFiringRate",
  "energyPJ",
  "seconds",
];

export function recordsCommand(program: Command): void {
  program
    .command("records")
    .summary("print the records of a study")
    .description(
      "Prints the records of the study in DIR: a table, CSV (one row a trial) or JSON (one line a trial, complete).",
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
      const records = stable ? sortedRecords(readRecords(dir)) : readRecords(dir);
      if (json) {
        for (const record of records) console.log(stable ? stableJson(stableRecord(record)) : JSON.stringify(record));
        return;
      }
      const rows = trialRows(records, {stable});
      if (csv) process.stdout.write(toCsv(rows).replace(/\n*$/, "\n"));
      else if (rows.length === 0) console.log("no trial has finished yet");
      else {
        const labels = [...new Set(records.flatMap((record) => Object.keys(record.labels)))];
        const columns = [...labels, ...COLUMNS.filter((name) => rows.some((row) => row[name] !== undefined))];
        console.log(
          formatTable(rows, {
            columns,
            digits: {testAccuracy: 4, validationAccuracy: 4, meanFiringRate: 4, seconds: 1},
            units: {synOps: "per image", energyPJ: "per image", seconds: "s"},
          }),
        );
      }
    });
}
