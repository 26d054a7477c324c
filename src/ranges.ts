// The numbers that a user sets: what each is called, whether it is whole, and from where to where it goes. One table, which command
// line, studies, recipes, networks and data sets check against before anything is made of a number.
//
// Ends are what a computer bears, not what is wise; what depends on other numbers (a crop and its image) is checked where both are.

import {invalid} from "./check.js";

export type Range = {
  /** In words, for messages. */
  readonly title: string;
  readonly whole: boolean;
  readonly least: number;
  readonly most: number;
  /** The least, or the most, is itself outside. */
  readonly open?: "least" | "most";
  /** Only every second whole number: 1, 3, 5, … */
  readonly odd?: true;
  readonly unit?: string;
};

type Rest = Pick<Range, "open" | "odd" | "unit">;
const whole = (title: string, least: number, most: number, rest: Rest = {}): Range => ({title, whole: true, least, most, ...rest}); // prettier-ignore
const real = (title: string, least: number, most: number, rest: Rest = {}): Range => ({title, whole: false, least, most, ...rest}); // prettier-ignore
const above = (title: string, least: number, most: number, unit?: string): Range => real(title, least, most, {open: "least", ...(unit !== undefined && {unit})}); // prettier-ignore

const MOST_SEED = 2 ** 32 - 1;
const MOST_SAMPLES = 2_000_000;
const MOST_UNITS = 2 ** 20;
/** Beyond this setTimeout starts from 1 ms. */
const MOST_MILLISECONDS = 2 ** 31 - 1;

export const RANGES = {
  // trials
  seeds: whole("seeds", 1, 1000),
  firstSeed: whole("first seed", 0, MOST_SEED),
  seed: whole("seed", 0, MOST_SEED),
  workers: whole("workers", 0, 256, {unit: "processes"}),
  threads: whole("threads", 1, 256),
  // data
  train: whole("train", 1, MOST_SAMPLES, {unit: "samples"}),
  validation: whole("validation", 0, MOST_SAMPLES, {unit: "samples"}),
  trainCount: whole("train count", 1, MOST_SAMPLES, {unit: "samples"}),
  test: whole("test", 1, MOST_SAMPLES, {unit: "samples"}),
  dataSeed: whole("data seed", 0, MOST_SEED),
  // networks
  cells: whole("cells", 1, 32),
  channels: whole("channels", 1, 65_536),
  inputChannels: whole("input channels", 1, 65_536),
  inputSize: whole("input size", 1, 4096, {unit: "pixels"}),
  classes: whole("classes", 2, 65_536),
  stemStride: whole("stem stride", 1, 2),
  pool: whole("pool", 1, 4096, {unit: "pixels"}),
  window: whole("window", 1, 4096, {unit: "pixels"}),
  kernel: whole("kernel", 1, 255, {odd: true, unit: "pixels"}),
  hidden: whole("hidden", 1, MOST_UNITS, {unit: "units"}),
  units: whole("units", 1, MOST_UNITS),
  voters: whole("voters", 1, 4096, {unit: "units a class"}),
  dropout: real("dropout", 0, 1, {open: "most"}),
  timesteps: whole("timesteps", 1, 100_000),
  bits: whole("bits", 1, 32),
  choices: whole("choices", 1, 65_536),
  nodes: whole("nodes of a cell", 2, 10),
  codeBits: whole("bits", 1, 16),
  kept: above("kept fraction", 0, 1),
  // neurons
  tau: above("tau", 1, 1e6, "timesteps"),
  tauSynapse: real("tauSynapse", 1, 1e6, {unit: "timesteps"}),
  tauAdaptation: above("tauAdaptation", 1, 1e6, "timesteps"),
  beta: real("beta", 0, 1e6),
  threshold: above("threshold", 0, 1e6),
  start: real("start", 0, 1, {open: "most"}),
  surrogateShape: above("surrogate shape", 0, 1e6),
  // conversions
  percentile: above("percentile", 0, 100),
  images: whole("images", 1, MOST_SAMPLES),
  // recipes
  epochs: whole("epochs", 0, 100_000),
  startEpoch: whole("start epoch", 0, 100_000, {unit: "epochs"}),
  batchSize: whole("batch size", 1, 65_536, {unit: "samples"}),
  shards: whole("shards", 1, 1024),
  learningRate: above("learning rate", 0, 1e38),
  finalRate: real("final rate", 0, 1),
  warmupSteps: whole("warm-up steps", 0, 1e9),
  weightDecay: real("weight decay", 0, 1),
  clipNorm: above("clip norm", 0, 1e38),
  labelSmoothing: real("label smoothing", 0, 1),
  crop: whole("crop", 0, 1024, {unit: "pixels"}),
  cutout: whole("cutout", 0, 1024, {unit: "pixels"}),
  // searches and tables
  candidates: whole("candidates", 1, 1e12),
  batch: whole("batch", 1, 65_536, {unit: "samples"}),
  repeats: whole("repeats", 1, 10_000),
  maxParams: whole("max params", 1, 1e12),
  maxBytes: above("max bytes", 0, 1e15),
  maxWorkingBytes: above("max working bytes", 0, 1e15),
  queries: whole("queries", 1, 15_625),
  raceEpochs: whole("epochs", 100, 1_562_500),
  searches: whole("seeds", 1, 10_000),
  resamples: whole("resamples", 2, 100_000),
  predictor: whole("predictor", 2, 15_625, {unit: "networks"}),
  sample: whole("sample", 0, 15_625, {unit: "networks"}),
  mu: real("mu", 0, 1e6, {unit: "points"}),
  id: whole("id", 0, 1e6),
  top: whole("top", 1, 65_536, {unit: "classes"}),
  // programs
  timeout: above("timeout", 0, Math.floor(MOST_MILLISECONDS / 1000), "seconds"),
  port: whole("port", 1, 65_535),
} as const satisfies Readonly<Record<string, Range>>;

