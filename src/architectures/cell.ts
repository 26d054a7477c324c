// A cell: a small directed graph whose edges carry operations.
//
// Node 0 is the input, the last node the output. `cell[i][j]` is the op on the edge i → j: forward where i < j, and
// feedback (consumed at the next timestep) where i > j. The inputs of a node are summed. (SNASNet, arXiv 2201.10355.)

import {invalid} from "../check.js";
import {CELL_CODES, formatOp, type KernelSize, type Op, parseOp, withKernel} from "./ops.js";

/** Square matrix of ops; the diagonal is `zeroize`. */
export type Cell = readonly (readonly Op[])[];

export type Edge = {readonly from: number; readonly to: number; readonly op: Op};

/** The edges that carry something, forward ones first, in SNASNet's module order (column by column). */
export function edgesOf(cell: Cell): {readonly forward: readonly Edge[]; readonly feedback: readonly Edge[]} {
  const forward: Edge[] = [];
  const feedback: Edge[] = [];
  for (let to = 0; to < cell.length; ++to)
    for (let from = 0; from < cell.length; ++from) {
      const op = cell[from]![to]!;
      if (op === "zeroize" || from === to) continue;
      (from < to ? forward : feedback).push({from, to, op});
    }
  return {forward, feedback};
}

/** Whether any edge runs backwards, so that the cell must be stepped through time. */
export const hasFeedback = (cell: Cell): boolean => edgesOf(cell).feedback.length > 0;

/** Reads rows of op codes, `"0333 0012 0003 0000"` (SNASNet's notation), or a list of edges, `"01:conv11 03:skip"`. */
export function parseCell(text: string, codes: readonly (Op | undefined)[] = CELL_CODES): Cell {
  const words = text.trim().split(/\s+/);
  if (words[0]!.includes(":")) return cellOfEdges(text, words);
  const cell = words.map((row) => [...row].map((code) => (/\d/.test(code) ? codes[Number(code)] : undefined)));
  if (words.length < 2 || !cell.every((row) => row.length === words.length && row.every((op) => op !== undefined))) {
    const known = codes.flatMap((op, code) => (op === undefined ? [] : [`${code} ${op}`])).join(", ");
    throw invalid("cell", text, `a square matrix of op codes (${known}), such as "0333 0012 0003 0000", or its edges, such as "01:conv11 03:skip"`); // prettier-ignore
  }
  return cell as Cell;
}

/** The cell of edges such as 01:conv3, from node 0 to node 1; the highest number is the output. */
function cellOfEdges(text: string, words: readonly string[]): Cell {
  const edges = words.map((word) => {
    const [, from, to, op] = /^(\d)(\d):(\S+)$/.exec(word) ?? [];
    if (op === undefined) throw invalid("cell", text, 'edges such as "01:conv11 03:skip": two node numbers and an op');
    return {from: Number(from), to: Number(to), op: formatOp(parseOp(op))};
  });
  const nodes = 1 + Math.max(...edges.flatMap(({from, to}) => [from, to]));
  const cell = Array.from({length: nodes}, () => new Array<Op>(nodes).fill("zeroize"));
  for (const {from, to, op} of edges) cell[from]![to] = op;
  return cell;
}

/** The notation that `parseCell` reads: op codes where every op has one, else the list of edges. */
export function formatCell(cell: Cell): string {
  if (cell.every((row) => row.every((op) => CELL_CODES.includes(op))))
    return cell.map((row) => row.map((op) => CELL_CODES.indexOf(op)).join("")).join(" ");
  const {forward, feedback} = edgesOf(cell);
  return [...forward, ...feedback].map(({from, to, op}) => `${from}${to}:${op}`).join(" ");
}

/** Every convolution of a cell replaced by a KxK one: SpiKernel's kernel impact study. */
export const withKernelSize = (cell: Cell, kernelSize: KernelSize): Cell =>
  cell.map((row) => row.map((op) => withKernel(op, kernelSize)));
