// What does a search over wiring, kernels, bits, pruning and timesteps at once find, and what does it cost? LitE-SNN's (arXiv 2401.14652)
// on SNASNet's cells.
//
// A network that holds all choices is trained with λ1·memory + λ2·bit operations in its loss, decided, and what is left is trained anew.
// λ are fractions of the network's own cost, so that a grid means the same at any size; the paper's values are an option.

import {timestepsAgainstCost, searchedRecords, searchedRows} from "../analysis/searched.js";
import {parseBytes} from "../architectures/budget.js";
import {type Cell, parseCell} from "../architectures/cell.js";
import {EDGE_RULES, type EdgeRule, type Searchable} from "../architectures/decode.js";
import {allEdges} from "../architectures/liteCell.js";
import {LITE_PATH, type LiteNet, liteNet} from "../architectures/liteNet.js";
import type {Op} from "../architectures/ops.js";
import {choiceCell} from "../architectures/spaces.js";
import {validateArchitecture} from "../architectures/validate.js";
import {COMPCONV, type WeightPlan} from "../architectures/weightPlan.js";
import {check, checkDifferent, checkName} from "../check.js";
import {
  bitsByEpochFigure,
  bitsByPartFigure,
  compressionFrontFigure,
  timestepsByEpochFigure,
} from "../plots/searched.js";
import {comparisonFigures} from "../plots/comparison.js";
import {inRange, numberIn} from "../ranges.js";
import {type Comparison, comparisonOf} from "../records/comparison.js";
import type {Trial, TrialRecord} from "../records/trial.js";
import {COST_UNITS, LITE_RECIPE, LITE_RETRAINING, searchRecipe, STEPS} from "../training/searchRecipe.js";
import {opsOf, picked} from "./options.js";
import {
  macroOf,
  seedsOf,
  studyArchitecture,
  type StudyChanges,
  studySettings,
  type StudySettings,
  trialOf,
} from "./settings.js";
import {comparisonRows, numbersOf, type Study} from "./study.js";

type Own = {
  /** λ1, weights of memory, and λ2, of bit operations: every pair is a search. */
  readonly lambda1: readonly number[];
  readonly lambda2: readonly number[];
  readonly costUnit: keyof typeof COST_UNITS;
  /** SNASNet's macro network, or LitE-SNN's, whose edges are a convolution or skip. */
  readonly backbone: keyof typeof BACKBONES;
  /** LitE-SNN's channels of a node at level 0, and the level of each cell. */
  readonly filters: number;
  readonly path: readonly number[];
  /** What each edge of SNASNet's cells may be; none where `cell` says what it is. */
  readonly ops: readonly Op[];
  readonly nodes: number;
  /** A wiring to keep: bits, pruning and timesteps alone are searched. */
  readonly cell: Cell | null;
  /** Bits that each part chooses from. */
  readonly bitChoices: readonly number[];
  /** Fraction of the weights that pruning keeps. */
  readonly keep: number;
  readonly rule: EdgeRule;
  /** Most bytes of what is decided; null for any. */
  readonly maxBytes: number | null;
  readonly searchEpochs: number;
  /** Epochs of the search before timesteps are weighed. */
  readonly warmupEpochs: number;
  /** Whether weights and choices move one after the other, or by one gradient. */
  readonly steps: keyof typeof STEPS;
  /** Whose images the choices learn from. */
  readonly choiceImages: "same" | "other";
  /** How weights move in the search: as LitE-SNN's do, or as when they are trained. */
  readonly weightsBy: "lite" | "recipe";
};

export type CompressionSearchSettings = StudySettings & Own;

const NAME = "compression-search";
/** Bits of the stem and of the linear layers. */
const OUTER_BITS = 4;
/** How many of a cell's last nodes are its output in LitE-SNN's network that is trained. */
const LITE_OUTPUTS = 3;
const BACKBONES = {snasnet: 0, lite: 0} as const;
const IMAGES = {same: 0, other: 0} as const;
const WEIGHTS_BY = {lite: 0, recipe: 0} as const;

const ownOf = (quick: boolean, backbone: Own["backbone"] = "snasnet"): Own => ({
  backbone,
  filters: quick ? 8 : 12,
  path: quick ? [0, 1, 2] : LITE_PATH,
  lambda1: [0.1],
  lambda2: [0, 0.03, 0.1, 0.3, 1],
  costUnit: "fraction",
  ops: ["skip", "conv1", "conv3", "zeroize"],
  nodes: quick && backbone === "lite" ? 3 : 4,
  cell: null,
  bitChoices: [1, 2, 4],
  keep: COMPCONV.kept,
  rule: backbone === "lite" ? "twoOfNode" : "edge",
  maxBytes: null,
  searchEpochs: quick ? 4 : LITE_RECIPE.epochs,
  warmupEpochs: quick ? 1 : 5,
  steps: "two",
  choiceImages: "same",
  weightsBy: quick ? "recipe" : "lite",
});

