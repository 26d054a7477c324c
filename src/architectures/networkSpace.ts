// From cells to networks: a space of cells, the macro network around them, and whether all cells share one wiring.
//
// SNASNet gives every cell the same wiring (arXiv 2201.10355); SpikeNAS searches cell by cell (arXiv 2402.11322), so its cells
// may differ. A candidate is the list of cells; the network around them is fixed.

import {check} from "../check.js";
import {inRange} from "../ranges.js";
import type {Random} from "../random.js";
import {type Architecture, snasnet} from "./architecture.js";
import {type Cell, formatCell} from "./cell.js";
import {type Op, weightsOfOp} from "./ops.js";
import {admitted, cellsOf, genesOf, geneValues, sampleCell, type Space} from "./spaces.js";

export type NetworkSpace = {
  readonly name: string;
  readonly space: Space;
  readonly cellCount: number;
  /** One wiring for all cells, or one for each. */
  readonly wiring: "shared" | "perCell";
  /** Everything of the architecture but its cells. */
  readonly network: Omit<Architecture, "cells">;
};

/** One cell a stage; with shared wiring all are the same object. */
export type Cells = readonly Cell[];

/** A space of networks. `network` replaces fields of SNASNet's macro network for CIFAR-10. */
export function networkSpace(
  space: Space,
  {
    cellCount = 2,
    wiring = "shared",
    network = {},
  }: {cellCount?: number; wiring?: "shared" | "perCell"; network?: Partial<Omit<Architecture, "cells">>} = {},
): NetworkSpace {
  inRange("cells", cellCount);
  check("wiring", wiring, wiring === "shared" || wiring === "perCell", "shared or perCell");
  const {cells: _cells, ...macro} = snasnet();
  const name = wiring === "shared" ? space.name : `${space.name} per cell`;
  return {name, space, cellCount, wiring, network: {...macro, ...network}};
}

/** The architecture of a candidate. */
export const architectureOf = ({network}: NetworkSpace, cells: Cells): Architecture => ({...network, cells});

/** How many wirings a candidate has: what is drawn, mutated and crossed. */
export const wiringCount = ({wiring, cellCount}: NetworkSpace): number => (wiring === "shared" ? 1 : cellCount);

/** A candidate of these wirings. */
export const cellsFrom = ({wiring, cellCount}: NetworkSpace, wirings: readonly Cell[]): Cells =>
  wiring === "shared" ? Array.from({length: cellCount}, () => wirings[0]!) : wirings;

/** A candidate drawn as the space draws its cells. */
export const sampleCells = (networks: NetworkSpace, random: Random): Cells =>
  cellsFrom(
    networks,
    Array.from({length: wiringCount(networks)}, () => sampleCell(networks.space, random)),
  );

/** Every candidate once; a list of cells varies its first cell fastest. */
export function* candidatesOf(networks: NetworkSpace): Generator<Cells> {
  if (wiringCount(networks) === 1) {
    for (const cell of cellsOf(networks.space)) yield cellsFrom(networks, [cell]);
    return;
  }
  const cells = [...cellsOf(networks.space)];
  const count = cells.length ** wiringCount(networks);
  for (let n = 0; n < count; ++n)
    yield cellsFrom(
      networks,
      Array.from({length: wiringCount(networks)}, (_, i) => cells[Math.floor(n / cells.length ** i) % cells.length]!),
    );
}

/** The genes of all wirings of a candidate, one after the other. */
export const genesOfCells = (networks: NetworkSpace, cells: Cells): number[] =>
  cells.slice(0, wiringCount(networks)).flatMap((cell) => genesOf(networks.space, cell));

/** The candidate of these genes; undefined where the space's rule refuses one of its cells. */
export function cellsOfGenes(networks: NetworkSpace, genes: readonly number[]): Cells | undefined {
  const perCell = genes.length / wiringCount(networks);
  const wirings = Array.from({length: wiringCount(networks)}, (_, i) =>
    admitted(networks.space, genes.slice(i * perCell, (i + 1) * perCell)),
  );
  return wirings.every((cell) => cell !== undefined) ? cellsFrom(networks, wirings) : undefined;
}

/** Changes one gene to another value, drawn anew until the space takes the result (regularised evolution's mutation). */
export function mutateOne(networks: NetworkSpace, cells: Cells, random: Random): Cells {
  const genes = genesOfCells(networks, cells);
  const values = geneValues(networks.space);
  for (;;) {
    const place = random.integer(genes.length);
    const value = random.choice(values.filter((other) => other !== genes[place]));
    const child = cellsOfGenes(networks, genes.with(place, value));
    if (child) return child;
  }
}

/** Draws each gene anew with the given probability, until the space takes the result (AutoSNN's mutation). */
export function mutateEach(networks: NetworkSpace, cells: Cells, probability: number, random: Random): Cells {
  const values = geneValues(networks.space);
  for (;;) {
    const genes = genesOfCells(networks, cells).map((gene) =>
      random.uniform() < probability ? random.choice(values) : gene,
    );
    const child = cellsOfGenes(networks, genes);
    if (child) return child;
  }
}

/** One-point crossover: the first genes of `a`, the others of `b`; undefined where the space refuses the child. */
export function crossover(networks: NetworkSpace, a: Cells, b: Cells, random: Random): Cells | undefined {
  const [first, second] = [genesOfCells(networks, a), genesOfCells(networks, b)];
  const cut = 1 + random.integer(first.length - 1);
  return cellsOfGenes(networks, [...first.slice(0, cut), ...second.slice(cut)]);
}

/** The op with the fewest weights besides `zeroize`; of equals, the first. */
function lightest(ops: readonly Op[]): Op {
  return ops.slice(1).reduce((best, op) => (weightsOfOp(op) < weightsOfOp(best) ? op : best));
}

/** The smallest network of the space by every measure: the lightest op from input to output and nothing else. */
export function smallestCells(networks: NetworkSpace): Cells {
  const {nodes, ops} = networks.space;
  const op = lightest(ops);
  const cell: Cell = Array.from({length: nodes}, (_, from) =>
    Array.from({length: nodes}, (_, to): Op => (from === 0 && to === nodes - 1 ? op : "zeroize")),
  );
  return cellsFrom(
    networks,
    Array.from({length: wiringCount(networks)}, () => cell),
  );
}

/** A candidate as one line: its wirings, once where they are shared. */
export const formatCells = (cells: Cells): string => [...new Set(cells.map(formatCell))].join(" | ");
