// Successive halving (Jamieson & Talwalkar, AISTATS 2016; arXiv 1502.07943): many networks train a little, the better ones go on.
//
//   n networks train for r epochs;   repeat:  the best of each η go on to η times as many epochs,   until some have trained to the end
//
// n, r and η are the settings; a rung is a number of epochs, r, ηr, η²r, … and the whole training. The order of networks after r epochs
// is not that after all of them: r small spends little on each and errs more.

import {type Cells, type NetworkSpace, sampleCells} from "../architectures/networkSpace.js";
import {check, checkInteger} from "../check.js";
import {inRange} from "../ranges.js";
import type {Random} from "../random.js";
import type {Algorithm, Outcome, Proposal} from "./search.js";

/** Where the networks of a search come from, one after another; it may end. */
export type Source = (networks: NetworkSpace, random: Random) => Iterable<Cells>;

/** Random networks without end. */
export function* randomCells(networks: NetworkSpace, random: Random): Generator<Cells> {
  for (;;) yield sampleCells(networks, random);
}

export type RungSettings = {
  /** Epochs after which networks are compared first, and of the whole training. */
  readonly least?: number;
  readonly most?: number;
  /** η: one of so many goes on. */
  readonly eta?: number;
};

/** Epochs of each rung, ascending: `least`, η times as many, … and `most`. */
export function rungsOf({least = 2, most = 100, eta = 4}: RungSettings = {}): number[] {
  inRange("epochs", most);
  checkInteger("least epochs", least);
  checkInteger("eta", eta);
  check("least epochs", least, least <= most, `at most ${most}, the whole training`);
  check("eta", eta, eta >= 2, "an integer >= 2");
  const rungs: number[] = [];
  for (let epochs = least; epochs < most; epochs *= eta) rungs.push(epochs);
  return [...rungs, most];
}

/** How many of n networks train on each rung: one of η of those before, at least one. */
export const rungSizes = (n: number, rungs: readonly number[], eta: number): number[] =>
  rungs.map((_, k) => Math.max(1, Math.floor(n / eta ** k)));

/** Epochs of training that n networks take in all. */
export function halvingEpochs(n: number, settings: RungSettings = {}): number {
  const rungs = rungsOf(settings);
  const sizes = rungSizes(n, rungs, settings.eta ?? 4);
  return rungs.reduce((sum, epochs, k) => sum + sizes[k]! * (epochs - (rungs[k - 1] ?? 0)), 0);
}

/** The most networks that halving can begin with for so many epochs of training; 0 where one alone takes more. */
export function halvingCandidates(epochs: number, settings: RungSettings = {}): number {
  let [least, most] = [0, epochs];
  while (least < most) {
    const n = Math.ceil((least + most) / 2);
    if (halvingEpochs(n, settings) <= epochs) least = n;
    else most = n - 1;
  }
  return least;
}

/** The `count` fittest, the fittest first; of equals, those that came first. */
const fittest = (outcomes: readonly Outcome[], count: number): Outcome[] =>
  [...outcomes].sort((a, b) => (b.fitness ?? -Infinity) - (a.fitness ?? -Infinity)).slice(0, count);

/** Halves `candidates` different networks. Those over budget and those met before do not count; 20 times as many are drawn at most. */
export function successiveHalving({
  candidates = 256,
  eta = 4,
  batch = 16,
  source = randomCells,
  ...epochs
}: RungSettings & {candidates?: number; batch?: number; source?: Source} = {}): Algorithm {
  inRange("candidates", candidates);
  checkInteger("batch", batch);
  const rungs = rungsOf({...epochs, eta});
  return {
    name: "halving",
    source: "successive halving (arXiv 1502.07943)",
    repeats: 1,
    *propose(networks, random) {
      const drawn = source(networks, random)[Symbol.iterator]();
      let living: Outcome[] = [];
      for (let tries = 0; living.length < candidates && tries < 20 * candidates; ) {
        const proposals: Proposal[] = [];
        const wanted = Math.min(batch, candidates - living.length);
        for (let next = drawn.next(); !next.done; next = drawn.next()) {
          proposals.push({cells: next.value, epochs: rungs[0]!});
          if (proposals.length === wanted) break;
        }
        if (proposals.length === 0) break;
        tries += proposals.length;
        living.push(...(yield proposals).filter(({fitness, known}) => fitness !== undefined && !known));
      }
      const sizes = rungSizes(living.length, rungs, eta);
      for (let k = 1; k < rungs.length && living.length > 0; ++k)
        living = [...(yield fittest(living, sizes[k]!).map(({cells}) => ({cells, epochs: rungs[k]!})))];
    },
  };
}
