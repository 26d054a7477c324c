// Rows as CSV (RFC 4180, lines end in \n): quoted where needed, numbers at full precision, a missing value as an empty cell.
//
// Spreadsheets run a text that begins with = + - or @ as a formula, also after a tab or a carriage return. Such a text, a name out of
// a file, gets a ' in front (OWASP, CSV injection), by which they show it; so does one that begins with such quotes, so that one
// comes off in reading. A number is no formula, whichever sign it has.

import Papa from "papaparse";
import {writeWhole} from "../atomic.js";
import {InputError} from "../check.js";
import {readText} from "../disk/text.js";
import {chosenColumns, type Row} from "./rows.js";

const DECIMAL = String.raw`[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$`;
const NUMBER = new RegExp(`^${DECIMAL}`, "i");
const FORMULA = new RegExp(`^(?!${DECIMAL})'*[=+\\-@\\t\\r]`, "i");
/** A text as it was before it was kept from being a formula. */
const unquoted = (text: string): string => (/^'+[=+\-@\t\r]/.test(text) ? text.slice(1) : text);

const cell = (value: unknown): unknown => (typeof value === "object" && value !== null ? JSON.stringify(value) : value);

/** CSV text with a header line; `columns` chooses and orders them, all in order of appearance by default. */
export function toCsv(rows: readonly Row[], columns?: readonly string[]): string {
  const fields = chosenColumns(rows, columns);
  if (fields.length === 0) return "";
  const data = rows.map((row) => fields.map((field) => cell(row[field])));
  return `${Papa.unparse([[...fields], ...data], {newline: "\n", escapeFormulae: FORMULA})}\n`;
}

/** Writes the CSV of the rows: the whole file or nothing. */
export const writeCsv = (path: string, rows: readonly Row[], columns?: readonly string[]): void =>
  writeWhole(path, toCsv(rows, columns));

const valueOf = (text: string): Value =>
  text === "" ? undefined : NUMBER.test(text) ? Number(text) : text === "true" ? true : text === "false" ? false : unquoted(text); // prettier-ignore

type Value = string | number | boolean | undefined;

/** Reads CSV with a header line, as rows of type R where the caller knows it: numbers, true and false as such, an empty cell as undefined. */
export function readCsv<R extends object = Record<string, Value>>(path: string): R[] {
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    throw new InputError(`cannot read the table ${path}: ${(error as Error).message}`);
  }
  const {data, errors, meta} = Papa.parse<Record<string, string>>(text, {header: true, skipEmptyLines: true});
  const [problem] = errors.filter(({code}) => code !== "UndetectableDelimiter"); // one column has none
  if (problem)
    throw new InputError(
      `damaged table ${path}, line ${(problem.row ?? 0) + 2}: ${problem.message}; expected CSV with the columns ${meta.fields?.join(", ")}`,
    );
  return data.map(
    (row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [unquoted(name), valueOf(value)])) as R,
  );
}
