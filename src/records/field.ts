// A field of a record by name: its own key, or a dotted path into it ("energy.pJ").

import {unknown} from "../check.js";

/** A plain object, such as a trial's record. */
export type AnyRecord = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is AnyRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value at `path`, or undefined where the record has none. */
export function fieldOf(record: AnyRecord, path: string): unknown {
  if (Object.hasOwn(record, path)) return record[path];
  let value: unknown = record;
  for (const key of path.split(".")) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** Throws when no record has the field: a misspelt name must not make an empty table. */
export function checkField(records: readonly AnyRecord[], path: string): void {
  if (records.length === 0 || records.some((record) => fieldOf(record, path) !== undefined)) return;
  throw unknown("field", path, [...new Set(records.flatMap((record) => Object.keys(record)))]);
}

/** A record as one flat row: nested objects become dotted keys, lists become JSON text. */
export function flatten(record: AnyRecord, prefix = ""): Record<string, unknown> {
  const entries = Object.entries(record).flatMap(([key, value]): [string, unknown][] => {
    if (isObject(value)) return Object.entries(flatten(value, `${prefix}${key}.`));
    return [[`${prefix}${key}`, Array.isArray(value) ? JSON.stringify(value) : value]];
  });
  return Object.fromEntries(entries);
}
