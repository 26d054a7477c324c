// The settings of a search, from what a user says: a profile's data and network, an algorithm, a space, a budget.

import {type Budget, validateBudget} from "../architectures/budget.js";
import type {KernelSize, Op} from "../architectures/ops.js";
import {architectureOf, networkSpace, smallestCells} from "../architectures/networkSpace.js";
import {SNASNET_FEEDBACK, SNASNET_FORWARD, type Space} from "../architectures/spaces.js";
import {withKernels, withOps} from "../architectures/subspaces.js";
import {check, checkName} from "../check.js";
import {inRange} from "../ranges.js";
import {sampleSize} from "../datasets/dataset.js";
import {datasetEntry} from "../datasets/index.js";
import {SCORES, type ScoreName} from "../scoring/registry.js";
import {type AlgorithmName, ALGORITHMS, searchAlgorithm} from "../search/algorithms.js";
import type {SearchSettings} from "./architectureSearch.js";
import {checkScoringMemory} from "./trialMemory.js";
import {macroOf, type StudyChanges, studySettings} from "./settings.js";

export type SearchChanges = StudyChanges & {
  readonly algorithm?: AlgorithmName;
  readonly score?: ScoreName;
  /** Networks to draw; the algorithm's own number unless given. */
  readonly candidates?: number;
  readonly budget?: Budget;
  /** Names the draws, the weights and the batches. */
  readonly seed?: number;
  /** Training images of a batch. */
  readonly batch?: number;
  /** Measurements of a candidate; the algorithm's unless given. */
  readonly repeats?: number;
  /** Edges may run backwards in time. */
  readonly feedback?: boolean;
  readonly ops?: readonly Op[];
  readonly kernels?: readonly KernelSize[];
  readonly wiring?: "shared" | "perCell";
};

/** Algorithms that search cell by cell: their networks have a wiring for each cell. */
const PER_CELL: readonly string[] = ["spikenas", "lightsnn"];

/** Images of which batches are drawn. */
const DRAWN_FROM = 1000;

function spaceOf({feedback = false, ops, kernels}: SearchChanges): Space {
  const base = feedback ? SNASNET_FEEDBACK : SNASNET_FORWARD;
  const chosen = ops ? withOps(base, ops) : base;
  return kernels ? withKernels(chosen, kernels) : chosen;
}

/** SpikeNAS's search by SAHD under no budget, in the quick profile, unless changed. */
export function searchSettings(changes: SearchChanges = {}): SearchSettings {
  const {
    algorithm = "spikenas",
    score = "sahd",
    candidates,
    budget = {},
    seed = 1,
    batch = 64,
    repeats,
    ...rest
  } = changes;
  const {feedback: _feedback, ops: _ops, kernels: _kernels, wiring, ...study} = rest;
  const {cellCount, data, recipe, backend, ...settings} = studySettings("search", {}, study);
  const name = checkName("algorithm", algorithm, ALGORITHMS);
  const held = datasetEntry(data.name).counts?.train ?? Infinity;
  check("batch", inRange("batch", batch), batch <= held, `at most ${held}, the training samples of ${data.name}`);
  const networks = networkSpace(spaceOf(changes), {
    cellCount,
    wiring: wiring ?? (PER_CELL.includes(name) ? "perCell" : "shared"),
    network: macroOf({...settings, cellCount, data, recipe, backend}),
  });
  const measured = inRange("repeats", repeats ?? searchAlgorithm(name).repeats);
  checkScoringMemory(architectureOf(networks, smallestCells(networks)), {
    ...{batch, repeats: measured, backend},
    sampleSize: sampleSize(datasetEntry(data.name).sampleShape),
  });
  return {
    algorithm: name,
    ...(candidates !== undefined && {candidates: inRange("candidates", candidates)}),
    networks,
    budget: validateBudget(budget),
    seed: inRange("seed", seed),
    scoring: {
      score: checkName("score", score, SCORES),
      repeats: measured,
      data: {name: data.name, trainCount: Math.min(held, Math.max(DRAWN_FROM, batch)), seed: data.seed, batch},
      head: recipe.headInit,
      seed,
      backend,
    },
  };
}
