// Tables as people meet them in a notebook: a danfo DataFrame or Series, an array of records, or columns with rows; printed as
// text in a terminal and as HTML in a page. Numbers keep four significant digits, and all digits of their integer part.

import {invalid} from "../check.js";

export type Table = {readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[]};

/** The parts of danfo's DataFrame and Series that are read. */
type Frame = {readonly columns: string[]; readonly values: unknown[]; readonly index: unknown[]};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

export const isFrame = (value: unknown): value is Frame =>
  isRecord(value) && /^(DataFrame|Series)$/.test(value.constructor?.name ?? "") && Array.isArray(value.values);

function fromFrame(frame: Frame): Table {
  const rows = frame.values.map((row) => (Array.isArray(row) ? (row as unknown[]) : [row]));
  const counted = frame.index.every((label, i) => label === i);
  if (counted) return {columns: frame.columns, rows};
  return {columns: ["", ...frame.columns], rows: rows.map((row, i) => [frame.index[i], ...row])};
}

function fromRecords(records: readonly Record<string, unknown>[]): Table {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return {columns, rows: records.map((record) => columns.map((column) => record[column]))};
}

/** The table in a value, or undefined when it is none. */
export function tableOf(value: unknown): Table | undefined {
  if (isFrame(value)) return fromFrame(value);
  if (Array.isArray(value) && value.length > 0 && value.every(isRecord)) return fromRecords(value);
  if (!isRecord(value) || !Array.isArray(value.columns) || !Array.isArray(value.rows)) return undefined;
  const columns = value.columns.map(String);
  const rows = value.rows.map((row: unknown) => {
    if (Array.isArray(row)) return row as unknown[];
    if (isRecord(row)) return columns.map((column) => row[column]);
    throw invalid("table row", row, "an array or a record");
  });
  return {columns, rows};
}

/** A cell's text. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "number") return typeof value === "object" ? JSON.stringify(value) : String(value);
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
}

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => ({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})[c]!);

const isNumeric = ({rows}: Table, column: number): boolean =>
  rows.every((row) => row[column] === null || row[column] === undefined || typeof row[column] === "number");

const remark = (table: Table, maxRows: number): string =>
  table.rows.length > maxRows ? `${maxRows} of ${table.rows.length} rows` : "";

/** Aligned columns: numbers to the right, words to the left. */
export function tableText(table: Table, maxRows = 40): string {
  const shown = table.rows.slice(0, maxRows).map((row) => table.columns.map((_, i) => cellText(row[i])));
  const widths = table.columns.map((name, i) => Math.max(name.length, ...shown.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (isNumeric(table, i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(table.columns), rule, ...shown.map(line), remark(table, maxRows)].filter((l) => l !== "").join("\n");
}

/** An HTML table with every text escaped. */
export function tableHtml(table: Table, maxRows = 40): string {
  const align = table.columns.map((_, i) =>
    isNumeric(table, i) ? ' style="text-align:right"' : ' style="text-align:left"',
  );
  const cells = (tag: string, texts: readonly string[]): string =>
    `<tr>${texts.map((text, i) => `<${tag}${align[i]}>${escapeHtml(text)}</${tag}>`).join("")}</tr>`;
  const body = table.rows.slice(0, maxRows).map((row) =>
    cells(
      "td",
      table.columns.map((_, i) => cellText(row[i])),
    ),
  );
  const note = remark(table, maxRows);
  return [
    `<table class="dataframe">`,
    `<thead>${cells("th", table.columns)}</thead>`,
    `<tbody>${body.join("\n")}</tbody>`,
    `</table>${note && `<p>${note}</p>`}`,
  ].join("\n");
}
