// Rows as aligned text for a terminal.
//
//   kernel  params  energy (mJ)
//   ──────  ──────  ───────────
//        3   12345        0.734

import {check, checkName, checkOptions} from "../check.js";
import {printable} from "../printable.js";
import {chosenColumns, type Row} from "./rows.js";

export type TableOptions = {
  /** Which columns, in order; all by default. */
  readonly columns?: readonly string[];
  /** Units by column, shown in the header. */
  readonly units?: Readonly<Record<string, string>>;
  /** Alignment by column; numbers go right and text left by default. */
  readonly align?: Readonly<Record<string, "left" | "right">>;
  /** Digits after the point, by column or for all that hold fractions; four significant digits of the largest by default. */
  readonly digits?: number | Readonly<Record<string, number>>;
};

const MISSING = "–";

const isNumber = (value: unknown): value is number => typeof value === "number";

/** Digits after the point that give the largest entry four significant ones. */
function decimals(values: readonly number[]): number {
  const finite = values.filter((value) => Number.isFinite(value) && value !== 0);
  if (finite.length === 0) return 0;
  const largest = Math.max(...finite.map(Math.abs));
  return Math.min(12, Math.max(0, 3 - Math.floor(Math.log10(largest))));
}

/** A column's digits after the point: its own, else none for whole numbers, else those for all, else four significant ones. */
function digitsOf(column: string, numbers: readonly number[], wanted: TableOptions["digits"]): number {
  const [all, own] = isNumber(wanted) ? [wanted, undefined] : [undefined, wanted?.[column]];
  const digits = own ?? (numbers.every(Number.isInteger) ? 0 : (all ?? decimals(numbers)));
  return check(`digits of ${column}`, digits, Number.isInteger(digits) && digits >= 0, "an integer >= 0");
}

function show(value: unknown, digits: number): string {
  if (value === undefined || value === null) return MISSING;
  if (isNumber(value)) return Number.isFinite(value) ? value.toFixed(digits) : String(value);
  return typeof value === "object" ? JSON.stringify(value) : printable(String(value).replaceAll("\n", "\\n"));
}

/** The rows as lines of text, columns aligned. */
export function formatTable(rows: readonly Row[], options: TableOptions = {}): string {
  checkOptions("table", options, ["columns", "units", "align", "digits"]);
  const columns = chosenColumns(rows, options.columns);
  const blocks = columns.map((column) => {
    const values = rows.map((row) => row[column]);
    const numbers = values.filter(isNumber);
    const digits = digitsOf(column, numbers, options.digits);
    const side = options.align?.[column] ?? (numbers.length > 0 ? "right" : "left");
    checkName(`alignment of ${column}`, side, {left: 0, right: 0});
    const unit = options.units?.[column];
    const header = unit === undefined ? column : `${column} (${unit})`;
    const cells = values.map((value) => show(value, digits));
    const width = Math.max(...[header, ...cells].map((text) => [...text].length));
    const pad = (text: string): string => {
      const space = " ".repeat(width - [...text].length);
      return side === "right" ? space + text : text + space;
    };
    return [pad(header), "─".repeat(width), ...cells.map(pad)];
  });
  return Array.from({length: rows.length + 2}, (_, i) =>
    blocks
      .map((block) => block[i]!)
      .join("  ")
      .trimEnd(),
  ).join("\n");
}
