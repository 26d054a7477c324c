// speed.csv of a folder: every row is there as soon as it is measured, so that a run that is stopped loses none. Rows of works that a run
// does not measure stay as they are, with the machine and the day of their own.

import {existsSync} from "node:fs";
import {readCsv, writeCsv} from "../src/tables/csv.js";
import type {Row} from "./measure.js";

/** A row and where it was measured. */
export type Measured = Row & {readonly machine: string};

const KINDS = ["training", "memory", "scoring"];
const rank = ({kind}: Row): number => KINDS.findIndex((start) => kind.startsWith(start));
const ordered = (rows: readonly Measured[]): Measured[] =>
  rows.toSorted((a, b) => rank(a) - rank(b) || a.channels - b.channels || a.k - b.k);

/** Puts rows into the file one by one, each in the place of the old one of the same work. */
export function speedTable(
  file: string,
  machine: string,
): {readonly add: (row: Row) => void; readonly all: () => Measured[]} {
  let rows = existsSync(file) ? readCsv<Measured>(file) : [];
  return {
    add(row) {
      rows = ordered([...rows.filter(({work}) => work !== row.work), {...row, machine}]);
      writeCsv(file, rows);
    },
    all: () => rows,
  };
}
