// spikebook study: runs a study from the terminal, in parallel, and goes on where an interrupted one stopped.

import {join, resolve} from "node:path";
import type {Command} from "commander";
import {comparisonTable, provenanceOf} from "../analysis/comparison.js";
import {type Budget, parseBytes, validateBudget} from "../architectures/budget.js";
import {type Cell, KERNEL_SIZES, type KernelSize, type Op, parseCell} from "../architectures/cell.js";
import {checkInteger, invalid, listed} from "../check.js";
import {defaultDataDir} from "../datasets/index.js";
import {progress} from "../notebook/progress.js";
import type {Comparison} from "../plots/comparison.js";
import {KERNEL_SIZE} from "../plots/kernelImpact.js";
import {CHOSEN_BY, KERNEL_SET, WITHOUT_OP} from "../plots/sampledSpaces.js";
import {writeComparison, writeKernelImpact} from "../plots/writeStudy.js";
import {kernelImpactSettings, kernelImpactTrials} from "../studies/kernelImpact.js";
import {
  type DrawnSettings,
  kernelSetsSettings,
  kernelSetsTrials,
  operationImpactSettings,
  operationImpactTrials,
} from "../studies/sampledSpaces.js";
import {type Chosen, chosenBy, finalTrainingSettings, finalTrainingTrials} from "../studies/finalTraining.js";
import {runStudy} from "../studies/runStudy.js";
import {type FinishedSearch, readSearch} from "../studies/searchFolder.js";
import type {StudyChanges, StudySettings} from "../studies/settings.js";
import type {Trial, TrialRecord} from "../records/trial.js";
import {formatTable} from "../tables/formatTable.js";
import type {Row} from "../tables/rows.js";
import {dataNameOf} from "./dataOption.js";
import {interruptSignal} from "./interrupt.js";
import {numberOf} from "./number.js";
import {addStudyOptions, backendOf, changesOf, given, type StudyOptions} from "./studyOptions.js";
import {raceCommand} from "./studyRace.js";
import {scoresCommand} from "./studyScores.js";
import {tradeoffCommand} from "./studyTradeoff.js";
import {searchCommand} from "./studySearch.js";
import {speedUpCommand} from "./studySpeedUp.js";

/** A study of trained networks as a command: what it asks, its own options, and how its result is shown. */
type TrainedStudy<Own extends object> = {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** Declares the study's own options. */
  readonly options: (command: Command) => Command;
  /** Its settings of a profile, with changes. */
  readonly settings: (changes: StudyChanges & Partial<Own>) => StudySettings & Own;
  /** What its own options change. */
  readonly own: (o: Record<string, unknown>) => Partial<Own>;
  /** What they say in place of the profile's defaults; other options still win. */
  readonly defaults?: (o: Record<string, unknown>) => StudyChanges;
  readonly trials: (settings: StudySettings & Own) => Trial[];
  readonly comparison: Comparison;
  readonly write: (out: string, records: readonly TrialRecord[]) => Promise<void>;
};

/** The sizes that `text` lists, parted by `separator`; `whole` is what the user typed. */
const kernelsOf = (what: string, text: string, separator: string, whole = text): KernelSize[] =>
  text.split(separator).map((part) => {
    const size = Number(part) as KernelSize;
    if (!KERNEL_SIZES.includes(size))
      throw invalid(what, whole, `${what} among ${listed(KERNEL_SIZES.map(String))}, such as 1${separator}3`);
    return size;
  });

const kernelSetsOf = (text: string): KernelSize[][] =>
  text.split(",").map((set) => kernelsOf("kernel sizes", set, "+", text));

const opsOf = (text: string): Op[] => text.split(",").map((op) => op.trim() as Op);

/** A limit on the weights; `what` says what becomes of networks beyond it. */
const budgetOptions = (command: Command, what: string): Command =>
  command
    .option("--max-params <n>", `parameters: ${what}`, numberOf("max params"))
    .option("--max-bytes <size>", "the same in bytes of the weights at --bits, such as 2MB", parseBytes);

/** The options of studies that draw networks. */
const drawOptions = (command: Command): Command =>
  budgetOptions(
    command.option("--wiring <how>", "shared: one wiring for all cells; perCell: one for each"),
    "networks with more are drawn again",
  );

