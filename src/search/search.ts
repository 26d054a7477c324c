// Ask and tell: the one loop around every search algorithm, and the one place that keeps its books.
//
//   for (let batch = search.ask(); batch.length > 0; batch = search.ask()) search.tell(values of the batch, in its order)
//
// An algorithm is a generator: it yields proposals in batches of its own size and is sent their outcomes in order. Between
// the two, this loop refuses what is over budget before anybody builds it, recognises networks that were proposed before
// (isomorphic wirings are one network) and asks for the value of the others. The history therefore depends on the key and the
// values alone, not on how many processes find the values. To resume a killed search, ask again and tell from the journal.
//
// A proposal may say after how many epochs of training its network is to be valued. Proposed again with more of them, the network goes
// on where it stopped: what it costs are the epochs between.

import type {Architecture} from "../architectures/architecture.js";
import {type Budget, checkFeasible, fitsBudget} from "../architectures/budget.js";
import {canonicalArchitecture} from "../architectures/canonical.js";
import {macsOf, paramsOf, worstCaseAcs} from "../architectures/cost.js";
import {architectureOf, type Cells, type NetworkSpace} from "../architectures/networkSpace.js";
import {check} from "../check.js";
import {type Random, random, type RandomKey} from "../random.js";

export type Proposal = {
  readonly cells: Cells;
  /** What the algorithm calls this part of its search, such as a kernel set. */
  readonly label?: string;
  /** Epochs of training after which it is valued, counted from its first; absent where the evaluator decides. */
  readonly epochs?: number;
};

export type Outcome = Proposal & {
  /** Higher is better; −Infinity where no number came back. undefined: over budget, and never evaluated. */
  readonly fitness: number | undefined;
  /** The same network was valued before after as many epochs, or was proposed twice in its batch. */
  readonly known?: boolean;
};

export type Proposals = Generator<readonly Proposal[], void, readonly Outcome[]>;

export type Algorithm = {
  readonly name: string;
  /** The paper, and whether this is its algorithm or a reconstruction from what is public. */
  readonly source: string;
  /** Evaluations of a candidate whose mean is its fitness. */
  readonly repeats: number;
  /** Proposals it will make, where that is known beforehand. */
  readonly draws?: number;
  readonly propose: (networks: NetworkSpace, random: Random) => Proposals;
};

export type Candidate = Proposal & {
  /** Equal for networks that are the same. */
  readonly id: string;
  readonly architecture: Architecture;
};

/** An evaluated candidate, in the order of evaluation. */
export type Entry = Candidate & {
  readonly fitness: number;
  /** Proposals drawn up to and with this one. */
  readonly drawn: number;
};

/** What became of a proposal; parameters of the network proposed. */
export type Draw = {readonly fate: "scored" | "duplicate" | "refused"; readonly params: number};

export type Counts = {
  /** Proposals; each was refused, a duplicate, or evaluated. */
  readonly drawn: number;
  readonly refused: number;
  readonly duplicates: number;
  readonly evaluated: number;
  /** Of the evaluated: those for which no finite number came back. */
  readonly unusable: number;
  /** Operations of one forward pass, worst case, summed over what was drawn and what was evaluated: what scoring costs. */
  readonly workDrawn: number;
  readonly workEvaluated: number;
  /** Epochs of training; absent where no proposal said any. */
  readonly epochs?: number;
};

export type SearchOptions = {
  readonly algorithm: Algorithm;
  readonly networks: NetworkSpace;
  readonly key: RandomKey;
  readonly budget?: Budget;
  /** Ends the search early. */
  readonly maxEvaluations?: number;
  readonly maxDrawn?: number;
  /** What makes two candidates the same; their canonical cells unless given. */
  readonly identify?: (architecture: Architecture) => string;
  /** What evaluating one costs; operations of a forward pass unless given. */
  readonly work?: (architecture: Architecture) => number;
};

export type Search = {
  /** The next candidates to value; empty when the search is over. */
  ask(): readonly Candidate[];
  /** What there is to value in one batch of proposals, perhaps nothing; undefined when the search is over. */
  askOnce(): readonly Candidate[] | undefined;
  /** Their fitness in the order of the batch; NaN or undefined where there is none (silent, diverged). */
  tell(fitness: readonly (number | undefined)[]): void;
  counts(): Counts;
  /** What was evaluated, in order. */
  history(): readonly Entry[];
  /** Every proposal, in order. */
  draws(): readonly Draw[];
  /** The fittest so far of those valued after most epochs; of equals, the first. undefined where nothing was evaluated with a finite fitness. */
  best(): Entry | undefined;
};

const canonicalId = (a: Architecture): string =>
  canonicalArchitecture(a)
    .cells.map((cell) => cell.flat().join(" "))
    .join(" | ");

/** Multiply-accumulates and worst-case additions of one image: what scoring an untrained network costs. */
export const workOf = (a: Architecture): number => macsOf(a) + worstCaseAcs(a);

/** Names the value of a network after so many epochs. */
const valueId = (id: string, epochs: number | undefined): string =>
  epochs === undefined ? id : `${id} after ${epochs}`;

