// Which ops should a search choose from? Networks drawn from several search spaces are trained and compared.
//
//   operation-impact   a space, and the same space without each of its ops: SpikeNAS's first step (arXiv 2402.11322)
//   kernel-sets        a space for each set of kernel sizes: SpiKernel's second step (arXiv 2404.01685)
//
// A network says little about its space, so each space is judged by `draws` networks. The same draw number takes the same
// random stream in every space, and the same seed in training. Both papers say what they compare and not how many networks
// they trained for it; the number of draws, width and budget are ours.

import type {Architecture} from "../architectures/architecture.js";
import {type Budget, checkFeasible, fitsBudget} from "../architectures/budget.js";
import type {KernelSize, Op} from "../architectures/ops.js";
import {type Cells, networkSpace, sampleCells} from "../architectures/networkSpace.js";
import {pairsOf, SNASNET_FORWARD, type Space} from "../architectures/spaces.js";
import {KERNEL_SETS, withKernels, withoutOp, withOps} from "../architectures/subspaces.js";
import {check, checkDifferent, checkName, InputError} from "../check.js";
import {random, randomKey} from "../random.js";
import {type Comparison, comparisonOf} from "../records/comparison.js";
import type {Trial} from "../records/trial.js";
import {budgetOf, DRAW_OPTIONS, kernelSetsOf, opsOf, picked, type Wiring, WIRINGS} from "./options.js";
import {shownAs, type Given, type Study} from "./study.js";
import {
  macroOf,
  seedsOf,
  studyArchitecture,
  type StudyChanges,
  studySettings,
  type StudySettings,
  trialOf,
} from "./settings.js";

export type DrawnSettings = {
  /** Networks that do not fit are drawn again. */
  readonly budget: Budget;
  /** One wiring for all cells, or one for each. */
  readonly wiring: Wiring;
};

type OpsOwn = DrawnSettings & {readonly ops: readonly Op[]};
type SetsOwn = DrawnSettings & {readonly kernelSets: readonly (readonly KernelSize[])[]};
export type OperationImpactSettings = StudySettings & OpsOwn;
export type KernelSetsSettings = StudySettings & SetsOwn;

/** Refused draws in a row after which a budget counts as unreachable by drawing. */
const PATIENCE = 10_000;

type DrawnSpace = {
  readonly labels: Trial["labels"];
  readonly space: Space;
  /** Which of the drawn networks belong; all by default. */
  readonly accepts?: (cells: Cells) => boolean;
};

/** One trial for each space and seed; seeds vary slowest. Seed s draws every space's network from the stream named s. */
function drawnTrials(
  study: string,
  settings: StudySettings & DrawnSettings,
  spaces: readonly DrawnSpace[],
): Trial<Architecture>[] {
  const {cellCount, wiring, budget} = settings;
  return seedsOf(settings).flatMap((seed) =>
    spaces.map(({labels, space, accepts = () => true}) => {
      const networks = networkSpace(space, {cellCount, wiring, network: macroOf(settings)});
      checkFeasible(networks, budget);
      const stream = random(randomKey(seed, "draw"));
      for (let draw = 0; draw < PATIENCE; ++draw) {
        const cells = sampleCells(networks, stream);
        if (!accepts(cells)) continue;
        const architecture = studyArchitecture(settings, cells);
        if (fitsBudget(architecture, budget)) return trialOf(settings, {study, labels, seed, architecture});
      }
      throw new InputError(
        `no network of ${networks.name} under the budget in ${PATIENCE} draws; a larger one would do`,
      );
    }),
  );
}

/** In place of an op that is left out: none is. */
const WHOLE = "none";

const DRAWN: DrawnSettings = {budget: {}, wiring: "shared"};

function checked<S extends StudySettings & DrawnSettings>(settings: S, trialsOf: (settings: S) => Trial[]): S {
  checkName("wiring", settings.wiring, Object.fromEntries(WIRINGS.map((name) => [name, 0])));
  trialsOf(settings); // every network is drawn and validated before anything runs
  return settings;
}

/** `ops`: the ops of the whole space, from which each is left out in turn. */
export const operationImpactSettings = (changes: StudyChanges & Partial<OpsOwn> = {}): OperationImpactSettings =>
  checked(studySettings("operation-impact", {...DRAWN, ops: SNASNET_FORWARD.ops}, changes), operationImpactTrials);

