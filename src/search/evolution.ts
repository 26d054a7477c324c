// Regularised evolution (Real et al., AAAI 2019; arXiv 1802.01548): the youngest survive.
//
//   population = P random networks
//   repeat:  sample S of them;  the fittest is the parent;  change one gene;  evaluate the child
//            add the child, remove the oldest
//
// P = 100 and S = 25 are the paper's. `batch` children at a time come from the same population, so that they can be evaluated
// in parallel; 1 is the paper's. A child over budget costs its draw and does not enter.
//
// With a free score as `guide`, the initial population is screened (zero-cost warm-up; Abdelfattah et al., ICLR 2021, arXiv
// 2101.08134): each member is the best by the guide of `screen` networks drawn.

import {type Cells, mutateOne, sampleCells} from "../architectures/networkSpace.js";
import {checkInteger} from "../check.js";
import type {Algorithm} from "./search.js";

type Individual = {readonly cells: Cells; readonly fitness: number};

/** Draws `candidates` networks, the initial population among them. */
export function regularisedEvolution({
  candidates = 1000,
  population = 100,
  sample = 25,
  batch = 8,
  guide,
  screen = 10,
}: {
  candidates?: number;
  population?: number;
  sample?: number;
  batch?: number;
  guide?: (cells: Cells) => number;
  screen?: number;
} = {}): Algorithm {
  for (const [what, value] of Object.entries({candidates, population, sample, batch, screen}))
    checkInteger(what, value);
  return {
    name: "evolution",
    source: "regularised evolution (arXiv 1802.01548)",
    repeats: 1,
    draws: candidates,
    *propose(networks, random) {
      let living: Individual[] = [];
      const parent = (): Cells =>
        Array.from({length: sample}, () => random.choice(living)).reduce((a, b) => (b.fitness > a.fitness ? b : a))
          .cells;
      const first = (): Cells => {
        if (!guide) return sampleCells(networks, random);
        const drawn = Array.from({length: screen}, () => sampleCells(networks, random));
        return drawn.reduce((a, b) => (guide(b) > guide(a) ? b : a));
      };
      for (let drawn = 0; drawn < candidates; ) {
        const count = Math.min(batch, candidates - drawn);
        const young = living.length < population;
        const proposals = Array.from({length: count}, () => ({
          cells: young ? first() : mutateOne(networks, parent(), random),
        }));
        drawn += count;
        for (const {cells, fitness} of yield proposals) if (fitness !== undefined) living.push({cells, fitness});
        living = living.slice(-population);
      }
    },
  };
}
