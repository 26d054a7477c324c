// Trains what searches chose. A search ends with an untrained network: whether it chose well, only training says.
//
//   searched : the winner of each search; for a search without a budget also what it would have chosen under one
//   drawn    : for each search seed, a network drawn blindly from the same space under the same budget: what a score must beat
//
// Groups are compared seed by seed: a trial's seed names images, augmentation and weights, and the choices of searches of one
// seed are trained with the same seeds.

import type {Architecture} from "../architectures/architecture.js";
import {resolve} from "node:path";
import {type Budget, fitsBudget, validateBudget} from "../architectures/budget.js";
import type {Cell} from "../architectures/cell.js";
import {type NetworkSpace, sampleCells} from "../architectures/networkSpace.js";
import {check, InputError} from "../check.js";
import {random, randomKey} from "../random.js";
import {type Comparison, comparisonOf} from "../records/comparison.js";
import type {Trial} from "../records/trial.js";
import {budgetOf, budgetOptions} from "./options.js";
import {type FinishedSearch, readSearch, winnerUnder} from "./searchFolder.js";
import {seedsOf, studyArchitecture, type StudyChanges, studySettings, type StudySettings, trialOf} from "./settings.js";
import {type Given, shownAs, type Study} from "./study.js";

/** A network to train, and what chose it. */
export type Chosen = {readonly chosenBy: string; readonly searchSeed: number; readonly cells: readonly Cell[]};

type Own = {readonly chosen: readonly Chosen[]};
export type FinalTrainingSettings = StudySettings & Own;

/** The name that a drawn network has in place of a search's. */
export const BLIND = "a blind draw";

const PATIENCE = 100_000;

const BY = " by ";
const AND = ", ";
const UNLIMITED = `${AND}no budget`;

/** "spikenas by sahd", and ", no budget" where there was none. */
const nameOf = ({result}: FinishedSearch, limited: boolean): string =>
  `${result.algorithm}${BY}${result.score}${limited ? "" : UNLIMITED}`;

/** The same in lines: the names are long for an axis. */
const inLines = (name: string): string => name.replace(BY, `<br>${BY.trimStart()}`).replace(AND, "<br>"); // prettier-ignore

/** What the searches chose under `budget`, and the first network of `blindFrom` that fits it, for each search seed. */
export function chosenBy(
  searches: readonly FinishedSearch[],
  {budget = {}, blindFrom}: {budget?: Budget; blindFrom?: NetworkSpace} = {},
): Chosen[] {
  validateBudget(budget);
  check("searches", searches.length, searches.length > 0, "at least one finished search");
  const found = searches.flatMap((search): Chosen[] => {
    const searchSeed = search.result.seed;
    const best = search.result.best.architecture;
    const within = winnerUnder(search, budget);
    if (!within) throw new InputError(`no candidate of ${search.folder} fits the budget; a larger one would do`);
    const own = {chosenBy: nameOf(search, true), searchSeed, cells: within.architecture.cells};
    return within.architecture === best
      ? [own]
      : [own, {chosenBy: nameOf(search, false), searchSeed, cells: best.cells}];
  });
  const seeds = [...new Set(found.map(({searchSeed}) => searchSeed))];
  return [...found, ...(blindFrom ? seeds.map((seed) => blindDraw(blindFrom, budget, seed)) : [])];
}

function blindDraw(networks: NetworkSpace, budget: Budget, searchSeed: number): Chosen {
  const stream = random(randomKey(searchSeed, "blind-draw"));
  for (let draw = 0; draw < PATIENCE; ++draw) {
    const cells = sampleCells(networks, stream);
    if (fitsBudget({...networks.network, cells}, budget)) return {chosenBy: BLIND, searchSeed, cells};
  }
  throw new InputError(`no network of ${networks.name} under the budget in ${PATIENCE} draws; a larger one would do`);
}

/** The settings of a profile; `chosen` says what is trained. */
export function finalTrainingSettings(changes: StudyChanges & Partial<Own> = {}): FinalTrainingSettings {
  const settings = studySettings<Own>("final", {chosen: []}, changes);
  check("chosen networks", settings.chosen.length, settings.chosen.length > 0, "at least one");
  finalTrainingTrials(settings); // every architecture is validated before anything runs
  return settings;
}

/**
 * Labels {chosenBy, searchSeed}. With S seeds a choice, the r-th training of what a search of seed s chose has the seed
 * (s − 1)·S + first seed + r: equal for all choices of one search seed, different for different ones.
 */
export function finalTrainingTrials(settings: FinalTrainingSettings): Trial<Architecture>[] {
  const rounds = seedsOf(settings);
  return rounds.flatMap((first) =>
    settings.chosen.map(({chosenBy: by, searchSeed, cells}) =>
      trialOf(settings, {
        study: "final",
        labels: {chosenBy: by, searchSeed},
        seed: (searchSeed - 1) * rounds.length + first,
        architecture: studyArchitecture(settings, cells),
      }),
    ),
  );
}

/** What searches chose, against what was drawn blindly (SNASNet's choice where nothing was). */
export const CHOSEN_BY: Comparison = comparisonOf({
  label: "chosenBy",
  against: "what chose the network",
  axis: "chosen by",
  nameOf: (name) => inLines(String(name)),
  reference: [BLIND, `snasnet${BY}sahd`],
  ordered: false,
  member: "network",
});

const searchesOf = ({from}: Given): FinishedSearch[] =>
  Array.isArray(from) ? from.map((folder) => readSearch(resolve(String(folder)))) : [];

export const FINAL_TRAINING: Study<Own> = {
  name: "final",
  summary: "train what searches chose, beside a network drawn blindly",
  description:
    "Trains the winners of finished searches (folders of `study search`), on the network that they searched, with the same\n" +
    "seeds. Under a budget, a search that had none also gives its best candidate that fits.",
  options: [
    {name: "from", value: "<dirs...>", help: "--out folders of finished searches", required: true},
    ...budgetOptions("only winners that fit; a search without a budget then gives its best candidate that does"),
    {
      name: "blind",
      value: "",
      help: "do not train a network drawn blindly under the budget for each search seed",
      on: true,
    },
  ],
  settings: finalTrainingSettings,
  own: (given) => {
    const searches = searchesOf(given);
    const blind = given.blind === false ? {} : {blindFrom: searches[0]!.settings.networks};
    return {chosen: chosenBy(searches, {budget: budgetOf(given), ...blind})};
  },
  defaults: (given) => {
    const {networks, scoring} = searchesOf(given)[0]!.settings;
    const {input: _input, classes: _classes, ...network} = networks.network;
    return {data: scoring.data.name, network, cellCount: networks.cellCount, recipe: {headInit: scoring.head}};
  },
  trials: finalTrainingTrials,
  ...shownAs(CHOSEN_BY),
};
