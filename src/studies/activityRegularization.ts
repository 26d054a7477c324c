// Which regulariser of activations pays in which currency? Multiply-accumulates of a DNN whose zeros are skipped, and synaptic
// operations of the spiking network converted from it (activity regularisation, arXiv 2204.01460).
//
// Each regulariser and λ trains a DNN, which is converted and run until it is within one point of the DNN; the same terms on the
// firing rates of directly trained spiking networks are the line to beat. The paper's regularisers, networks and settings are not
// known: regularisers of standard forms, network, λ and budget are ours.

import {agreementOf, activityPoints, savingsAtEqualAccuracy} from "../analysis/activitySavings.js";
import {type ConvNet, type ConvNetLayer, convNet} from "../architectures/convNet.js";
import {LAYER_LIST_HELP, parseLayers} from "../architectures/layerList.js";
import {check, checkDifferent, checkName} from "../check.js";
import {PERCENTILE} from "../conversion/scales.js";
import {SNASNET_NEURON} from "../graphs/neuron.js";
import {accuracyOverTimeFigure, accuracySparsityFigure, activityEnergyFigure, layerActivityFigure, macsSynOpsFigure} from "../plots/activityRegularization.js"; // prettier-ignore
import type {Figure} from "../plots/figure.js";
import {numberIn} from "../ranges.js";
import {randomKey} from "../random.js";
import {type Comparison, comparisonOf} from "../records/comparison.js";
import type {ConversionPlan, Trial, TrialRecord} from "../records/trial.js";
import type {TermSpec} from "../training/lossSpec.js";
import {recipe} from "../training/recipe.js";
import {picked} from "./options.js";
import {macroOf, seedsOf, type StudyChanges, studySettings, type StudySettings, trialOf} from "./settings.js";
import {comparisonRows, numbersOf, type Study} from "./study.js";

/** The terms that the study compares, each with the weight that a multiple of 1 has: there a small CNN becomes sparser. */
const REGULARISERS = {
  L1: {name: "activityL1", weight: 0.05},
  L2: {name: "activityL2", weight: 0.1},
  "Hoyer-square": {name: "hoyerSquare", weight: 0.05},
  "SynOps L1": {name: "activityL1", weight: 0.5, layers: "fanOut"},
  "Hoyer ratio": {name: "hoyerRatio", weight: 0.5},
  L0: {name: "activityL0", weight: 0.05},
  Lp: {name: "activityLp", weight: 0.05},
  push: {name: "activityPush", weight: 0.05},
} as const satisfies Readonly<Record<string, TermSpec>>;
export type RegulariserChoice = keyof typeof REGULARISERS;
const STUDIED: readonly RegulariserChoice[] = ["L1", "L2", "Hoyer-square", "SynOps L1"];

/** Networks that are trained: DNNs, and spiking networks with the same terms. */
const ARMS = {dnn: "DNN", snn: "SNN"} as const;
type Arm = keyof typeof ARMS;

type Own = {
  readonly layers: readonly ConvNetLayer[];
  readonly regularisers: readonly RegulariserChoice[];
  /** Multiples of each regulariser's weight. */
  readonly lambdas: readonly number[];
  readonly arms: readonly Arm[];
  readonly conversion: ConversionPlan;
};
export type ActivityRegularizationSettings = StudySettings & Own;

const NAME = "activity-regularization";
const CONVERSION: ConversionPlan = {T: 200, percentile: PERCENTILE, images: 1000, testImages: 500};

/** The settings of a profile; every one can be replaced. `data` may be a name. */
export function activityRegularizationSettings(
  changes: StudyChanges & Partial<Own> = {},
): ActivityRegularizationSettings {
  const quick = (changes.profile ?? "quick") === "quick";
  const own: Own = {
    layers: convNet().layers,
    regularisers: STUDIED,
    lambdas: [0.3, 1, 3],
    arms: ["dnn", "snn"],
    conversion: quick ? {...CONVERSION, images: 500, testImages: 200} : CONVERSION,
  };
  const settings = studySettings<Own>(NAME, own, changes);
  for (const name of settings.regularisers) checkName("regulariser", name, REGULARISERS);
  for (const arm of settings.arms) checkName("arm", arm, ARMS);
  checkDifferent("regularisers", settings.regularisers);
  checkDifferent("lambdas", settings.lambdas);
  check("arms", settings.arms, settings.arms.length > 0, "dnn, snn or both");
  check("lambdas", settings.lambdas, settings.lambdas.every((lambda) => lambda > 0), "numbers > 0, multiples of each regulariser's weight"); // prettier-ignore
  if (settings.regularisers.includes("push"))
    check("arms", settings.arms, !settings.arms.includes("snn"), "dnn alone with push: it is of what ReLUs get");
  activityRegularizationTrials(settings); // every network is validated before anything runs
  return settings;
}

function networkOf(settings: ActivityRegularizationSettings, arm: Arm): ConvNet {
  const {input, classes, T, neuron, normalisation, head} = macroOf(settings);
  const shared = {input, classes, layers: settings.layers, voters: head.voters, T, normalisation};
  return convNet({...shared, neuron: arm === "dnn" ? null : (neuron ?? SNASNET_NEURON)});
}

