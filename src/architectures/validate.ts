// Is this record an architecture? One clear error for each way in which it is not.
//
// The sides of the maps must stay whole: size / (stemStride · 2^(cells − 1) · pool) is a whole number >= 1.

import {check, checkName, checkOptions, invalid} from "../check.js";
import {inRange} from "../ranges.js";
import {type Architecture, isDnn, sidesOf} from "./architecture.js";
import {type Cell, hasFeedback} from "./cell.js";
import {parseOp, thresholdOf} from "./ops.js";
import {checkWeightPlan} from "./weightPlan.js";
import {delayOf, pathologies} from "./wiring.js";
import {encodingEntry} from "../graphs/encoding.js";
import {checkNeuron} from "../graphs/neuron.js";

const KEYS: Readonly<Record<keyof Architecture, true>> = {
  input: true,
  classes: true,
  cells: true,
  channels: true,
  stemStride: true,
  pool: true,
  head: true,
  T: true,
  neuron: true,
  activation: true,
  normalisation: true,
  encoding: true,
  weights: true,
  searchesT: true,
};
const NORMALISATIONS: Readonly<Record<Architecture["normalisation"], true>> = {perTimestep: true, joint: true};
const ACTIVATIONS: Readonly<Record<NonNullable<Architecture["activation"]>, true>> = {spikes: true, relu: true};
/** Edges are named by two digits. */
const MOST_NODES = 10;

function checkRecord(what: string, value: unknown, known: readonly string[]): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(what, value, `a record of ${known.join(", ")}`);
  checkOptions(what, value, known);
}

/** Returns `cell` when it is a square matrix of ops with an empty diagonal, or throws. */
export function validateCell(cell: Cell, what = "cell"): Cell {
  const isSquare = (rows: unknown): boolean =>
    Array.isArray(rows) &&
    rows.length >= 2 &&
    rows.length <= MOST_NODES &&
    rows.every((row) => Array.isArray(row) && row.length === rows.length);
  if (!isSquare(cell)) throw invalid(what, cell, `a square matrix of ops for 2 to ${MOST_NODES} nodes`);
  cell.forEach((row, from) =>
    row.forEach((op, to) => {
      check("op", op, typeof op === "string", "the name of an op, such as conv3");
      parseOp(op);
      if (from === to) check(`${what} op on node ${from} itself`, op, op === "zeroize", "zeroize");
    }),
  );
  return cell;
}

function checkSizes(a: Architecture): void {
  const divisor = a.stemStride * 2 ** (a.cells.length - 1) * a.pool;
  for (const side of sidesOf(a)) inRange("inputSize", side);
  check(
    "input size",
    a.input.size,
    sidesOf(a).every((side) => Number.isInteger(side / divisor)),
    `a multiple of ${divisor} (stem stride ${a.stemStride} · ${2 ** (a.cells.length - 1)} for ${a.cells.length} cell(s) · pool ${a.pool})`,
  );
}

function checkPaths(a: Architecture): void {
  a.cells.forEach((cell, i) => {
    const dead = pathologies(cell).find(({kind}) => kind === "dead");
    if (dead) throw invalid(`cell ${i + 1}`, dead.message, "a path from input to output");
  });
  const delay = a.cells.reduce((sum, cell) => sum + delayOf(cell), 0);
  check("T", a.T, a.T > delay, `more than ${delay}: images reach the output only over ${delay} feedback edge(s)`);
}

function checkNoThresholds({cells}: Architecture): void {
  for (const op of cells.flat(2)) check("op", op, thresholdOf(op) === undefined, "a convolution without a threshold, which a ReLU does not have"); // prettier-ignore
}

/** Returns `a`, or throws an InputError that says what to change. `allowDead` lets cells pass in which no path reaches the output. */
export function validateArchitecture(a: Architecture, {allowDead = false}: {allowDead?: boolean} = {}): Architecture {
  checkRecord("architecture", a, Object.keys(KEYS));
  checkRecord("input", a.input, ["size", "channels"]);
  const {size} = a.input as {size: unknown};
  check("input size", size, typeof size === "number" || (Array.isArray(size) && size.length === 2), "a number, or height and width"); // prettier-ignore
  inRange("inputChannels", a.input.channels);
  inRange("classes", a.classes);
  check("cells", a.cells, Array.isArray(a.cells) && a.cells.length > 0, "a list of at least one cell");
  inRange("cells", a.cells.length, "number of cells");
  a.cells.forEach((cell, i) => validateCell(cell, `cell ${i + 1}`));
  inRange("channels", a.channels);
  inRange("stemStride", a.stemStride);
  inRange("pool", a.pool);
  checkSizes(a);
  checkRecord("head", a.head, ["hidden", "voters", "dropout"]);
  inRange("hidden", a.head.hidden, "head hidden");
  inRange("voters", a.head.voters, "head voters");
  inRange("dropout", a.head.dropout, "head dropout");
  inRange("timesteps", a.T, "T");
  checkNeuron(a.neuron);
  if (a.activation !== undefined) checkName("activation", a.activation, ACTIVATIONS);
  if (isDnn(a)) checkNoThresholds(a);
  checkName("normalisation", a.normalisation, NORMALISATIONS);
  if (a.encoding !== undefined) encodingEntry(a.encoding);
  if (a.weights !== undefined) checkWeightPlan(a.weights);
  if (a.searchesT !== undefined) check("searchesT", a.searchesT, a.searchesT === true, "true, or none");
  if (a.normalisation === "joint" && a.cells.some(hasFeedback))
    throw invalid(
      "normalisation",
      a.normalisation,
      "perTimestep: a cell with feedback edges is stepped through time and has no joint statistics",
    );
  if (!allowDead) checkPaths(a);
  return a;
}

/** An architecture out of a file: what is not one is an InputError. Cells in which no path reaches the output pass: searches draw them. */
export const parseArchitecture = (value: unknown): Architecture =>
  validateArchitecture(value as Architecture, {allowDead: true});
