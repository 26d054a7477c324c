// The options that every study of trained networks has, and what they change of its settings.

import {type Command, Option} from "commander";
import {NEURONS, neuronOf, type NeuronSpec, SURROGATE_DEFAULTS} from "../graphs/neuron.js";
import {InputError, listed} from "../check.js";
import {surrogate} from "../neurons/surrogate.js";
import {readingFor, type StudyChanges, type StudySettings} from "../studies/settings.js";
import {BACKENDS, type BackendName} from "../tf.js";
import {HEAD_INITS} from "../networks/parameters.js";
import {type ObjectiveName, OBJECTIVES, type ObjectiveSpec} from "../training/objective.js";
import {OPTIMISERS} from "../training/optimiser.js";
import {CROP_FILLS, GUARDS, type Recipe} from "../training/recipe.js";
import {type ScheduleName, SCHEDULES} from "../training/schedule.js";
import {addDataOption, type DataNameOptions} from "./dataOption.js";
import {numberOf} from "./number.js";

export type StudyOptions = DataNameOptions & {
  readonly profile: "quick" | "full";
  readonly seeds?: number;
  readonly firstSeed?: number;
  readonly workers: number;
  readonly threads?: number;
  readonly out?: string;
  readonly dataDir?: string;
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
  readonly trainCount?: number;
  readonly dataSeed?: number;
  readonly cells?: number;
  readonly channels?: number;
  readonly stemStride?: number;
  readonly pool?: number;
  readonly hidden?: number;
  readonly voters?: number;
  readonly dropout?: number;
  readonly timesteps?: number;
  readonly normalisation?: "perTimestep" | "joint";
  readonly neuron?: NeuronSpec["model"];
  readonly neuronParameter?: Readonly<Record<string, number>>;
  readonly tau?: number;
  readonly threshold?: number;
  readonly reset?: NeuronSpec["reset"];
  readonly decayInput?: boolean;
  readonly detachReset?: boolean;
  readonly surrogate?: string;
  readonly surrogateShape?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly shards?: number;
  readonly optimiser?: Recipe["optimiser"];
  readonly learningRate?: number;
  readonly finalRate?: number;
  readonly schedule?: ScheduleName;
  readonly warmupSteps?: number;
  readonly weightDecay?: number;
  readonly objective?: ObjectiveName;
  readonly labelSmoothing?: number;
  readonly headInit?: Recipe["headInit"];
  readonly crop?: number;
  readonly cropFill?: Recipe["cropFill"];
  readonly flip?: boolean;
  readonly cutout?: number;
  readonly guard?: Recipe["guard"];
  readonly bits?: number;
  readonly backend?: BackendName;
};

/** The entries that were given: absent options must not replace a profile's defaults. */
export function given<T extends object>(entries: T): {[K in keyof T]?: Exclude<T[K], undefined>} {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as never;
}

