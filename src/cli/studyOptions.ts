// The options that every study of trained networks has, and what they change of its settings (optionTable.ts: which there are).

import {type Command, Option} from "commander";
import {InputError, invalid, listed} from "../check.js";
import type {Architecture} from "../architectures/architecture.js";
import {encodingEntry} from "../graphs/encoding.js";
import {neuronOf, type NeuronSpec} from "../graphs/neuron.js";
import {surrogate} from "../neurons/surrogate.js";
import {numberIn, type RangeName} from "../ranges.js";
import {readingFor, type StudyChanges, type StudySettings} from "../studies/settings.js";
import {BACKENDS, type BackendName} from "../tf.js";
import {type ObjectiveName, type ObjectiveSpec, TERMS, type TermSpec} from "../training/lossSpec.js";
import {addDataOption, type DataNameOptions} from "./dataOption.js";
import {folderPath, somePath} from "./paths.js";
import {
  ARCHITECTURE_OPTIONS,
  DATA_OPTIONS,
  NEURON_OPTIONS,
  type OptionGroup,
  type Place,
  TRAINING_OPTIONS,
  TRIAL_OPTIONS,
} from "./optionTable.js";
import {oneMoreTerm} from "./termOption.js";

/** What a command line said: the options that are read by name; all others go where the table says. */
export type StudyOptions = DataNameOptions & {
  readonly profile: "quick" | "full";
  readonly workers: number;
  readonly threads?: number;
  readonly out?: string;
  readonly dataDir?: string;
  readonly train?: number;
  readonly validation?: number;
  readonly trainCount?: number;
  readonly activation?: Architecture["activation"];
  readonly neuron?: NeuronSpec["model"];
  readonly neuronParameter?: Readonly<Record<string, number>>;
  readonly surrogate?: string;
  readonly surrogateShape?: number;
  readonly objective?: ObjectiveName;
  readonly labelSmoothing?: number;
  readonly term?: readonly TermSpec[];
  readonly bits?: number;
  readonly backend?: BackendName;
};

/** The entries that were given: absent options must not replace a profile's defaults. */
export function given<T extends object>(entries: T): {[K in keyof T]?: Exclude<T[K], undefined>} {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as never;
}

const TABLE: OptionGroup = {...TRIAL_OPTIONS, ...DATA_OPTIONS, ...ARCHITECTURE_OPTIONS, ...NEURON_OPTIONS, ...TRAINING_OPTIONS}; // prettier-ignore

/** What the options say of one part of the settings. */
const saidOf = (o: StudyOptions, part: Place[0]): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(o).flatMap(([name, value]) => {
      const place = TABLE[name]?.sets;
      return place?.[0] === part && value !== undefined ? [[place[1], value]] : [];
    }),
  );

function neuronFrom(o: StudyOptions, base: NeuronSpec): NeuronSpec {
  const said = Object.keys(NEURON_OPTIONS).find((name) => name !== "activation" && name in o);
  if (o.activation === "relu" && said !== undefined)
    throw invalid("option", said, "no option of neurons with --activation relu");
  const shape = o.surrogateShape;
  const name = o.surrogate ?? base.surrogate.name;
  const {name: _name, ...defaults} = surrogate(name);
  const chosen =
    o.surrogate === undefined && shape === undefined
      ? base.surrogate
      : surrogate(name, shape === undefined ? {} : {[Object.keys(defaults)[0]!]: shape});
  return neuronOf(o.neuron ?? base.model, {...saidOf(o, "neuron"), ...o.neuronParameter, surrogate: chosen}, base);
}

/** Label smoothing alone is that of the cross-entropy. */
function objectiveOf({objective, labelSmoothing}: StudyOptions): ObjectiveSpec | undefined {
  if (objective === undefined && labelSmoothing === undefined) return undefined;
  return {name: objective ?? "crossEntropy", ...given({labelSmoothing})};
}

