// folder:DIR, a user's own images: one folder a class (imageListing.ts), resized to one shape (decodeImage.ts).
//
// A file that cannot be decoded is named with the reason and left out; the others are loaded. A class of which nothing is left is
// an error. Mean and standard deviation are those of the training images held.

import {readdirSync, statSync} from "node:fs";
import {join} from "node:path";
import {invalid} from "../check.js";
import {inRange} from "../ranges.js";
import {readWithin} from "./bounds.js";
import {
  checkHolds,
  countOf,
  type Dataset,
  type ReadRequest,
  type SampleSet,
  type SkippedFile,
  withChecksum,
} from "./dataset.js";
import {decodeImage, type ImageShape, MOST_IMAGE_BYTES} from "./decodeImage.js";
import type {DatasetEntry} from "./entry.js";
import {type ImageListing, type LabelledFile, listImages} from "./imageListing.js";
import {channelStatistics} from "./statistics.js";

/** Side and channels of images when a name does not say others. */
export const FOLDER_SHAPE: ImageShape = [32, 32, 3];
const LARGEST_SIDE = 1024;
/** Files decoded at a time. */
const AT_ONCE = 8;

/** "32" or "24x32" (height x width) as a pair. */
export function parseImageSize(text: string): readonly [height: number, width: number] {
  const [, height = "", width = height] = /^(\d{1,5})(?:x(\d{1,5}))?$/.exec(text) ?? [];
  const sides = [Number(height), Number(width)] as const;
  if (height === "" || sides.some((side) => side < 1 || side > LARGEST_SIDE))
    throw invalid("image size", text, `pixels from 1 to ${LARGEST_SIDE}: 32, or height x width such as 24x32`);
  return sides;
}

/** The shape that a name's options ask for. */
export function folderShape({size, channels}: Readonly<Record<string, string>>): ImageShape {
  const sides = size === undefined ? ([FOLDER_SHAPE[0], FOLDER_SHAPE[1]] as const) : parseImageSize(size);
  if (channels !== undefined && channels !== "1" && channels !== "3")
    throw invalid("image channels", channels, "3 (colour) or 1 (grey)");
  return [...sides, channels === "1" ? 1 : 3];
}

/** Differs when files were added to, removed from or renamed in a folder of classes; with `contents`, when one was written too. */
export function folderStamp(folder: string, contents = false): string {
  if (!statSync(folder, {throwIfNoEntry: false})?.isDirectory()) return "";
  const stamp = (path: string): string => {
    const what = statSync(path, {throwIfNoEntry: false});
    return `${path} ${what?.mtimeMs} ${what?.size}`;
  };
  const below = (path: string): string[] =>
    statSync(path, {throwIfNoEntry: false})?.isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [];
  const parts = ["train", "test"].map((part) => join(folder, part));
  const folders = [folder, ...below(folder), ...parts.flatMap(below)];
  return [...folders, ...(contents ? folders.flatMap(below) : [])].map(stamp).join("\n");
}

/** What the table of data sets says of a folder. */
export function folderEntry(name: string, path: string, options: Readonly<Record<string, string>>): DatasetEntry {
  const sampleShape = folderShape(options);
  const {classes, train, test, balanced} = listImages(path);
  return {
    title: "your own images",
    counts: {train: train.length, test: test.length},
    balanced,
    sampleShape,
    modality: "image",
    classCount: classes.length,
    terms: "yours",
    read: (request) => readFolder(name, path, sampleShape, request),
  };
}

type Decoded = {readonly set: SampleSet; readonly skipped: readonly SkippedFile[]};

/** Decodes files in order; those that fail are listed, and no place is kept for them. */
async function decodeFiles(
  files: readonly LabelledFile[],
  shape: ImageShape,
  tick: (done: number) => void,
): Promise<Decoded> {
  const bytes = shape[0] * shape[1] * shape[2];
  const samples = new Uint8Array(files.length * bytes);
  const labels = new Uint16Array(files.length);
  const skipped: SkippedFile[] = [];
  let held = 0;
  for (let first = 0; first < files.length; first += AT_ONCE) {
    const group = files.slice(first, first + AT_ONCE);
    const read = async ({path}: LabelledFile): Promise<Uint8Array | Error> => {
      try {
        return await decodeImage(await readWithin(path, MOST_IMAGE_BYTES), shape);
      } catch (error) {
        return error as Error;
      }
    };
    for (const [i, image] of (await Promise.all(group.map(read))).entries()) {
      const {path, label} = group[i]!;
      if (image instanceof Error) skipped.push({path, why: image.message});
      else {
        samples.set(image, held * bytes);
        labels[held++] = label;
      }
    }
    tick(group.length);
  }
  return {set: {samples: samples.slice(0, held * bytes), labels: labels.slice(0, held)}, skipped};
}

/** Throws when no image of a class that has files among `files` could be read. */
function checkClasses({classes}: ImageListing, files: readonly LabelledFile[], {set, skipped}: Decoded): void {
  const held = new Set(set.labels);
  const lost = files.find(({label}) => !held.has(label));
  if (!lost) return;
  const first = skipped.find(({path}) => path === lost.path)!;
  throw invalid(`class ${classes[lost.label]}`, `none of its images can be read (${first.path}: ${first.why})`, "whole PNG or JPEG files"); // prettier-ignore
}

/** Reads the images asked for. */
async function readFolder(name: string, folder: string, shape: ImageShape, request: ReadRequest): Promise<Dataset> {
  const {seed = 0, signal, onProgress} = request;
  inRange("dataSeed", seed, "seed");
  const listing = listImages(folder, seed);
  const train = listing.train.slice(0, countOf(`trainCount of ${name}`, request.trainCount, listing.train.length));
  const test = listing.test.slice(0, countOf(`testCount of ${name}`, request.testCount, listing.test.length));
  for (const {length} of [train, test]) checkHolds(name, length, shape);
  let done = 0;
  const tick = (files: number): void => {
    signal?.throwIfAborted();
    onProgress?.((done += files), train.length + test.length, "decoding images");
  };
  const trained = await decodeFiles(train, shape, tick);
  checkClasses(listing, train, trained);
  const tested = await decodeFiles(test, shape, tick);
  checkClasses(listing, test, tested);
  const skipped = [...trained.skipped, ...tested.skipped];
  const [height, width, channels] = shape;
  return withChecksum({
    ...{name, sampleShape: shape, modality: "image", classes: listing.classes, procedural: false},
    ...channelStatistics(trained.set.samples, channels),
    ...{train: trained.set, test: tested.set, skipped},
    provenance: [
      `PNG and JPEG files of ${folder}, resized to ${height}x${width}, ${channels === 1 ? "grey" : "colour"}`,
      ...(skipped.length ? [`${skipped.length} of ${train.length + test.length} files could not be read`] : []),
      ...listing.notes.map((note) => `not read: ${note}`),
    ].join("; "),
  });
}
