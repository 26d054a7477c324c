// What the ways from a cell's input to its output look like: a few counts, as features for predictors.
//
// Of the forward paths over edges that carry something: how many there are with k convolutions and with k edges, how many have
// each op as their k-th edge and as their last; the most convolutions on one; and how often each op is on an edge that a path
// uses. Dead parts of a cell leave no trace, and isomorphic cells have equal features. Feedback edges are not seen.
// (The idea of encoding a cell by its paths is that of BANANAS, White et al., arXiv 1910.11858; these counts are ours.)

import type {Cell} from "./cell.js";
import {convolutionsOf, type Op} from "./ops.js";

export type PathFeatures = {
  /** One name a feature. */
  readonly names: readonly string[];
  readonly of: (cell: Cell) => Uint8Array;
};

/** Every forward path from input to output as its nodes. */
function pathsOf(cell: Cell): number[][] {
  const found: number[][] = [];
  const follow = (path: readonly number[]): void => {
    const node = path.at(-1)!;
    if (node === cell.length - 1) return void found.push([...path]);
    for (let to = node + 1; to < cell.length; ++to) if (cell[node]![to] !== "zeroize") follow([...path, to]);
  };
  follow([0]);
  return found;
}

/** The features of cells with so many nodes and these ops. */
export function pathFeatures(nodes: number, ops: readonly Op[]): PathFeatures {
  const used = ops.filter((op) => op !== "zeroize");
  const lengths = Array.from({length: nodes}, (_, k) => k);
  const names = [
    "longest convolution path",
    ...lengths.map((k) => `paths with ${k} convolutions`),
    ...lengths.slice(1).map((k) => `paths with ${k} edges`),
    ...used.flatMap((op) => [`paths that end with ${op}`, `edges with ${op}`]),
    ...lengths.slice(1).flatMap((k) => used.map((op) => `paths with ${op} as edge ${k}`)),
  ];
  const place = new Map(names.map((name, i) => [name, i]));
  return {
    names,
    of(cell) {
      const counts = new Uint8Array(names.length);
      const add = (name: string): void => void ++counts[place.get(name)!]!;
      const edges = new Map<string, Op>();
      for (const path of pathsOf(cell)) {
        const own = path.slice(1).map((to, i): Op => cell[path[i]!]![to]!);
        path.slice(1).forEach((to, i) => edges.set(`${path[i]}${to}`, own[i]!));
        own.forEach((op, i) => add(`paths with ${op} as edge ${i + 1}`));
        const convolutions = own.filter((op) => convolutionsOf(op) > 0).length;
        counts[0] = Math.max(counts[0]!, convolutions);
        add(`paths with ${convolutions} convolutions`);
        add(`paths with ${own.length} edges`);
        add(`paths that end with ${own.at(-1)}`);
      }
      for (const op of edges.values()) add(`edges with ${op}`);
      return counts;
    },
  };
}
