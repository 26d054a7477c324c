// AutoSNN's evolution with a fitness that counts spikes (Na et al., ICML 2022; arXiv 2201.12738).
//
//   fitness = accuracy · (spikes / N₀)^λ          λ = −0.08, N₀ = 110,000 spikes an image
//
//   pool = 20 random networks
//   20 times:  parents = the 10 fittest so far;  10 children by mutation (each gene anew with probability 0.2),
//              10 by one-point crossover of two parents;  evaluate
//
// Algorithm and numbers are the paper's. Its space (five blocks of five kinds) is not: genes here are the edges of the cells
// of the space that is given, and accuracy is whatever the caller measures (the paper's comes from a trained supernet).

import {type Cells, crossover, mutateEach, sampleCells} from "../architectures/networkSpace.js";
import {checkAbove, checkInteger, checkRange} from "../check.js";
import type {Algorithm} from "./search.js";

/** Accuracy (a fraction) weighed by spikes per image: networks that fire more than N₀ lose, quieter ones gain. */
export function spikeAwareFitness(
  accuracy: number,
  spikes: number,
  {lambda = -0.08, reference = 110_000}: {lambda?: number; reference?: number} = {},
): number {
  checkRange("accuracy", accuracy, 0, 1);
  checkAbove("reference", reference, 0, "spikes an image");
  return accuracy * (spikes / reference) ** lambda;
}

type Individual = {readonly cells: Cells; readonly fitness: number};

/** Tries of a crossover before a mutation stands in for it. */
const TRIES = 50;

/** The evolution alone: the fitness is the caller's, `spikeAwareFitness` in the paper. */
export function autosnn({
  iterations = 20,
  pool = 20,
  mutations = 10,
  crossovers = 10,
  parents = 10,
  probability = 0.2,
}: {
  iterations?: number;
  pool?: number;
  mutations?: number;
  crossovers?: number;
  parents?: number;
  probability?: number;
} = {}): Algorithm {
  for (const [what, value] of Object.entries({iterations, pool, parents})) checkInteger(what, value);
  for (const [what, value] of Object.entries({mutations, crossovers})) checkInteger(what, value, 0);
  checkRange("probability", probability, 0, 1);
  return {
    name: "autosnn",
    source: "AutoSNN's evolution (arXiv 2201.12738), on the given space",
    repeats: 1,
    draws: pool + iterations * (mutations + crossovers),
    *propose(networks, random) {
      let top: Individual[] = [];
      const learn = (cells: Cells, fitness: number | undefined): void => {
        if (fitness !== undefined) top.push({cells, fitness});
      };
      const one = (): Cells => (top.length > 0 ? random.choice(top).cells : sampleCells(networks, random));
      const mutant = (): Cells => mutateEach(networks, one(), probability, random);
      const child = (): Cells => {
        for (let i = 0; i < TRIES; ++i) {
          const cells = crossover(networks, one(), one(), random);
          if (cells) return cells;
        }
        return mutant();
      };
      for (let round = 0; round <= iterations; ++round) {
        const drawn =
          round === 0
            ? Array.from({length: pool}, () => sampleCells(networks, random))
            : [...Array.from({length: mutations}, mutant), ...Array.from({length: crossovers}, child)];
        for (const {cells, fitness} of yield drawn.map((cells) => ({cells}))) learn(cells, fitness);
        top = distinct(top)
          .sort((a, b) => b.fitness - a.fitness)
          .slice(0, parents);
      }
    },
  };
}

/** Each network once: the fittest must be different ones, or the pool dies of copies. */
const distinct = (list: readonly Individual[]): Individual[] => [
  ...new Map(list.map((one) => [one.cells.map((cell) => cell.flat().join()).join("|"), one])).values(),
];
