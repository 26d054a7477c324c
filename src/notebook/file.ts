// Notebook files: read, checked, and written so that two runs of the same notebook differ only where their results differ.

import {createHash} from "node:crypto";
import {writeWhole} from "../atomic.js";
import {check, invalid} from "../check.js";
import {readText} from "../disk/text.js";
import {type Output, filed, linesOf} from "./outputs.js";
import type {Json} from "./wire.js";

export type Cell = {
  id?: string;
  cell_type: "code" | "markdown" | "raw";
  metadata: Json & {tags?: string[]};
  source: string | string[];
  attachments?: Json;
  outputs?: Output[];
  execution_count?: number | null;
};
export type Notebook = {cells: Cell[]; metadata: Json; nbformat: number; nbformat_minor: number};

export const KERNEL_NAME = "spikebook";
export const KERNEL_TITLE = "spikebook (TypeScript)";
const LANGUAGE_INFO = {
  file_extension: ".ts",
  mimetype: "text/typescript",
  name: "typescript",
  pygments_lexer: "typescript",
};

/** Text that a file may hold as one string or as lines. */
export const joined = (text: unknown): string => (Array.isArray(text) ? text.join("") : String(text ?? ""));

export function readNotebook(file: string): Notebook {
  let notebook: Partial<Notebook>;
  try {
    notebook = JSON.parse(readText(file)) as Partial<Notebook>;
  } catch (error) {
    throw invalid("notebook", file, `a readable .ipynb file (${(error as Error).message})`);
  }
  check(`notebook format of ${file}`, notebook.nbformat, notebook.nbformat === 4, "4");
  check(`cells of ${file}`, notebook.cells, Array.isArray(notebook.cells), "an array");
  return notebook as Notebook;
}

/** A stable id for a cell that has none. */
const newId = (cell: Cell, index: number): string =>
  createHash("sha256")
    .update(`${index}\n${joined(cell.source)}`)
    .digest("hex")
    .slice(0, 8);

function tidyCell(cell: Cell, index: number): Json {
  const {cell_type: type, attachments, execution_count: count = null, outputs = []} = cell;
  const metadata: Json = {...cell.metadata};
  delete metadata.execution; // moments: they differ in every run
  const id = cell.id ?? newId(cell, index);
  const source = linesOf(joined(cell.source));
  if (type === "code")
    return {cell_type: type, execution_count: count, id, metadata, outputs: outputs.map(filed), source};
  return {...(attachments && {attachments}), cell_type: type, id, metadata, source};
}

/** For JSON.stringify: keys in alphabetical order, as Jupyter writes them, so that saving there changes nothing. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Writes a notebook in nbformat 4.5, whole or not at all; moments of execution are left out. */
export function writeNotebook(file: string, notebook: Notebook): void {
  const kernelspec = {display_name: KERNEL_TITLE, language: "typescript", name: KERNEL_NAME};
  const metadata = {...notebook.metadata, kernelspec, language_info: LANGUAGE_INFO};
  const whole = {cells: notebook.cells.map(tidyCell), metadata, nbformat: 4, nbformat_minor: 5};
  writeWhole(file, `${JSON.stringify(whole, sorted, 1)}\n`);
}