function budgetOf(o: Record<string, unknown>): Budget {
  const limits = given({maxParams: o.maxParams as number | undefined, maxBytes: o.maxBytes as number | undefined});
  return validateBudget({...limits, ...(limits.maxBytes !== undefined && given({bits: o.bits as number}))});
}

function drawn(o: Record<string, unknown>): {wiring?: "shared" | "perCell"; budget?: Budget} {
  const budget = budgetOf(o);
  return {
    ...given({wiring: o.wiring as "shared" | "perCell" | undefined}),
    ...(Object.keys(budget).length && {budget}),
  };
}

const searchesOf = (o: Record<string, unknown>): FinishedSearch[] =>
  (o.from as string[]).map((folder) => readSearch(resolve(folder)));

const KERNEL_IMPACT: TrainedStudy<{kernelSizes: readonly KernelSize[]; cell: Cell}> = {
  name: "kernel-impact",
  summary: "how kernel size changes accuracy, memory and synaptic work",
  description: "Trains one wiring with k×k convolutions for each kernel size and seed (SpiKernel, step 1).",
  options: (command) =>
    command
      .option("--kernels <list>", "kernel sizes, such as 1,3,5,7", (text) => kernelsOf("kernels", text, ","))
      .option("--cell <rows>", 'wiring in op codes, such as "0333 0012 0003 0000"', (text) => parseCell(text)),
  settings: kernelImpactSettings,
  own: (o) => given({kernelSizes: o.kernels as KernelSize[] | undefined, cell: o.cell as Cell | undefined}),
  trials: kernelImpactTrials,
  comparison: KERNEL_SIZE,
  write: writeKernelImpact,
};

const OPERATION_IMPACT: TrainedStudy<DrawnSettings & {ops: readonly Op[]}> = {
  name: "operation-impact",
  summary: "what each operation of the search space is worth",
  description:
    "Trains networks drawn from a search space, and from the same space without each of its ops (SpikeNAS, step 1).\nA seed is a draw: --seeds networks are trained for each space.",
  options: (command) =>
    drawOptions(command.option("--ops <list>", "ops of the whole space, such as skip,conv3", opsOf)),
  settings: operationImpactSettings,
  own: (o) => ({...drawn(o), ...given({ops: o.ops as Op[] | undefined})}),
  trials: operationImpactTrials,
  comparison: WITHOUT_OP,
  write: (out, records) => writeComparison(out, records, WITHOUT_OP),
};

const KERNEL_SETS_STUDY: TrainedStudy<DrawnSettings & {kernelSets: readonly (readonly KernelSize[])[]}> = {
  name: "kernel-sets",
  summary: "which set of kernel sizes a search should choose from",
  description:
    "Trains networks drawn from a search space for each set of kernel sizes (SpiKernel, step 2).\nA seed is a draw: --seeds networks are trained for each set.",
  options: (command) => drawOptions(command.option("--kernel-sets <list>", "sets such as 1+3,3+5,3+5+7", kernelSetsOf)),
  settings: kernelSetsSettings,
  own: (o) => ({...drawn(o), ...given({kernelSets: o.kernelSets as KernelSize[][] | undefined})}),
  trials: kernelSetsTrials,
  comparison: KERNEL_SET,
  write: (out, records) => writeComparison(out, records, KERNEL_SET),
};

const FINAL: TrainedStudy<{chosen: readonly Chosen[]}> = {
  name: "final",
  summary: "train what searches chose, beside a network drawn blindly",
  description:
    "Trains the winners of finished searches (folders of `study search`), on the network that they searched, with the same\n" +
    "seeds. Under a budget, a search that had none also gives its best candidate that fits.",
  options: (command) =>
    budgetOptions(command, "only winners that fit; a search without a budget then gives its best candidate that does")
      .requiredOption("--from <dirs...>", "--out folders of finished searches")
      .option("--no-blind", "do not train a network drawn blindly under the budget for each search seed"),
  settings: finalTrainingSettings,
  trials: finalTrainingTrials,
  own: (o) => {
    const searches = searchesOf(o);
    const blind = o.blind === false ? {} : {blindFrom: searches[0]!.settings.networks};
    return {chosen: chosenBy(searches, {budget: budgetOf(o), ...blind})};
  },
  defaults: (o) => {
    const {networks, scoring} = searchesOf(o)[0]!.settings;
    const {input: _input, classes: _classes, ...network} = networks.network;
    return {data: scoring.data.name, network, cellCount: networks.cellCount, recipe: {headInit: scoring.head}};
  },
  comparison: CHOSEN_BY,
  write: (out, records) => writeComparison(out, records, CHOSEN_BY),
};