/** The settings of a profile; every one can be replaced. */
export function compressionSearchSettings(changes: StudyChanges & Partial<Own> = {}): CompressionSearchSettings {
  const quick = (changes.profile ?? "quick") === "quick";
  const retraining = quick ? {} : LITE_RETRAINING;
  const settings = studySettings<Own>(NAME, ownOf(quick, changes.backbone), {
    ...changes,
    recipe: {...retraining, ...changes.recipe},
  });
  for (const [name, list] of [
    ["lambda 1", settings.lambda1],
    ["lambda 2", settings.lambda2],
    ["bits to choose from", settings.bitChoices],
  ] as const) {
    // prettier-ignore
    check(name, list, list.length > 0, "at least one number");
    checkDifferent(name, list);
  }
  checkName("decoding", settings.rule, EDGE_RULES);
  checkName("backbone", settings.backbone, BACKBONES);
  checkName("images of choices", settings.choiceImages, IMAGES);
  checkName("weights by", settings.weightsBy, WEIGHTS_BY);
  inRange("nodes", settings.nodes);
  inRange("kept", settings.keep);
  compressionSearchTrials(settings); // every architecture is validated before anything runs
  return settings;
}

/**
 * How the weights of each part are made. The stem and the linear layers have 4 bits, as in LitE-SNN, and linear weights are all kept:
 * no normalisation follows them, and with a fifth of their weights the neurons behind are silent.
 */
function planOf({bitChoices, keep}: Own): WeightPlan {
  const head = {bits: OUTER_BITS, kept: 1};
  return {...COMPCONV, bits: bitChoices, kept: keep, parts: {stem: {bits: OUTER_BITS}, fc1: head, fc2: head}};
}

/** LitE-SNN's backbone with all edges, its own neurons, and the study's samples and timesteps. */
function searchedLiteNet(settings: CompressionSearchSettings): LiteNet {
  const {input, classes, T, normalisation, encoding} = macroOf(settings);
  const {nodes, filters, path, bitChoices: bits, keep: kept} = settings;
  const outer = {stem: {bits: OUTER_BITS}, classifier: {bits: OUTER_BITS}};
  return liteNet({
    ...{input, classes, T, normalisation, filters, path, ...(encoding !== undefined && {encoding})},
    ...{edges: allEdges(nodes, "mixed"), outputs: Math.min(LITE_OUTPUTS, nodes), searchesT: true},
    weights: {...COMPCONV, bits, kept, parts: outer},
  });
}

/** The network that holds all choices. */
export function searchedArchitecture(settings: CompressionSearchSettings): Searchable {
  if (settings.backbone === "lite") return searchedLiteNet(settings);
  const cell = settings.cell ?? choiceCell(settings.nodes, settings.ops);
  const cells = Array.from({length: settings.cellCount}, () => cell);
  return validateArchitecture({...studyArchitecture(settings, cells), searchesT: true, weights: planOf(settings)});
}

const costsOf = (lambda1: number, lambda2: number): string => `λ1 ${lambda1}, λ2 ${lambda2}`;

/** One trial for each pair of λ and each seed; seeds vary slowest. */
export function compressionSearchTrials(settings: CompressionSearchSettings): Trial<Searchable>[] {
  const {lambda1, lambda2, costUnit: unit, rule, maxBytes, recipe} = settings;
  const architecture = searchedArchitecture(settings);
  const base = settings.weightsBy === "lite" ? {...recipe, ...weightsOfLite()} : recipe;
  const searchOf = (memory: number, bitSynOps: number): NonNullable<Trial["search"]> => ({
    recipe: searchRecipe(
      {...base, epochs: settings.searchEpochs},
      {
        costs: {memory, bitSynOps, unit},
        steps: settings.steps,
        images: settings.choiceImages,
        warmupEpochs: settings.warmupEpochs,
      },
    ),
    rule,
    ...(maxBytes !== null && {maxBytes}),
  });
  return seedsOf(settings).flatMap((seed) =>
    lambda1.flatMap((memory) =>
      lambda2.map((bitSynOps) => ({
        ...trialOf(settings, {
          study: NAME,
          labels: {costs: costsOf(memory, bitSynOps), lambda1: memory, lambda2: bitSynOps},
          seed,
          architecture,
        }),
        search: searchOf(memory, bitSynOps),
      })),
    ),
  );
}

/** How LitE-SNN's weights move; images and augmentation stay the study's. */
function weightsOfLite() {
  const {optimiser, learningRate, finalRate, weightDecay, clipNorm} = LITE_RECIPE;
  return {optimiser, learningRate, finalRate, weightDecay, clipNorm};
}

