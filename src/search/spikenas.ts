// SpikeNAS's fast memory-aware search, cell by cell (arXiv 2402.11322): a reconstruction.
//
//   best[c] = the smallest wiring, for every cell c
//   for each cell c:  R times:  draw a wiring for c, the other cells as they are;
//                               over budget → refuse it before it is scored;  else score it
//                     best[c] = the wiring with the highest score
//
// The paper's abstract says: operations chosen by their impact, and a fast search that respects a memory budget. Its pseudo-code,
// its budgets and R are not public: going cell by cell and R = 500 for two cells are ours, and the operations are those of the
// space it is given. The first cell is searched while the others are the smallest, so it may spend the budget before they are.
// The budget is the search loop's (search.ts): this file proposes, and learns of a refusal by a fitness that is undefined.

import {smallestCells} from "../architectures/networkSpace.js";
import {sampleCell} from "../architectures/spaces.js";
import {check, checkInteger} from "../check.js";
import {inRange} from "../ranges.js";
import {type Algorithm, batches} from "./search.js";

/** Draws `candidates` wirings in all, as many for each cell. The space must have a wiring for each cell. */
export function spikenas({candidates = 1000, batch = 32}: {candidates?: number; batch?: number} = {}): Algorithm {
  inRange("candidates", candidates);
  checkInteger("batch", batch);
  return {
    name: "spikenas",
    source: "SpikeNAS (arXiv 2402.11322), reconstruction: memory-aware search, cell by cell",
    repeats: 1,
    draws: candidates,
    *propose(networks, random) {
      check("wiring", networks.wiring, networks.wiring === "perCell", "perCell: SpikeNAS searches cell by cell");
      const best = [...smallestCells(networks)];
      const iterations = Math.ceil(candidates / best.length);
      for (let c = 0; c < best.length; ++c) {
        const others = [...best];
        let highest = -Infinity;
        const draw = () => ({cells: others.with(c, sampleCell(networks.space, random)), label: `cell ${c + 1}`});
        for (const proposals of batches(iterations, batch, draw))
          for (const {cells, fitness} of yield proposals)
            if (fitness !== undefined && fitness > highest) {
              highest = fitness;
              best[c] = cells[c]!;
            }
      }
    },
  };
}