function printed(records: readonly TrialRecord[], {label, reference}: Comparison): string {
  const rows: Row[] = comparisonTable(records, label, reference(records)).map(({group, ...row}) => ({
    [label]: group,
    ...row,
  }));
  const columns = [
    label,
    "n",
    "accuracy",
    "accuracyLow",
    "accuracyHigh",
    "difference",
    "params",
    "weightBytes",
    "receptiveField",
    "synOps",
    "firingRate",
    "energy",
  ];
  const table = formatTable(rows, {
    columns: columns.filter((name) => rows.some((row) => row[name] !== undefined)),
    units: {
      accuracy: "%",
      accuracyLow: "95 %",
      accuracyHigh: "95 %",
      difference: "points",
      receptiveField: "px",
      energy: "µJ",
    },
    digits: {
      accuracy: 1,
      accuracyLow: 1,
      accuracyHigh: 1,
      difference: 1,
      params: 0,
      weightBytes: 0,
      receptiveField: 0,
      synOps: 0,
      firingRate: 3,
      energy: 2,
    },
  });
  const failed = records
    .filter(({status}) => status !== "ok")
    .map((r) => `  ${label} ${r.labels[label]}, seed ${r.seed}: ${r.status}: ${r.message}`);
  return [table, "", provenanceOf(records), ...(failed.length ? ["Not trained:", ...failed] : [])].join("\n");
}

async function run<Own extends object>(
  study: TrainedStudy<Own>,
  options: StudyOptions & Record<string, unknown>,
): Promise<void> {
  checkInteger("workers", options.workers, 0);
  const backend = backendOf(options);
  const o = {...options, ...(backend && {backend})};
  const own = study.own(o);
  const base = study.settings({
    ...study.defaults?.(o),
    profile: o.profile,
    ...given({data: dataNameOf(o)}),
    ...own,
  } as StudyChanges & Partial<Own>);
  const changes = changesOf(o, base);
  const settings = study.settings({...changes, recipe: {...study.defaults?.(o).recipe, ...changes.recipe}, ...own});
  const out = resolve(o.out ?? join("results", study.name));
  const show = progress(study.name);
  const {records, ran} = await runStudy(study.trials(settings), settings, {
    out,
    workers: o.workers,
    ...(o.threads !== undefined && {threads: o.threads}),
    dataDir: o.dataDir ?? defaultDataDir(),
    signal: interruptSignal(),
    onProgress: show,
  });
  if (ran === 0) console.log(`complete: all ${records.length} trials are in ${out}; nothing was run`);
  else await study.write(out, records);
  console.log(
    `\n${printed(records, study.comparison)}\n\nrecords   ${join(out, "trials.jsonl")}\ntables    ${join(out, "summary.csv")}\nfigures   ${join(out, "figures")}`,
  );
}

function addStudy<Own extends object>(parent: Command, study: TrainedStudy<Own>): void {
  const command = parent
    .command(study.name)
    .summary(study.summary)
    .description(
      `${study.description}\nDefaults come from the profile; every option below replaces one of its settings.`,
    );
  addStudyOptions(study.options(command)).action((o: StudyOptions & Record<string, unknown>) => run(study, o));
}

export function studyCommand(program: Command): void {
  const study = program
    .command("study")
    .summary("run a study")
    .description(
      "Runs a study: trials in parallel processes, one record each in a journal; an interrupted study goes on where it stopped.",
    );
  addStudy(study, KERNEL_IMPACT);
  addStudy(study, OPERATION_IMPACT);
  addStudy(study, KERNEL_SETS_STUDY);
  searchCommand(study);
  speedUpCommand(study);
  addStudy(study, FINAL);
  raceCommand(study);
  scoresCommand(study);
  tradeoffCommand(study);
}