export const COSTS: Comparison = comparisonOf({
  label: "costs",
  against: "the weights of memory and bit operations",
  axis: "weight of memory λ1, of bit operations λ2",
  nameOf: (costs) => String(costs).replace(", ", "<br>"),
  ordered: false,
});

type Records = readonly TrialRecord[];

/** Whether timesteps follow their cost: rows for people. */
function claimRows(records: Records) {
  const found = timestepsAgainstCost(records);
  if (!found) return [];
  const {decided, expected, n} = found;
  return [
    {claim: "fewer timesteps as λ2 grows", statistic: "Spearman of λ2 and the decided T", value: decided, n},
    {claim: "fewer timesteps as λ2 grows", statistic: "Spearman of λ2 and Σ t·ψ̂", value: expected, n},
  ];
}

export const COMPRESSION_SEARCH: Study<Own> = {
  name: NAME,
  summary: "search wiring, kernels, bits, pruning and timesteps at once, under their costs",
  description:
    "Weighs all choices of a network while it learns, with memory and bit operations in the loss, decides them, and trains what is\n" +
    "left (LitE-SNN). --timesteps is the most that a network may take; every pair of --lambda1 and --lambda2 is a search.",
  options: [
    {name: "lambda1", value: "<list>", help: "weights of memory, such as 0,0.03,0.1,0.3,1", parse: numbersOf},
    {name: "lambda2", value: "<list>", help: "weights of bit operations per image", parse: numbersOf},
    {name: "costUnit", value: "<unit>", help: "what they multiply: fractions of the network's own cost at 4 bits and all timesteps, or what the paper's do", choices: Object.keys(COST_UNITS)}, // prettier-ignore
    {
      name: "backbone",
      value: "<name>",
      help: "SNASNet's cells, or LitE-SNN's network",
      choices: Object.keys(BACKBONES),
    },
    {name: "filters", value: "<n>", help: "LitE-SNN's channels of a node at level 0", parse: numberIn("channels")},
    {name: "path", value: "<list>", help: "LitE-SNN's level of each cell, such as 0,0,1,1,1,2,2,2", parse: numbersOf},
    {name: "ops", value: "<list>", help: "what an edge may be, such as zeroize,skip,conv1,conv3,conv5", parse: opsOf},
    {name: "nodes", value: "<n>", help: "nodes of a cell", parse: numberIn("nodes")},
    {name: "cell", value: "<rows>", help: 'a wiring to keep, such as "0333 0012 0003 0000": bits, pruning and timesteps are searched', parse: parseCell}, // prettier-ignore
    {name: "bitChoices", value: "<list>", help: "bits that each part chooses from, such as 1,2,4", parse: numbersOf},
    {name: "keep", value: "<k>", help: "fraction of the weights that pruning keeps", parse: numberIn("kept")},
    {name: "rule", value: "<rule>", help: "how edges are decided", choices: Object.keys(EDGE_RULES)},
    {name: "maxBytes", value: "<size>", help: "most bytes of what is decided, such as 20kB", parse: parseBytes},
    {name: "searchEpochs", value: "<n>", help: "epochs of the search", parse: numberIn("epochs")},
    {name: "warmupEpochs", value: "<n>", help: "of these, before timesteps are weighed", parse: numberIn("startEpoch")},
    {name: "steps", value: "<how>", help: "weights and choices move one after the other, or by one gradient in half the time", choices: Object.keys(STEPS)}, // prettier-ignore
    {name: "choiceImages", value: "<images>", help: "choices learn from the same images as weights, or from a half of their own", choices: Object.keys(IMAGES)}, // prettier-ignore
    {name: "weightsBy", value: "<how>", help: "weights move in the search as LitE-SNN's do, or as in training", choices: Object.keys(WEIGHTS_BY)}, // prettier-ignore
  ],
  settings: compressionSearchSettings,
  own: (given) => picked(given, Object.keys(ownOf(true))),
  trials: compressionSearchTrials,
  groups: ["lambda1", "lambda2"],
  comparison: COSTS,
  tables: (records) => ({
    summary: comparisonRows(COSTS, records),
    searched: searchedRows(records),
    ...(claimRows(records).length > 0 && {claims: claimRows(records)}),
  }),
  figures: (records) => ({
    ...comparisonFigures(COSTS, records, ["accuracy", "weightBytes", "bitSynOps"]),
    front: compressionFrontFigure(records, COSTS.label),
    ...(searchedRecords(records).length > 0 && {
      timesteps: timestepsByEpochFigure(records, COSTS.label),
      bits: bitsByEpochFigure(records, COSTS.label),
      bitsByPart: bitsByPartFigure(records, COSTS.label),
    }),
  }),
};
