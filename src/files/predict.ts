// What a trained network says of images and recordings: classes, probabilities, and the synaptic operations that each took.
//
//   probabilities = softmax(logits)

import {check, checkOptions, InputError, invalid} from "../check.js";
import {readWithin} from "../datasets/bounds.js";
import {type Progress, sampleSize} from "../datasets/dataset.js";
import {decodeImage, type ImageShape, MOST_IMAGE_BYTES} from "../datasets/decodeImage.js";
import {readRecording} from "../datasets/recordings.js";
import {giveWay} from "../giveWay.js";
import {populationsOf} from "../graphs/populations.js";
import {forward} from "../networks/forward.js";
import {forwardCounting, MOST_AT_ONCE} from "../networks/stepwise.js";
import {dispose, softmax, type Tensor, tidy} from "../tf.js";
import {activityOf} from "../training/activity.js";
import {batchOf} from "../training/batches.js";
import type {SampleFormat, TrainedNetwork} from "./networkText.js";

/** One sample: a PNG or JPEG file, a WAV file where it was trained on sound, or its numbers [...sample.shape], pixels from 0 to 255 where it was trained on bytes. */
export type Sample = string | ArrayLike<number>;

export type Prediction = {
  /** The most probable class. */
  readonly class: string;
  readonly probability: number;
  /** Of every class, by name. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Synaptic operations: spikes times fan-out. */
  readonly synOps: number;
};

export type PredictOptions = {
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: Progress;
};

/** Most bytes of a recording: a second of sound has 32 kB. */
const MOST_SOUND_BYTES = 2 ** 23;

/** The numbers of a file: its image decoded to the network's size and channels, or its recording as a spectrogram. */
async function readFile(path: string, {shape, modality, samples, sound}: SampleFormat): Promise<ArrayLike<number>> {
  const isImage = modality === "image" && samples === "bytes" && [1, 3].includes(shape.at(-1)!);
  if (!isImage && !sound)
    throw invalid("sample", path, `numbers [${shape.join(", ")}]: this network was not trained on images or recordings of files`); // prettier-ignore
  try {
    if (sound) return await readRecording(path, {...sound, shape, most: MOST_SOUND_BYTES});
    return await decodeImage(await readWithin(path, MOST_IMAGE_BYTES), shape as ImageShape);
  } catch (error) {
    if (error instanceof InputError && error.message.includes(path)) throw error;
    throw new InputError(`cannot read ${sound ? "recording" : "image"} ${path}: ${(error as Error).message}`);
  }
}

/** The numbers of a sample: those given, or a file's. */
export async function readSample(sample: Sample, format: SampleFormat): Promise<ArrayLike<number>> {
  if (typeof sample === "string") return readFile(sample, format);
  const {shape, samples} = format;
  const expected = sampleSize(shape);
  check("sample", `${sample?.length} numbers`, sample?.length === expected, `${expected}: [${shape.join(", ")}]`);
  const whole = (v: number): boolean => v >= 0 && v <= 255;
  const wrong = samples === "bytes" ? Array.prototype.find.call(sample, (v: number) => !whole(v)) : undefined;
  if (wrong !== undefined) throw invalid("pixel", wrong, "a number from 0 to 255");
  return sample;
}

/** Samples of one length after another, as a set of which `batchOf` makes batches. */
function setOf(samples: readonly ArrayLike<number>[], kind: SampleFormat["samples"]) {
  const size = samples[0]!.length;
  const all = kind === "bytes" ? new Uint8Array(samples.length * size) : new Float32Array(samples.length * size);
  samples.forEach((sample, i) => all.set(sample, i * size));
  return {samples: all, labels: new Uint8Array(samples.length)};
}

/**
 * What the network makes of samples: image files (PNG, JPEG), recordings (WAV) or arrays of pixels 0…255. They are scaled as the network was trained.
 *
 * @example const [{class: name, probability, synOps}] = await predict(network, ["cat.png"])
 */
export async function predict(
  network: TrainedNetwork,
  samples: readonly Sample[],
  options: PredictOptions = {},
): Promise<Prediction[]> {
  checkOptions("predict", options, ["batchSize", "signal", "onProgress"]);
  const {batchSize = 50, signal, onProgress} = options;
  check("samples", samples, Array.isArray(samples), "a list of files or of arrays of pixels");
  const found: Prediction[] = [];
  for (let start = 0; start < samples.length; start += batchSize) {
    signal?.throwIfAborted();
    const group = samples.slice(start, start + batchSize);
    found.push(...predictBatch(network, await Promise.all(group.map((sample) => readSample(sample, network.sample)))));
    onProgress?.(found.length, samples.length, "predicting");
    await giveWay(signal);
  }
  return found;
}

function predictBatch(network: TrainedNetwork, group: readonly ArrayLike<number>[]): Prediction[] {
  const {sample, classes, graph} = network;
  const data = {sampleShape: sample.shape, ...sample};
  const {x, labels} = batchOf(data, setOf(group, sample.samples), [...group.keys()], {scale: sample.scale});
  const {logits, counts} = graph.T > MOST_AT_ONCE ? forwardCounting(network, x) : forwardWhole(network, x);
  const rows = tidy(() => softmax(logits).arraySync());
  const synOps = operationsOf(graph, counts, group.length);
  dispose([x, labels, logits, ...Object.values(counts)]);
  return rows.map((row, i) => {
    const best = row.indexOf(Math.max(...row));
    const probabilities = Object.fromEntries(classes.map((name, c) => [name, row[c]!]));
    return {class: classes[best]!, probability: row[best]!, probabilities, synOps: synOps[i]!};
  });
}

function forwardWhole(network: TrainedNetwork, x: Tensor): ReturnType<typeof forwardCounting> {
  const {logits, outputs, observed} = forward(network, x, {training: false, observe: {spikes: true}});
  outputs.dispose();
  return {logits, counts: observed.spikes};
}

/** Synaptic operations of each of B samples, from the spikes [T, B, ...] of every population. */
function operationsOf(graph: TrainedNetwork["graph"], spikes: Readonly<Record<string, Tensor>>, B: number): number[] {
  const readers = new Map(populationsOf(graph).map((population) => [population.name, population.readers]));
  return Array.from({length: B}, (_, b) =>
    Object.entries(spikes).reduce((sum, [name, s]) => {
      const begin = [0, b, ...s.shape.slice(2).map(() => 0)];
      const one = s.slice(begin, [s.shape[0], 1, ...s.shape.slice(2)]);
      const {synOps} = activityOf(one, readers.get(name) ?? []);
      one.dispose();
      return sum + synOps;
    }, 0),
  );
}
