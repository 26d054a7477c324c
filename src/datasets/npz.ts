// npz:FILE, arrays that a user made, as numpy.savez or savez_compressed writes them.
//
//   x                 images: uint8 0..255 or floats 0..1, [N, H, W, C] or [N, H, W]
//                     samples with time: uint8 counts or floats, [N, T, H, W, C]
//   y                 [N] whole numbers 0..K−1
//   x_test, y_test    alike; without them one of five samples of each class, drawn by the seed, is a test sample
//   classes           K names, of a string type; without it the labels are the names
//
// Counts of events are given to a network as they are (mean 0, sd 1/255, since a byte stands for p/255); everything else is
// normalised by the training samples' mean and standard deviation. Within a split the samples of a class are in an order drawn by
// the seed, and the classes take turns, so that the first n are balanced.

import {statSync} from "node:fs";
import {invalid} from "../check.js";
import {inRange} from "../ranges.js";
import {random, randomKey, type RandomKey} from "../random.js";
import {
  countOf,
  type Dataset,
  type Modality,
  type ReadRequest,
  type SampleSet,
  type SampleShape,
  sampleSize,
  withChecksum,
} from "./dataset.js";
import type {DatasetEntry} from "./entry.js";
import {balancedCount, inTurn, testShare} from "./inTurn.js";
import {isWhole, npyHeader, type NpyHeader, parseNpy, parseNpyStrings} from "./npy.js";
import {channelStatistics} from "./statistics.js";
import {mostTogether, withZip, type ZipMember} from "./zip.js";

type Arrays = Partial<Record<"x" | "y" | "x_test" | "y_test" | "classes", ZipMember>>;
const NAMES: readonly string[] = ["x", "y", "x_test", "y_test", "classes"];
const MOST_CLASSES = 65_536;

/** What `use` makes of the arrays in a file, which may hold a certain number of bytes together. */
function withArrays<R>(path: string, use: (arrays: Arrays & Record<"x" | "y", ZipMember>) => R): R {
  const what = statSync(path, {throwIfNoEntry: false});
  if (!what?.isFile()) throw invalid("file of arrays", path, "an existing .npz file");
  return withZip(path, (members) => {
    const most = mostTogether(what.size);
    const wanted = members.filter((member) => NAMES.includes(member.path.replace(/\.npy$/, "")));
    const together = wanted.reduce((sum, {size}) => sum + size, 0);
    if (together > most) throw invalid(`size of ${path}`, `${what.size} bytes that become ${together}`, `at most ${most} unpacked; numpy.savez writes larger arrays as they are`); // prettier-ignore
    const arrays: Arrays = Object.fromEntries(members.map((member) => [member.path.replace(/\.npy$/, ""), member]));
    const missing = (name: string): Error =>
      invalid(`arrays of ${path}`, `${members.map((m) => m.path.replace(/\.npy$/, "")).join(", ")}, no ${name}`, "x and y, and with x_test also y_test"); // prettier-ignore
    if (!arrays.x) throw missing("x");
    if (!arrays.y) throw missing("y");
    if (!arrays.x_test !== !arrays.y_test) throw missing(arrays.x_test ? "y_test" : "x_test");
    return use({...arrays, x: arrays.x, y: arrays.y});
  });
}

/** What samples an array holds, by its header. */
type Layout = {
  readonly count: number;
  readonly shape: SampleShape;
  readonly modality: Modality;
  readonly dtype: string;
};

const TYPES = ["|u1", "|b1", "<f4", "<f8"];

function layoutOf({dtype, shape}: NpyHeader, what: string): Layout {
  const text = `[${shape.join(", ")}]`;
  if (shape.length < 3 || shape.length > 5 || shape.includes(0))
    throw invalid(`shape of ${what}`, text, "[N, H, W, C], [N, H, W] or [N, T, H, W, C]");
  if (!TYPES.includes(dtype))
    throw invalid(`type of ${what}`, dtype, "uint8, or floats of 32 or 64 bits: x.astype(numpy.uint8)");
  const [count = 0, ...rest] = shape;
  inRange("trainCount", count, `number of samples of ${what}`);
  const sample = (rest.length === 2 ? [...rest, 1] : rest) as unknown as SampleShape;
  if (rest.length === 3 && rest[0]! <= 4 && rest[2]! > 4)
    throw invalid(`shape of ${what}`, text, "channels last, [N, H, W, C]: x.transpose(0, 2, 3, 1)");
  return {count, shape: sample, modality: rest.length === 4 ? "events" : "image", dtype};
}