/** Values after different numbers of epochs are not compared: the longer training decides. */
const isBetter = (a: Entry, b: Entry): boolean => {
  const [more, less] = [a.epochs ?? 0, b.epochs ?? 0];
  return more === less ? a.fitness > b.fitness : more > less;
};

/** Starts a search; throws where the budget admits no network of the space. */
export function createSearch({
  algorithm,
  networks,
  key,
  budget = {},
  maxEvaluations = Infinity,
  maxDrawn = Infinity,
  identify = canonicalId,
  work = workOf,
}: SearchOptions): Search {
  checkFeasible(networks, budget);
  const limited = Object.keys(budget).some((limit) => limit !== "bits");
  const proposals = algorithm.propose(networks, random(key.split("search", algorithm.name)));
  const fitnessOf = new Map<string, number>();
  const history: Entry[] = [];
  const counts = {drawn: 0, refused: 0, duplicates: 0, evaluated: 0, unusable: 0, workDrawn: 0, workEvaluated: 0};
  const trained = new Map<string, number>(); // epochs, by network
  let epochsSpent = 0;
  const draws: {readonly fate: Draw["fate"]; readonly architecture: Architecture}[] = [];
  let best: Entry | undefined;
  let over = false;
  let batch: readonly Proposal[] = [];
  let ids: (string | undefined)[] = []; // of the batch and its epochs; undefined: refused
  let known: boolean[] = []; // of the batch
  let asked: (Candidate & {readonly drawn: number; readonly work: number})[] = [];

  /** Decides on each proposal of the batch: refuse, recognise, or ask. */
  function sift(): void {
    ids = [];
    known = [];
    asked = [];
    const pending = new Set<string>();
    for (const proposal of batch) {
      if (history.length + asked.length >= maxEvaluations || counts.drawn >= maxDrawn) {
        over = true;
        return;
      }
      ++counts.drawn;
      const architecture = architectureOf(networks, proposal.cells);
      const cost = work(architecture);
      counts.workDrawn += cost;
      const fits = !limited || fitsBudget(architecture, budget);
      const id = fits ? identify(architecture) : undefined;
      const value = id === undefined ? undefined : valueId(id, proposal.epochs);
      const again = value !== undefined && (fitnessOf.has(value) || pending.has(value));
      ids.push(value);
      known.push(again);
      draws.push({fate: id === undefined ? "refused" : again ? "duplicate" : "scored", architecture});
      if (id === undefined) ++counts.refused;
      else if (again) ++counts.duplicates;
      else {
        pending.add(value!);
        asked.push({...proposal, id, architecture, drawn: counts.drawn, work: cost});
      }
    }
  }

  const outcomes = (): Outcome[] =>
    batch.map((proposal, i) => ({
      ...proposal,
      fitness: ids[i] === undefined ? undefined : fitnessOf.get(ids[i]),
      known: known[i] ?? false,
    }));

  function askOnce(): readonly Candidate[] | undefined {
    if (asked.length === 0) {
      if (over) return undefined;
      const {value, done} = proposals.next(outcomes());
      if (done) return undefined;
      batch = value;
      sift();
    }
    return asked.map(({drawn: _drawn, work: _work, ...candidate}) => candidate);
  }

  return {
    ask() {
      for (let found = askOnce(); found; found = askOnce()) if (found.length > 0) return found;
      return [];
    },
    askOnce,
    tell(fitness) {
      check("told values", fitness.length, fitness.length === asked.length, `${asked.length}, one for each asked`);
      asked.forEach(({work: cost, ...candidate}, i) => {
        const value = fitness[i];
        const usable = value !== undefined && Number.isFinite(value);
        const entry: Entry = {...candidate, fitness: usable ? value : -Infinity};
        fitnessOf.set(valueId(entry.id, entry.epochs), entry.fitness);
        const before = trained.get(entry.id) ?? 0;
        if (entry.epochs !== undefined && entry.epochs > before) {
          epochsSpent += entry.epochs - before;
          trained.set(entry.id, entry.epochs);
        }
        history.push(entry);
        ++counts.evaluated;
        counts.workEvaluated += cost;
        if (!usable) ++counts.unusable;
        else if (!best || isBetter(entry, best)) best = entry;
      });
      asked = [];
    },
    counts: () => ({...counts, ...(epochsSpent > 0 && {epochs: epochsSpent})}),
    history: () => history,
    draws: () => draws.map(({fate, architecture}) => ({fate, params: paramsOf(architecture)})),
    best: () => best,
  };
}

/** Runs a search to its end with a fitness that is at hand. */
export function runSearch(search: Search, fitness: (candidate: Candidate) => number | undefined): Search {
  for (let batch = search.ask(); batch.length > 0; batch = search.ask()) search.tell(batch.map(fitness));
  return search;
}

/** `count` things in batches of `size`. */
export function* batches<T>(count: number, size: number, make: () => T): Generator<T[]> {
  for (let done = 0; done < count; done += size) yield Array.from({length: Math.min(size, count - done)}, make);
}