/** What the options change of a study's settings; `base` are those of the chosen profile and data set. */
export function changesOf(o: StudyOptions, base: StudySettings): StudyChanges {
  const {data, network} = base;
  const [train, validation] = [o.train ?? data.train, o.validation ?? data.validation];
  const counted = o.train !== undefined || o.validation !== undefined;
  return {
    profile: o.profile,
    ...saidOf(o, "settings"),
    ...given({backend: o.backend}),
    data: {
      ...data,
      train,
      validation,
      trainCount: o.trainCount ?? (counted ? readingFor(data.name, {train, validation}) : data.trainCount),
      ...saidOf(o, "data"),
    },
    network: {
      ...network,
      ...(o.activation === "relu" && encodingEntry(network.encoding ?? "direct").constant && {T: 1}),
      ...saidOf(o, "network"),
      head: {...network.head, ...saidOf(o, "head")},
      neuron: neuronFrom(o, network.neuron),
    },
    recipe: {...saidOf(o, "recipe"), ...given({objective: objectiveOf(o), terms: o.term})},
  };
}

/** An option with a closed list of values. */
export const choice = (flags: string, text: string, choices: readonly string[]): Option =>
  new Option(flags, text).choices([...choices]);

/** The backend that an option or the environment names. */
export function backendOf(o: Pick<StudyOptions, "backend">): BackendName | undefined {
  const backend = o.backend ?? (process.env.SPIKEBOOK_BACKEND as BackendName | undefined);
  if (backend && !BACKENDS.includes(backend))
    throw new InputError(`unknown backend: ${backend}; expected ${listed(BACKENDS)}`);
  return backend;
}

export const profileOption = (): Option =>
  choice("--profile <name>", "quick: minutes, on a small cut; full: the papers' setting, for a GPU", [
    "quick",
    "full",
  ]).default("quick");

/** Adds "name=number" to what was given before. */
function oneMore(text: string, before: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const [, name, value] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || !Number.isFinite(Number(value)))
    throw new InputError(`invalid neuron parameter: ${text}; expected such as tauSynapse=4`);
  return {...before, [name]: Number(value)};
}

/** "batchSize" as a flag: --batch-size; as words of an error: batch size. */
const spelled = (name: string, between: string): string =>
  name.replace(/[A-Z]/g, (c) => `${between}${c.toLowerCase()}`);

/** Declares a group of the table under its heading. */
function addGroup(command: Command, options: OptionGroup, heading?: string): Command {
  if (heading !== undefined) command.optionsGroup(heading);
  for (const [name, {help, value, choices, no}] of Object.entries(options)) {
    const flag = spelled(name, "-");
    const option = new Option(`--${flag}${value === undefined ? "" : ` ${value}`}`, help);
    if (choices) option.choices([...choices]);
    else if (value !== undefined) option.argParser(numberIn(name as RangeName, spelled(name, " ")));
    command.addOption(option);
    if (no !== undefined) command.option(`--no-${flag}`, no);
  }
  return command;
}

/** Declares the options of the network around the cells. */
export const addNetworkOptions = (command: Command): Command =>
  addGroup(addGroup(command, ARCHITECTURE_OPTIONS, "Architecture:"), NEURON_OPTIONS, "Neuron:").option(
    "--neuron-parameter <name=value>",
    "a parameter that a model has of its own, such as tauSynapse=4",
    oneMore,
    {},
  );

export const backendOption = (): Option =>
  choice("--backend <name>", "backend (default: SPIKEBOOK_BACKEND, else wasm)", BACKENDS);

/** Declares what a study that trains nothing shares with those that do. */
export const addScoringOptions = (command: Command): Command =>
  addNetworkOptions(command.addOption(profileOption())).addOption(backendOption());

/** Declares the options on a study's command. */
export function addStudyOptions(command: Command): Command {
  addGroup(command.addOption(profileOption()), TRIAL_OPTIONS)
    .option("--workers <n>", "parallel processes; 0 runs in this one", numberIn("workers"), 2)
    .option(
      "--threads <n>",
      "threads of each process, where there are shards (default: the cores left)",
      numberIn("threads"),
    )
    .option("--out <dir>", "folder of the study (default: results/ and the study's name)", folderPath("out"))
    .optionsGroup("Data:");
  return addTrainingOptions(command);
}

/** Declares data, network, recipe and backend: what one training has. */
export function addTrainingOptions(command: Command): Command {
  addDataOption(command).option(
    "--data-dir <dir>",
    "where data sets are installed (default: data)",
    somePath("data dir"),
  );
  addNetworkOptions(addGroup(command, DATA_OPTIONS));
  return addGroup(command, TRAINING_OPTIONS, "Training:")
    .option(
      "--term <name:weight>",
      `what is added to the loss, with options as name:weight,option=value; repeatable (${Object.keys(TERMS).join(", ")})`,
      oneMoreTerm,
    )
    .addOption(backendOption());
}
