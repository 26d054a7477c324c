// Which nodes and edges of a cell do anything: reachability over forward and feedback edges, and the pathologies by name.
//
// A node matters when the input reaches it and it reaches the output, over forward edges within a timestep and feedback
// edges from one timestep to the next. SNASNet's repair (arXiv 2201.10355) asks the same with the powers of the cell's matrix.

import {type Cell, edgesOf} from "./cell.js";

/** The nodes that `start` reaches, itself included; `back` follows the edges against their direction. */
function reached(cell: Cell, start: number, back = false): boolean[] {
  const seen = cell.map((_, node) => node === start);
  const queue = [start];
  for (let node = queue.pop(); node !== undefined; node = queue.pop())
    for (let other = 0; other < cell.length; ++other) {
      const op = back ? cell[other]![node] : cell[node]![other];
      if (op === "zeroize" || other === node || seen[other]) continue;
      seen[other] = true;
      queue.push(other);
    }
  return seen;
}

/** For each node whether a walk from the input to the output passes it. All false in a dead cell. */
export function usedNodes(cell: Cell): boolean[] {
  const fromInput = reached(cell, 0);
  const toOutput = reached(cell, cell.length - 1, true);
  return cell.map((_, node) => fromInput[node]! && toOutput[node]!);
}

/** The cell without the edges that no walk from input to output can use; as many nodes as before. */
export function repairCell(cell: Cell): Cell {
  const used = usedNodes(cell);
  return cell.map((row, from) => row.map((op, to) => (used[from] && used[to] && from !== to ? op : "zeroize")));
}

/** The fewest feedback edges on a walk from input to output: the first timestep (0 is the first) at which an image reaches the output. */
export function delayOf(cell: Cell): number {
  const delay = cell.map((_, node) => (node === 0 ? 0 : Infinity));
  const {forward, feedback} = edgesOf(cell);
  for (let round = 0; round < cell.length; ++round) {
    for (const {from, to} of forward) delay[to] = Math.min(delay[to]!, delay[from]!);
    for (const {from, to} of feedback) delay[to] = Math.min(delay[to]!, delay[from]! + 1);
  }
  return delay.at(-1)!;
}

/**
 * - `dead`: no path from the input to the output; every image gives the same logits.
 * - `feedbackOnly`: the output is reached over feedback edges alone, some timesteps late.
 * - `indirect`: no edge from the input to the output, which SNASNet's sampling demands.
 * - `island`: a node without edges. `unreachable`: a node with edges that the input does not reach.
 * - `dangling`: a node that the input reaches and that does not reach the output: paid for, never read.
 */
export type PathologyKind = "dead" | "feedbackOnly" | "indirect" | "island" | "unreachable" | "dangling";
export type Pathology = {readonly kind: PathologyKind; readonly message: string};

/** What is odd about a cell. Only `dead`, and `feedbackOnly` with too few timesteps, keep a network from working. */
export function pathologies(cell: Cell): Pathology[] {
  const output = cell.length - 1;
  const fromInput = reached(cell, 0);
  const toOutput = reached(cell, output, true);
  const {forward, feedback} = edgesOf(cell);
  const edges = [...forward, ...feedback];
  const found: Pathology[] = [];
  const delay = delayOf(cell);
  if (!fromInput[output]) found.push({kind: "dead", message: `no path from node 0 (input) to node ${output} (output)`});
  else if (delay > 0)
    found.push({kind: "feedbackOnly", message: `the input reaches the output only over ${delay} feedback edge(s)`});
  if (cell[0]![output] === "zeroize")
    found.push({kind: "indirect", message: `no edge from node 0 (input) to node ${output} (output)`});
  for (let node = 1; node < output; ++node) {
    if (!edges.some((edge) => edge.from === node || edge.to === node))
      found.push({kind: "island", message: `node ${node} has no edges`});
    else if (!fromInput[node]) found.push({kind: "unreachable", message: `the input does not reach node ${node}`});
    else if (!toOutput[node]) found.push({kind: "dangling", message: `node ${node} does not reach the output`});
  }
  return found;
}
