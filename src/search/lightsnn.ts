// LightSNN's pruning search (arXiv 2503.21846): start with every op on every edge, take one away at a time.
//
//   until each edge has one op:  for each edge with several:  for each of its ops o:
//                                   s(o) = score of what is left without o
//                                remove the op whose absence leaves the highest score
//
// The paper scores the supernet, in which the ops of an edge are summed. Our networks carry one op an edge, so s(o) is
// the mean score of `paths` networks drawn from what is left: a reconstruction. With its ops {none, skip, 3×3} and feedback,
// a cell of four nodes needs a few hundred scores in place of SNASNet's 5,000.

import {
  cellsOfGenes,
  type Cells,
  genesOfCells,
  type NetworkSpace,
  smallestCells,
} from "../architectures/networkSpace.js";
import {geneValues} from "../architectures/spaces.js";
import {checkInteger} from "../check.js";
import type {Random} from "../random.js";
import type {Algorithm, Outcome} from "./search.js";

/** Tries before a choice of ops counts as holding no network of the space. */
const TRIES = 200;

/** A network with one of the remaining values for each gene; undefined where none was found. */
function drawFrom(networks: NetworkSpace, left: readonly (readonly number[])[], random: Random): Cells | undefined {
  for (let i = 0; i < TRIES; ++i) {
    const cells = cellsOfGenes(networks, left.map((values) => random.choice(values))); // prettier-ignore
    if (cells) return cells;
  }
  return undefined;
}

/** Mean fitness of those within budget; −Infinity where there is none. */
function meanFitness(outcomes: readonly Outcome[]): number {
  const values = outcomes.flatMap(({fitness}) => (fitness === undefined ? [] : [fitness]));
  return values.length === 0 ? -Infinity : values.reduce((a, b) => a + b, 0) / values.length;
}

/** `paths` networks stand for each supernet. */
export function lightsnn({paths = 4}: {paths?: number} = {}): Algorithm {
  checkInteger("paths", paths);
  return {
    name: "lightsnn",
    source: "LightSNN (arXiv 2503.21846), reconstruction: pruning with sampled paths in place of the supernet",
    repeats: 1,
    *propose(networks, random) {
      const edges = genesOfCells(networks, smallestCells(networks)).length;
      const left = Array.from({length: edges}, () => geneValues(networks.space));
      while (left.some((values) => values.length > 1))
        for (let edge = 0; edge < edges; ++edge) {
          const values = left[edge]!;
          if (values.length < 2) continue;
          const groups = values.map((removed) => {
            const without = left.with(edge, values.filter((value) => value !== removed)); // prettier-ignore
            const drawn = Array.from({length: paths}, () => drawFrom(networks, without, random));
            return {removed, drawn: drawn.filter((cells) => cells !== undefined)};
          });
          const outcomes = yield groups.flatMap(({drawn}) =>
            drawn.map((cells) => ({cells, label: `edge ${edge + 1}`})),
          );
          let start = 0;
          const scored = groups.map(({removed, drawn}) => ({
            removed,
            possible: drawn.length > 0,
            score: meanFitness(outcomes.slice(start, (start += drawn.length))),
          }));
          // An op without which no network is left stays.
          const {removed} = scored.filter(({possible}) => possible).reduce((a, b) => (b.score > a.score ? b : a));
          left[edge] = values.filter((value) => value !== removed);
        }
      const cells = drawFrom(networks, left, random);
      if (cells) yield [{cells, label: "result"}];
    },
  };
}
