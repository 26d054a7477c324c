// When are two architectures the same network? When their canonical forms have the same hash.
//
//   canonical cell = the nodes and edges between input and output, inner nodes numbered so that the matrix is smallest
//
// A renumbering must keep forward edges forward and feedback edges backward, because a feedback edge arrives one timestep
// later. The canonical form computes the same function; it may hold fewer parameters than the wiring as written, whose
// dead convolutions are built and paid for.

import {createHash} from "node:crypto";
import {invalid} from "../check.js";
import {type Architecture, isDnn} from "./architecture.js";
import type {Cell} from "./cell.js";
import {withoutOwnThreshold} from "./ops.js";
import {usedNodes} from "./wiring.js";
import {canonicalNeuron, SNASNET_NEURON} from "../graphs/neuron.js";

/** The cell whose node i is node order[i] of the given one. */
const renumbered = (cell: Cell, order: readonly number[]): Cell =>
  order.map((from) => order.map((to) => (from === to ? "zeroize" : cell[from]![to]!)));

/** Every order of the inner nodes, 0 first and the output last, that keeps each edge forward or backward as it is. */
function ordersOf(cell: Cell): number[][] {
  const output = cell.length - 1;
  const mustPrecede = (i: number, j: number): boolean =>
    i < j && (cell[i]![j] !== "zeroize" || cell[j]![i] !== "zeroize");
  const orders: number[][] = [];
  const extend = (order: number[], rest: readonly number[]): void => {
    if (rest.length === 0) orders.push([...order, output]);
    for (const node of rest)
      if (!rest.some((other) => other !== node && mustPrecede(other, node)))
        extend(
          [...order, node],
          rest.filter((other) => other !== node),
        );
  };
  extend(
    [0],
    Array.from({length: output - 1}, (_, i) => i + 1),
  );
  return orders;
}

/** A dead cell: two nodes and nothing between them. */
const DEAD: Cell = [
  ["zeroize", "zeroize"],
  ["zeroize", "zeroize"],
];

/** The form that all isomorphic wirings share, without what cannot carry the input to the output. */
export function canonicalCell(cell: Cell): Cell {
  const used = usedNodes(cell);
  if (!used[0]) return DEAD;
  const kept = renumbered(
    cell,
    used.flatMap((yes, node) => (yes ? [node] : [])),
  );
  const key = (candidate: Cell): string => candidate.flat().join(" ");
  return ordersOf(kept)
    .map((order) => renumbered(kept, order))
    .reduce((best, candidate) => (key(candidate) < key(best) ? candidate : best));
}

/** Canonical cells, one spelling for each threshold and for spikes, one value for what is not read. */
export function canonicalArchitecture(a: Architecture): Architecture {
  const cells = a.cells.map((cell) =>
    canonicalCell(cell.map((row) => row.map((op) => withoutOwnThreshold(op, a.neuron.threshold)))),
  );
  const {activation: _activation, ...rest} = a;
  if (isDnn(a)) return {...a, cells, neuron: SNASNET_NEURON};
  return {...rest, cells, neuron: canonicalNeuron(a.neuron)};
}

/** JSON with sorted keys: equal records give equal text. Keys with the value undefined are left out. */
export function stableJson(value: unknown): string {
  if (typeof value === "number" && !Number.isFinite(value)) throw invalid("value", value, "a finite number");
  if (Array.isArray(value)) return `[${value.map(stableJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${stableJson(entry)}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/** The first 16 hex digits of the SHA-256 of `stableJson(value)`. */
export const hashOf = (value: unknown): string =>
  createHash("sha256").update(stableJson(value)).digest("hex").slice(0, 16);