const layoutIn = (member: ZipMember, path: string): Layout => {
  const what = `${member.path} in ${path}`;
  return layoutOf(npyHeader(member.beginning(), member.size, what), what);
};

/** The labels of `count` samples. */
function labelsIn(member: ZipMember, count: number, path: string): Uint16Array {
  const what = `${member.path} in ${path}`;
  const header = npyHeader(member.beginning(), member.size, what);
  if (header.shape.length !== 1 || header.shape[0] !== count)
    throw invalid(`shape of ${what}`, `[${header.shape.join(", ")}]`, `[${count}], a label for each sample`);
  const {dtype, data} = parseNpy(member.bytes(), what);
  if (!isWhole(dtype)) throw invalid(`type of ${what}`, dtype, "whole numbers");
  for (let i = 0; i < count; ++i)
    if (data[i]! < 0 || data[i]! >= MOST_CLASSES)
      throw invalid(`label ${i} of ${what}`, data[i], `a whole number from 0 to ${MOST_CLASSES - 1}`);
  return Uint16Array.from(data);
}

type Labels = {readonly y: Uint16Array; readonly test: Uint16Array | undefined; readonly classes: readonly string[]};

/** Labels and names of classes, of which each has samples; checks that both splits are of one kind. */
function readLabels(arrays: Arrays & Record<"x" | "y", ZipMember>, path: string): Labels & {layout: Layout} {
  const layout = layoutIn(arrays.x, path);
  const y = labelsIn(arrays.y, layout.count, path);
  let test: Uint16Array | undefined;
  if (arrays.x_test && arrays.y_test) {
    const other = layoutIn(arrays.x_test, path);
    if (other.shape.join() !== layout.shape.join() || other.dtype !== layout.dtype)
      throw invalid(`${arrays.x_test.path} in ${path}`, `${other.dtype} [${other.shape.join(", ")}] a sample`, `${layout.dtype} [${layout.shape.join(", ")}], as in x`); // prettier-ignore
    test = labelsIn(arrays.y_test, other.count, path);
  }
  const names = arrays.classes && parseNpyStrings(arrays.classes.bytes(), `${arrays.classes.path} in ${path}`);
  const count = names?.length ?? y.reduce((most, label) => Math.max(most, label), 0) + 1;
  if (count < 2) throw invalid(`labels of ${path}`, "one class", "at least two");
  const held = new Set(y);
  const lacking = Array.from({length: count}, (_, label) => label).find((label) => !held.has(label));
  if (lacking !== undefined) throw invalid(`labels of ${path}`, `no sample of class ${lacking}`, `every class from 0 to ${count - 1} in y`); // prettier-ignore
  const beyond = [y, test]
    .map((labels) => labels?.find((label) => label >= count))
    .find((label) => label !== undefined);
  if (beyond !== undefined) throw invalid(`labels of ${path}`, beyond, `0 to ${count - 1}: ${names ? "classes names these" : "y has these"}`); // prettier-ignore
  return {layout, y, test, classes: names ?? Array.from({length: count}, (_, label) => String(label))};
}

/** Places of the samples of each class. */
function placesOf(labels: Uint16Array, classes: number): number[][] {
  const places = Array.from({length: classes}, (): number[] => []);
  labels.forEach((label, i) => places[label]!.push(i));
  return places;
}

/** How many training and test samples each class gives. */
function countsOf({y, test, classes}: Labels, path: string): {train: number[]; test: number} {
  const held = placesOf(y, classes.length).map(({length}) => length);
  if (test) return {train: held, test: test.length};
  const rare = held.findIndex((n) => n < 2);
  if (rare >= 0) throw invalid(`labels of ${path}`, `one sample of class ${classes[rare]}`, "at least two of each, one of which is a test sample"); // prettier-ignore
  return {train: held.map((n) => n - testShare(n)), test: held.reduce((sum, n) => sum + testShare(n), 0)};
}

