// A cell: a small directed graph whose edges carry operations.
//
// Node 0 is the input, the last node the output. `cell[i][j]` is the op on the edge i → j: forward where i < j, and
// feedback (consumed at the next timestep) where i > j. The inputs of a node are summed. (SNASNet, arXiv 2201.10355.)

import {check, invalid} from "../check.js";

export const KERNEL_SIZES = [1, 3, 5, 7, 9] as const;
export type KernelSize = (typeof KERNEL_SIZES)[number];

/**
 * The op on an edge.
 *
 * - `zeroize`: no edge. `skip`: the analog value itself. `avgPool`: 3x3 mean, stride 1, padding counted in the divisor.
 * - `convK`: LIF → KxK convolution (no bias) → batch normalisation. `convK@θ` gives that LIF a threshold of its own.
 */
export type Op = "zeroize" | "skip" | "avgPool" | `conv${KernelSize}` | `conv${KernelSize}@${number}`;

/** Square matrix of ops; the diagonal is `zeroize`. */
export type Cell = readonly (readonly Op[])[];

export type ParsedOp =
  | {readonly kind: "zeroize" | "skip" | "avgPool"}
  | {
      readonly kind: "conv";
      readonly kernelSize: KernelSize;
      /** undefined: the network's. */ readonly threshold?: number;
    };

const EXPECTED_OP =
  "zeroize, skip, avgPool, conv1, conv3, conv5, conv7 or conv9, the last five also as conv3@0.5 (threshold)";

/** Reads an op's name. */
export function parseOp(op: string): ParsedOp {
  if (op === "zeroize" || op === "skip" || op === "avgPool") return {kind: op};
  const match = /^conv(\d)(?:@(\d+(?:\.\d+)?))?$/.exec(op);
  const kernelSize = Number(match?.[1]) as KernelSize;
  if (!match || !KERNEL_SIZES.includes(kernelSize)) throw invalid("op", op, EXPECTED_OP);
  if (match[2] === undefined) return {kind: "conv", kernelSize};
  const threshold = Number(match[2]);
  check("op threshold", threshold, threshold > 0, "a number > 0");
  return {kind: "conv", kernelSize, threshold};
}

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

/** SNASNet's op codes, in the order of its search space. */
export const SNASNET_OPS: readonly Op[] = ["zeroize", "skip", "conv1", "conv3", "avgPool"];

/** One digit an op: SNASNet's codes, and the larger kernels by their size (6 and 8 are free). */
export const CELL_CODES: readonly (Op | undefined)[] = [
  ...SNASNET_OPS,
  "conv5",
  undefined,
  "conv7",
  undefined,
  "conv9",
];

/** Reads SNASNet's notation, rows of op codes: `"0333 0012 0003 0000"`. */
export function parseCell(text: string, codes: readonly (Op | undefined)[] = CELL_CODES): Cell {
  const rows = text.trim().split(/\s+/);
  const cell = rows.map((row) => [...row].map((code) => (/\d/.test(code) ? codes[Number(code)] : undefined)));
  if (rows.length < 2 || !cell.every((row) => row.length === rows.length && row.every((op) => op !== undefined))) {
    const known = codes.flatMap((op, code) => (op === undefined ? [] : [`${code} ${op}`])).join(", ");
    throw invalid("cell", text, `a square matrix of op codes (${known}), such as "0333 0012 0003 0000"`);
  }
  return cell as Cell;
}

/** The notation that `parseCell` reads; a cell with thresholds of its own is listed by its edges: `"01:conv3@0.5 03:skip"`. */
export function formatCell(cell: Cell): string {
  if (cell.every((row) => row.every((op) => CELL_CODES.includes(op))))
    return cell.map((row) => row.map((op) => CELL_CODES.indexOf(op)).join("")).join(" ");
  const {forward, feedback} = edgesOf(cell);
  return [...forward, ...feedback].map(({from, to, op}) => `${from}${to}:${op}`).join(" ");
}

/** Every convolution of a cell replaced by a KxK one: SpiKernel's kernel impact study. */
export function withKernelSize(cell: Cell, kernelSize: KernelSize): Cell {
  return cell.map((row) =>
    row.map((op) => (op.startsWith("conv") ? (op.replace(/^conv\d/, `conv${kernelSize}`) as Op) : op)),
  );
}
