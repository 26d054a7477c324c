// Rows as a danfo DataFrame, for notebooks: sorting, selecting, describing, and a table as a cell's value.
//
// danfo is loaded at the first call, since loading takes half a second that a command without tables should not pay.
// It reads rows by position and fails on holes, so every row is given every column, and a missing number is NaN.

import {createRequire} from "node:module";
import type {DataFrame} from "danfojs-node";
import {chosenColumns, type Row} from "./rows.js";

type Danfo = typeof import("danfojs-node");

let danfo: Danfo | undefined;

function load(): Danfo {
  if (danfo) return danfo;
  const loaded = createRequire(import.meta.url)("danfojs-node") as Danfo;
  loaded.tensorflow.enableProdMode(); // its tensor library greets on first use otherwise
  return (danfo = loaded);
}

const isMissing = (value: unknown): boolean => value === undefined || value === null;

/** A column's cells as danfo can bear them: missing numbers NaN, other missing cells empty, lists and objects JSON text. */
function bearable(values: readonly unknown[]): unknown[] {
  const present = values.filter((value) => !isMissing(value));
  const numeric = present.length > 0 && present.every((value) => typeof value === "number");
  return values.map((value) => {
    if (isMissing(value)) return numeric ? NaN : "";
    return typeof value === "object" ? JSON.stringify(value) : value;
  });
}

/** The rows as a DataFrame; `columns` chooses and orders them. */
export function toDataFrame(rows: readonly Row[], columns?: readonly string[]): DataFrame {
  const names = chosenColumns(rows, columns);
  const cells = names.map((name) => bearable(rows.map((row) => row[name])));
  const values = rows.map((_, i) => cells.map((column) => column[i]));
  return new (load().DataFrame)(values as never, {columns: [...names]});
}