/** Whether every pair of nodes is joined: what is left of a space without `zeroize`. */
const fullyJoined = (cells: Cells): boolean =>
  cells.every((cell) => pairsOf(cell.length).every(([from, to]) => cell[from]![to] !== "zeroize"));

/** Labels {without}: "none", then each op of the space, `zeroize` included. */
export function operationImpactTrials(settings: OperationImpactSettings): Trial<Architecture>[] {
  const whole = withOps(SNASNET_FORWARD, settings.ops);
  const removable = whole.ops.slice(1);
  check("ops", settings.ops, removable.length > 1, "at least two ops besides zeroize, so that one can be left out");
  return drawnTrials("operation-impact", settings, [
    {labels: {without: WHOLE}, space: whole},
    {labels: {without: "zeroize"}, space: whole, accepts: fullyJoined},
    ...removable.map((op) => ({labels: {without: op}, space: withoutOp(whole, op)})),
  ]);
}

export const kernelSetsSettings = (changes: StudyChanges & Partial<SetsOwn> = {}): KernelSetsSettings => {
  const kernelSets = (changes.profile ?? "quick") === "quick" ? KERNEL_SETS.slice(0, 4) : KERNEL_SETS;
  return checked(studySettings("kernel-sets", {...DRAWN, kernelSets}, changes), kernelSetsTrials);
};

/** Labels {kernels}: "1+3", … */
export function kernelSetsTrials(settings: KernelSetsSettings): Trial<Architecture>[] {
  check("kernel sets", settings.kernelSets, settings.kernelSets.length > 0, "at least one set of kernel sizes");
  checkDifferent("kernel sets", settings.kernelSets, (set) => [...set].sort((a, b) => a - b).join("+"));
  return drawnTrials(
    "kernel-sets",
    settings,
    settings.kernelSets.map((set) => ({labels: {kernels: set.join("+")}, space: withKernels(SNASNET_FORWARD, set)})),
  );
}

/** What its options say of a budget and a wiring, and of the setting that is its own. */
function drawnOwn(given: Given, own: string): Given {
  const budget = budgetOf(given);
  return picked({...given, budget: Object.keys(budget).length > 0 ? budget : undefined}, ["wiring", "budget", own]);
}

/** SpikeNAS's first step: the whole space, and the space without each op. */
export const WITHOUT_OP: Comparison = comparisonOf({
  label: "without",
  against: "the op left out",
  axis: "op left out of the search space",
  nameOf: (op) => (op === WHOLE ? "whole space" : String(op)),
  reference: [WHOLE],
  ordered: false,
  member: "network",
});

/** SpiKernel's second step: one space for each set of kernel sizes. */
export const KERNEL_SET: Comparison = comparisonOf({
  label: "kernels",
  against: "kernel set",
  axis: "kernel sizes in the search space",
  nameOf: (set) => `{${String(set).replaceAll("+", ", ")}}`,
  reference: ["1+3"],
  ordered: false,
  member: "network",
});

export const OPERATION_IMPACT: Study<OpsOwn> = {
  name: "operation-impact",
  summary: "what each operation of the search space is worth",
  description:
    "Trains networks drawn from a search space, and from the same space without each of its ops (SpikeNAS, step 1).\n" +
    "A seed is a draw: --seeds networks are trained for each space.",
  options: [
    {name: "ops", value: "<list>", help: "ops of the whole space, such as skip,conv3", parse: opsOf},
    ...DRAW_OPTIONS,
  ],
  settings: operationImpactSettings,
  own: (given) => drawnOwn(given, "ops"),
  trials: operationImpactTrials,
  groups: [], // `ops` are the whole space: with others every group is another
  ...shownAs(WITHOUT_OP),
};

export const KERNEL_SETS_STUDY: Study<SetsOwn> = {
  name: "kernel-sets",
  summary: "which set of kernel sizes a search should choose from",
  description:
    "Trains networks drawn from a search space for each set of kernel sizes (SpiKernel, step 2).\n" +
    "A seed is a draw: --seeds networks are trained for each set.",
  options: [
    {name: "kernelSets", value: "<list>", help: "sets such as 1+3,3+5,3+5+7", parse: kernelSetsOf},
    ...DRAW_OPTIONS,
  ],
  settings: kernelSetsSettings,
  own: (given) => drawnOwn(given, "kernelSets"),
  trials: kernelSetsTrials,
  ...shownAs(KERNEL_SET),
};
