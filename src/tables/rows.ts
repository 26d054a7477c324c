// Records become rows: one flat object each, over one list of columns.

import {type AnyRecord, fieldOf, flatten} from "../records/field.js";
import {checkName} from "../check.js";

/** A table's line: what cells hold by column. */
export type Row = Readonly<Record<string, unknown>>;

/** Every column of the rows, in order of first appearance. */
export const columnsOf = (rows: readonly Row[]): string[] => [...new Set(rows.flatMap((row) => Object.keys(row)))];

/** Records as flat rows: all fields (nested ones under dotted names), or those of `columns` in their order. */
export function toRows(records: readonly AnyRecord[], columns?: readonly string[]): Row[] {
  if (!columns) return records.map((record) => flatten(record));
  return records.map((record) =>
    Object.fromEntries(columns.map((column) => [column, flatten({x: fieldOf(record, column)}).x])),
  );
}

/** `columns`, each of which some row must have, or all there are. */
export function chosenColumns(rows: readonly Row[], columns?: readonly string[]): readonly string[] {
  const all = columnsOf(rows);
  if (!columns) return all;
  if (rows.length > 0)
    for (const column of columns) checkName("column", column, Object.fromEntries(all.map((key) => [key, 0])));
  return columns;
}
