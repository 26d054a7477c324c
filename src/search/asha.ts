// ASHA, asynchronous successive halving (Li et al., MLSys 2020; arXiv 1810.05934): nobody waits for a rung to be full.
//
//   a free worker asks:  for rungs k from the last but one down to the first
//                          is one of the best ⌊|rung k|/η⌋ of rung k not promoted yet?   it goes on to rung k + 1
//                        else a new network begins at the first rung
//
// The search has no end of its own, and its answer is good at any time: the fittest of the last rung. `batch` workers ask at once, so that
// the history depends on it and not on how many processes there are.

import type {Cells} from "../architectures/networkSpace.js";
import {checkInteger} from "../check.js";
import {inRange} from "../ranges.js";
import {randomCells, type RungSettings, rungsOf, type Source} from "./halving.js";
import type {Algorithm, Proposal} from "./search.js";

/** A network on a rung. */
type Place = {readonly cells: Cells; readonly fitness: number; promoted: boolean};

/** The networks of a rung, the fittest first; of equals, those that came first. */
function insert(rung: Place[], place: Place): void {
  let [from, to] = [0, rung.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (rung[middle]!.fitness >= place.fitness) from = middle + 1;
    else to = middle;
  }
  rung.splice(from, 0, place);
}

/** Proposes `candidates` new networks at most, and their promotions. */
export function asha({
  candidates = 1000,
  eta = 4,
  batch = 1,
  source = randomCells,
  ...epochs
}: RungSettings & {candidates?: number; batch?: number; source?: Source} = {}): Algorithm {
  inRange("candidates", candidates);
  checkInteger("batch", batch);
  const rungs = rungsOf({...epochs, eta});
  return {
    name: "asha",
    source: "ASHA (arXiv 1810.05934)",
    repeats: 1,
    *propose(networks, random) {
      const drawn = source(networks, random)[Symbol.iterator]();
      const places = rungs.map((): Place[] => []);
      let left = candidates;
      const promotion = (): Proposal | undefined => {
        for (let k = rungs.length - 2; k >= 0; --k) {
          const rung = places[k]!;
          const next = rung.slice(0, Math.floor(rung.length / eta)).find(({promoted}) => !promoted);
          if (!next) continue;
          next.promoted = true;
          return {cells: next.cells, epochs: rungs[k + 1]!};
        }
        return undefined;
      };
      const beginning = (): Proposal | undefined => {
        const next = left > 0 ? drawn.next() : {done: true as const, value: undefined};
        if (next.done) return undefined;
        --left;
        return {cells: next.value, epochs: rungs[0]!};
      };
      for (;;) {
        const jobs = Array.from({length: batch}, () => promotion() ?? beginning()).filter((job) => job !== undefined);
        if (jobs.length === 0) return;
        for (const {cells, epochs: trained, fitness, known} of yield jobs)
          if (fitness !== undefined && !known)
            insert(places[rungs.indexOf(trained!)]!, {cells, fitness, promoted: false});
      }
    },
  };
}