export type RangeName = keyof typeof RANGES;

/** What a number of this range may be: "an integer from 1 to 32", "a number > 1 and <= 1000000 (timesteps)". */
export function rangeText(range: Range): string {
  const {least, most, open, odd, unit} = range;
  if (range.whole && most === least + 1) return `${least} or ${most}`;
  const kind = odd ? "an odd number" : range.whole ? "an integer" : "a number";
  const text = open === "least" ? `${kind} > ${least} and <= ${most}` : open === "most" ? `${kind} >= ${least} and < ${most}` : `${kind} from ${least} to ${most}`; // prettier-ignore
  return unit === undefined ? text : `${text} (${unit})`;
}

/** Whether a value is a number of this range. */
export function isInRange(range: Range, value: unknown): value is number {
  const {least, most, open, odd} = range;
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  if (value < least || value > most || (open && value === range[open])) return false;
  return !range.whole || (Number.isInteger(value) && (!odd || value % 2 === 1));
}

/** Returns `value` where the range of this name has it; throws "invalid batch size: 0; expected an integer from 1 to …". */
export function inRange(name: RangeName, value: number, what?: string): number {
  const range: Range = RANGES[name];
  if (!isInRange(range, value)) throw invalid(what ?? range.title, value, rangeText(range));
  return value;
}

/** A reader of an option's text, with the range that it reads in. */
export type RangeReader = ((text: string) => number) & {readonly range: Range};

/** Reads a number of the range of this name from a text. */
export function numberIn(name: RangeName, what: string = RANGES[name].title): RangeReader {
  const range: Range = RANGES[name];
  const read = (text: string): number => {
    const value = text.trim() === "" ? NaN : Number(text);
    if (!isInRange(range, value)) throw invalid(what, text, rangeText(range));
    return value;
  };
  return Object.assign(read, {range});
}
