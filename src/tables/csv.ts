// Rows as CSV (RFC 4180, lines end in \n): quoted where needed, numbers at full precision, a missing value as an empty cell.

import Papa from "papaparse";
import {writeWhole} from "../atomic.js";
import {chosenColumns, type Row} from "./rows.js";

const cell = (value: unknown): unknown => (typeof value === "object" && value !== null ? JSON.stringify(value) : value);

/** CSV text with a header line; `columns` chooses and orders them, all in order of appearance by default. */
export function toCsv(rows: readonly Row[], columns?: readonly string[]): string {
  const fields = chosenColumns(rows, columns);
  if (fields.length === 0) return "";
  const data = rows.map((row) => fields.map((field) => cell(row[field])));
  return `${Papa.unparse([[...fields], ...data], {newline: "\n"})}\n`;
}

/** Writes the CSV of the rows: the whole file or nothing. */
export const writeCsv = (path: string, rows: readonly Row[], columns?: readonly string[]): void =>
  writeWhole(path, toCsv(rows, columns));