/** λ: the term's weight in the loss, 0 of none. */
type Variant = {readonly regulariser: RegulariserChoice | "none"; readonly lambda: number};

/** One trial for each arm, regulariser, λ and seed, and one of each arm without a term; seeds vary slowest. */
export function activityRegularizationTrials(settings: ActivityRegularizationSettings): Trial<ConvNet>[] {
  const variants: Variant[] = [
    {regulariser: "none", lambda: 0},
    ...settings.regularisers.flatMap((regulariser) =>
      settings.lambdas.map((multiple) => ({regulariser, lambda: weightOf(regulariser, multiple)})),
    ),
  ];
  const trial = (seed: number, arm: Arm, {regulariser, lambda}: Variant): Trial<ConvNet> => {
    const network = ARMS[arm];
    const group = regulariser === "none" ? `${network}, none` : `${network}, ${regulariser} λ ${lambda}`;
    const labels = {group, network, regulariser, lambda};
    const made = trialOf(settings, {study: NAME, labels, seed, architecture: networkOf(settings, arm)});
    return {
      ...made,
      recipe: regulariser === "none" ? made.recipe : recipe({terms: [...(made.recipe.terms ?? []), {...REGULARISERS[regulariser], weight: lambda}]}, made.recipe), // prettier-ignore
      ...(arm === "dnn" && {conversion: settings.conversion}),
    };
  };
  return seedsOf(settings).flatMap((seed) =>
    variants.flatMap((variant) => settings.arms.map((arm) => trial(seed, arm, variant))),
  );
}

const weightOf = (name: RegulariserChoice, multiple: number): number =>
  Number((multiple * REGULARISERS[name].weight).toPrecision(6));

type Records = readonly TrialRecord[];

export const ACTIVITY: Comparison = comparisonOf({
  label: "group",
  against: "regulariser and λ",
  axis: "network, regulariser and λ",
  ordered: false,
  reference: ["DNN, none"],
});

/** What is shown of the records: savings at equal accuracy, the agreement of the two currencies, and the summary of all groups. */
const tables: Study["tables"] = (records) => {
  const points = activityPoints(records);
  const agreement = agreementOf(points, randomKey(0, NAME));
  const {tauInterval, rhoInterval, ...numbers} = agreement ?? {};
  const ends = {tauLow: tauInterval?.low, tauHigh: tauInterval?.high, rhoLow: rhoInterval?.low, rhoHigh: rhoInterval?.high}; // prettier-ignore
  return {
    summary: comparisonRows(ACTIVITY, records),
    equalAccuracy: savingsAtEqualAccuracy(points),
    agreement: agreement ? [{...numbers, ...ends}] : [],
  };
};

const figures = (records: Records): Readonly<Record<string, Figure>> => ({
  accuracySparsity: accuracySparsityFigure(records),
  macsSynOps: macsSynOpsFigure(records),
  energy: activityEnergyFigure(records),
  layerActivity: layerActivityFigure(records),
  accuracyOverTime: accuracyOverTimeFigure(records),
});

const listOf = (text: string): string[] => text.split(",").map((part) => part.trim());

export const ACTIVITY_REGULARIZATION: Study<Own> = {
  name: NAME,
  summary: "which regulariser of activations saves multiply-accumulates, and which synaptic operations",
  description:
    "Trains DNNs with each regulariser and λ, converts them, and runs them until they are within one point; trains spiking " +
    `networks with the same terms beside them (a reconstruction after arXiv 2204.01460). Regularisers: ${Object.keys(REGULARISERS).join(", ")}.`,
  options: [
    {name: "layers", value: "<list>", help: LAYER_LIST_HELP, parse: parseLayers},
    {name: "regularisers", value: "<list>", help: `such as "${STUDIED.join(",")}"`, parse: listOf},
    {name: "lambdas", value: "<list>", help: "multiples of each regulariser's weight, such as 0.3,1,3", parse: numbersOf}, // prettier-ignore
    {name: "arms", value: "<list>", help: "dnn, snn or both (dnn,snn)", parse: listOf},
    {name: "simulated", value: "<T>", help: "timesteps of converted networks", parse: numberIn("timesteps")},
    {name: "percentile", value: "<p>", help: "above which activations saturate when converted", parse: numberIn("percentile")}, // prettier-ignore
    {name: "convertedImages", value: "<n>", help: "test images that converted networks are run on", parse: numberIn("test")}, // prettier-ignore
  ],
  settings: activityRegularizationSettings,
  own: (given) => {
    const {simulated: T, percentile, convertedImages: testImages} = given;
    const said = picked({T, percentile, testImages}, ["T", "percentile", "testImages"]);
    const conversion = Object.keys(said).length > 0 ? {conversion: {...CONVERSION, ...said}} : {};
    return {...picked(given, ["layers", "regularisers", "lambdas", "arms"]), ...conversion};
  },
  trials: activityRegularizationTrials,
  groups: ["regularisers", "lambdas", "arms"],
  comparison: ACTIVITY,
  tables,
  figures,
};