/** What the table of data sets says of a file. */
export function npzEntry(name: string, path: string): DatasetEntry {
  return withArrays(path, (arrays) => {
    const {layout, ...labels} = readLabels(arrays, path);
    const {train, test} = countsOf(labels, path);
    return {
      title: "your own arrays",
      counts: {train: train.reduce((a, b) => a + b), test},
      balanced: balancedCount(train),
      sampleShape: layout.shape,
      modality: layout.modality,
      classCount: labels.classes.length,
      terms: "yours",
      read: (request) => Promise.resolve().then(() => readNpz(name, path, request)),
    };
  });
}

/** Changes when the file is written. */
export function npzStamp(path: string): string {
  const what = statSync(path, {throwIfNoEntry: false});
  return `${what?.mtimeMs} ${what?.size}`;
}

/** The samples of an array; floats are checked one by one. */
function samplesIn(member: ZipMember, {modality, dtype}: Layout, path: string): SampleSet["samples"] {
  const what = `${member.path} in ${path}`;
  const {data} = parseNpy(member.bytes(), what);
  if (data instanceof Uint8Array)
    return dtype === "|b1" && modality === "image" ? data.map((bit) => (bit ? 255 : 0)) : data;
  const floats = data as Float32Array;
  const wrong = floats.findIndex((v) => !Number.isFinite(v) || (modality === "image" && (v < 0 || v > 1)));
  if (wrong >= 0) throw invalid(`value ${wrong} of ${what}`, floats[wrong], modality === "image" ? "0 to 1, or uint8 from 0 to 255" : "finite numbers"); // prettier-ignore
  return floats;
}

/** The samples at `places`, with their labels. */
function taken({samples, labels}: SampleSet, places: readonly number[], size: number): SampleSet {
  const chosen = samples instanceof Uint8Array ? new Uint8Array(places.length * size) : new Float32Array(places.length * size); // prettier-ignore
  places.forEach((place, i) => chosen.set(samples.subarray(place * size, (place + 1) * size), i * size));
  return {samples: chosen, labels: Uint16Array.from(places, (place) => labels[place]!)};
}

/** Places of training and test samples, in order. */
function splitPlaces({y, test, classes}: Labels, key: RandomKey): {train: number[]; test: number[]} {
  const drawn = (places: readonly number[][], part: string): number[] =>
    inTurn(places.map((own, label) => random(key.split("order", part, label)).shuffle(own)));
  const own = placesOf(y, classes.length);
  if (test) return {train: drawn(own, "train"), test: drawn(placesOf(test, classes.length), "test")};
  const parts = own.map((places, label) => {
    const shuffled = random(key.split("test", label)).shuffle(places);
    const count = testShare(places.length);
    return {test: shuffled.slice(0, count).sort((a, b) => a - b), train: shuffled.slice(count).sort((a, b) => a - b)};
  });
  return {train: drawn(parts.map(({train}) => train), "train"), test: drawn(parts.map((p) => p.test), "test")}; // prettier-ignore
}

function readNpz(name: string, path: string, {seed = 0, signal, onProgress, ...request}: ReadRequest): Dataset {
  inRange("dataSeed", seed, "seed");
  return withArrays(path, (arrays) => {
    const {layout, ...labels} = readLabels(arrays, path);
    countsOf(labels, path);
    const places = splitPlaces(labels, randomKey(seed, "npz"));
    const [trainCount, testCount] = (["train", "test"] as const).map((part) => countOf(`${part}Count of ${name}`, request[`${part}Count`], places[part].length)) as [number, number]; // prettier-ignore
    const size = sampleSize(layout.shape);
    const held: SampleSet = {samples: samplesIn(arrays.x, layout, path), labels: labels.y};
    signal?.throwIfAborted();
    const train = taken(held, places.train.slice(0, trainCount), size);
    const tested = arrays.x_test ? {samples: samplesIn(arrays.x_test, layout, path), labels: labels.test!} : held;
    const test = taken(tested, places.test.slice(0, testCount), size);
    onProgress?.(trainCount + testCount, trainCount + testCount);
    const channels = layout.shape.at(-1)!;
    const counts = layout.modality === "events" && train.samples instanceof Uint8Array;
    return withChecksum({
      ...{name, sampleShape: layout.shape, modality: layout.modality, classes: labels.classes, train, test},
      ...(counts ? {mean: new Array<number>(channels).fill(0), sd: new Array<number>(channels).fill(1 / 255)} : channelStatistics(train.samples, channels)), // prettier-ignore
      ...{provenance: `arrays of ${path}`, procedural: false},
    });
  });
}