function neuronFrom(o: StudyOptions, base: NeuronSpec): NeuronSpec {
  const shape = o.surrogateShape;
  const name = o.surrogate ?? base.surrogate.name;
  const {name: _name, ...defaults} = surrogate(name);
  const chosen =
    o.surrogate === undefined && shape === undefined
      ? base.surrogate
      : surrogate(name, shape === undefined ? {} : {[Object.keys(defaults)[0]!]: shape});
  const changes = given({
    tau: o.tau,
    threshold: o.threshold,
    reset: o.reset,
    decayInput: o.decayInput,
    detachReset: o.detachReset,
  });
  return neuronOf(o.neuron ?? base.model, {...changes, ...o.neuronParameter, surrogate: chosen}, base);
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
    ...given({
      seeds: o.seeds,
      firstSeed: o.firstSeed,
      cellCount: o.cells,
      bits: o.bits,
      backend: o.backend,
    }),
    data: {
      ...data,
      train,
      validation,
      trainCount: o.trainCount ?? (counted ? readingFor(data.name, train + validation) : data.trainCount),
      ...given({testCount: o.test, seed: o.dataSeed}),
    },
    network: {
      ...network,
      ...given({
        channels: o.channels,
        stemStride: o.stemStride as 1 | 2 | undefined,
        pool: o.pool,
        T: o.timesteps,
        normalisation: o.normalisation,
      }),
      head: {...network.head, ...given({hidden: o.hidden, voters: o.voters, dropout: o.dropout})},
      neuron: neuronFrom(o, network.neuron),
    },
    recipe: given({
      epochs: o.epochs,
      batchSize: o.batchSize,
      shards: o.shards,
      optimiser: o.optimiser,
      learningRate: o.learningRate,
      finalRate: o.finalRate,
      schedule: o.schedule,
      warmupSteps: o.warmupSteps,
      weightDecay: o.weightDecay,
      objective: objectiveOf(o),
      headInit: o.headInit,
      crop: o.crop,
      cropFill: o.cropFill,
      flip: o.flip,
      cutout: o.cutout,
      guard: o.guard,
    }),
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

const profileOption = (): Option =>
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

/** Declares the options of the network around the cells. */
export function addNetworkOptions(command: Command): Command {
  const n = numberOf;
  return command
    .optionsGroup("Architecture:")
    .option("--cells <n>", "number of cells", n("cells"))
    .option("--channels <n>", "channels C of the first cell", n("channels"))
    .option("--stem-stride <n>", "stride of the stem, 1 or 2", n("stem stride"))
    .option("--pool <p>", "average pooling before the head", n("pool"))
    .option("--hidden <n>", "units of the hidden layer", n("hidden"))
    .option("--voters <n>", "output units a class", n("voters"))
    .option("--dropout <p>", "dropout before the hidden layer", n("dropout"))
    .option("--timesteps <T>", "timesteps", n("timesteps"))
    .addOption(choice("--normalisation <how>", "batch statistics for each timestep or joint", ["perTimestep", "joint"]))
    .option("--bits <n>", "precision at which memory is stated", n("bits"))
    .optionsGroup("Neuron:")
    .addOption(choice("--neuron <model>", "neuron model", Object.keys(NEURONS)))
    .option(
      "--neuron-parameter <name=value>",
      "a parameter that a model has of its own, such as tauSynapse=4",
      oneMore,
      {},
    )
    .option("--tau <t>", "membrane time constant in timesteps", n("tau"))
    .option("--threshold <v>", "firing threshold", n("threshold"))
    .addOption(choice("--reset <how>", "reset", ["hard", "soft"]))
    .option("--decay-input", "input decays with the membrane")
    .option("--no-decay-input", "input is added whole")
    .option("--detach-reset", "the spike is a constant in the reset's gradient")
    .option("--no-detach-reset", "gradients flow through the reset")
    .addOption(choice("--surrogate <name>", "surrogate gradient", Object.keys(SURROGATE_DEFAULTS)))
    .option("--surrogate-shape <a>", "its alpha, width or b", n("surrogate shape"));
}

const backendOption = (): Option =>
  choice("--backend <name>", "backend (default: SPIKEBOOK_BACKEND, else wasm)", BACKENDS);

/** Declares what a study that trains nothing shares with those that do. */
export const addScoringOptions = (command: Command): Command =>
  addNetworkOptions(command.addOption(profileOption())).addOption(backendOption());

/** Declares the options on a study's command. */
export function addStudyOptions(command: Command): Command {
  const n = numberOf;
  command
    .addOption(profileOption())
    .option("--seeds <n>", "trials of each group", n("seeds"))
    .option("--first-seed <n>", "the first seed", n("first seed"))
    .option("--workers <n>", "parallel processes; 0 runs in this one", n("workers"), 2)
    .option("--threads <n>", "threads of each process, where there are shards (default: the cores left)", n("threads"))
    .option("--out <dir>", "folder of the study (default: results/ and the study's name)")
    .optionsGroup("Data:");
  addDataOption(command)
    .option("--data-dir <dir>", "where data sets are installed (default: data)")
    .option("--train <n>", "training images, balanced by label", n("train"))
    .option("--validation <n>", "validation images", n("validation"))
    .option("--train-count <n>", "first images of the training set that both are drawn from", n("train count"))
    .option("--test <n>", "first images of the test set", n("test"))
    .option(
      "--data-seed <n>",
      "names the split, the images of procedural data, and the test share of your own",
      n("data seed"),
    );
  return addNetworkOptions(command)
    .optionsGroup("Training:")
    .option("--epochs <n>", "epochs", n("epochs"))
    .option("--batch-size <n>", "images a step", n("batch size"))
    .option("--shards <n>", "parts of a batch that are normalised alone, so that threads can share it", n("shards"))
    .addOption(choice("--optimiser <name>", "optimiser", Object.keys(OPTIMISERS)))
    .option("--learning-rate <r>", "learning rate of the first step, but for warm-up", n("learning rate"))
    .option("--final-rate <f>", "fraction of it at the last step", n("final rate"))
    .addOption(
      choice("--schedule <name>", "how the learning rate goes from one to the other (default: cosine)", Object.keys(SCHEDULES)), // prettier-ignore
    )
    .option("--warmup-steps <n>", "steps over which the learning rate rises to the schedule's", n("warm-up steps"))
    .option("--weight-decay <l>", "weight decay", n("weight decay"))
    .addOption(choice("--objective <name>", "what is minimised (default: crossEntropy)", Object.keys(OBJECTIVES)))
    .option("--label-smoothing <e>", "share of the target that all classes divide", n("label smoothing"))
    .addOption(choice("--head-init <how>", "initial weights of the head", Object.keys(HEAD_INITS)))
    .option("--crop <px>", "padding of random crops, 0 for none", n("crop"))
    .addOption(choice("--crop-fill <colour>", "what is padded", Object.keys(CROP_FILLS)))
    .option("--flip", "mirror half of the images")
    .option("--no-flip", "do not mirror images")
    .option("--cutout <px>", "side of a masked square, 0 for none", n("cutout"))
    .addOption(choice("--guard <what>", "on a silent or saturated layer after one batch", Object.keys(GUARDS)))
    .addOption(backendOption());
}
