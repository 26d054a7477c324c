// The files of a folder of images: one folder a class, in train/ and test/ or in one folder that is split here.
//
//   DIR/train/CLASS/*.png, DIR/test/CLASS/*.png           as its author split it
//   DIR/CLASS/*.png                                       one of five images of each class, drawn by the seed, is a test image
//
// PNG and JPEG by their names' ends; classes are sorted by name; hidden files and folders are no part of it. Within a split the
// images of a class are in an order drawn by the seed, and the classes take turns, so that the first n are balanced.

import {type Dirent, readdirSync, statSync} from "node:fs";
import {extname, join} from "node:path";
import {InputError, invalid} from "../check.js";
import {random, randomKey, type RandomKey} from "../random.js";
import {balancedCount, inTurn, testShare} from "./inTurn.js";

/** An image file with its label. */
export type LabelledFile = {readonly path: string; readonly label: number};

export type ImageListing = {
  readonly classes: readonly string[];
  readonly train: readonly LabelledFile[];
  readonly test: readonly LabelledFile[];
  /** Training images that can be drawn with equally many of each class. */
  readonly balanced: number;
  /** What lies there and is not read; empty when nothing does. */
  readonly notes: readonly string[];
};

const IMAGE = /\.(png|jpe?g|jpe|jfif)$/i;
/** Whether a file is one of images, by its name. */
export const isImage = (name: string): boolean => IMAGE.test(name);
const LAYOUT = "one folder a class, in it PNG or JPEG files; or such folders in train/ and test/";

type Entries = {readonly folders: string[]; readonly images: string[]; readonly others: string[]};

/** What a folder holds, sorted by name. Links count as what they lead to. */
function entriesOf(folder: string): Entries {
  const entries: Entries = {folders: [], images: [], others: []};
  const isFolder = (entry: Dirent): boolean =>
    entry.isSymbolicLink() ? statSync(join(folder, entry.name), {throwIfNoEntry: false})?.isDirectory() === true : entry.isDirectory(); // prettier-ignore
  let held: Dirent[];
  try {
    held = readdirSync(folder, {withFileTypes: true});
  } catch (error) {
    throw new InputError(`cannot read the folder ${folder}: ${(error as Error).message}`);
  }
  for (const entry of held) {
    if (/^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)/.test(entry.name)) continue;
    const plain = entry.isSymbolicLink() ? statSync(join(folder, entry.name), {throwIfNoEntry: false})?.isFile() !== false : entry.isFile(); // prettier-ignore
    const list = isFolder(entry) ? entries.folders : plain && isImage(entry.name) ? entries.images : entries.others;
    list.push(entry.name);
  }
  for (const list of Object.values(entries)) list.sort((a, b) => (a < b ? -1 : 1));
  return entries;
}

type Class = {readonly name: string; readonly files: readonly string[]; readonly others: readonly string[]};

/** The classes of a folder, at least two, each with an image. */
function classesOf(folder: string): Class[] {
  const {folders, images} = entriesOf(folder);
  if (folders.length === 0)
    throw invalid(`folder ${folder}`, images.length ? `${images.length} images and no folders of classes` : "no folders of classes", LAYOUT); // prettier-ignore
  if (folders.length === 1)
    throw invalid(`folder ${folder}`, `one class, ${folders[0]}`, "at least two folders of classes");
  return folders.map((name) => {
    const path = join(folder, name);
    const {images: files, others, folders: below} = entriesOf(path);
    if (files.length === 0)
      throw invalid(
        `class folder ${path}`,
        below.length ? `folders (${below.slice(0, 3).join(", ")}) and no images` : others.length ? `no images, but ${kinds(others)}` : "no images", // prettier-ignore
        "PNG or JPEG files",
      );
    return {name, files: files.map((file) => join(path, file)), others};
  });
}

/** "3 files (.gif, .txt)". */
function kinds(files: readonly string[]): string {
  const ends = [...new Set(files.map((file) => extname(file).toLowerCase() || file))];
  return `${files.length} file${files.length > 1 ? "s" : ""} (${ends.slice(0, 4).join(", ")}${ends.length > 4 ? " …" : ""})`;
}

/** One split: the files of each class in a drawn order, taken in turn. */
const ordered = (lists: readonly (readonly string[])[], key: RandomKey): LabelledFile[] =>
  inTurn(
    lists.map((files, label) =>
      random(key.split(label))
        .shuffle(files)
        .map((path) => ({path, label})),
    ),
  );

/** Lists a folder of classes and splits it. */
function splitHere(folder: string, key: RandomKey): Omit<ImageListing, "notes"> & {others: string[]} {
  const classes = classesOf(folder);
  const parts = classes.map(({name, files}, label) => {
    if (files.length < 2)
      throw invalid(`class folder ${join(folder, name)}`, "one image", "at least two, one of which is a test image");
    const drawn = random(key.split("test", label)).shuffle(files);
    const test = testShare(files.length);
    return {test: drawn.slice(0, test).sort(), train: drawn.slice(test).sort()};
  });
  return {
    classes: classes.map(({name}) => name),
    train: ordered(parts.map(({train}) => train), key.split("order", "train")), // prettier-ignore
    test: ordered(parts.map(({test}) => test), key.split("order", "test")), // prettier-ignore
    balanced: balancedCount(parts.map(({train}) => train.length)),
    others: classes.flatMap(({others}) => others),
  };
}

/** Lists train/ and test/, which must hold the same classes. */
function splitByAuthor(folder: string, key: RandomKey): Omit<ImageListing, "notes"> & {others: string[]} {
  const [train, test] = ["train", "test"].map((part) => classesOf(join(folder, part))) as [Class[], Class[]];
  const [names, tested] = [train, test].map((classes) => classes.map(({name}) => name)) as [string[], string[]];
  for (const [part, own, other] of [["test", names, tested], ["train", tested, names]] as const) // prettier-ignore
    for (const name of own)
      if (!other.includes(name)) throw invalid(join(folder, part), `no folder ${name}`, "the same classes in train/ and test/"); // prettier-ignore
  const filesOf = (classes: readonly Class[]) => classes.map(({files}) => files);
  return {
    classes: names,
    train: ordered(filesOf(train), key.split("order", "train")),
    test: ordered(filesOf(test), key.split("order", "test")),
    balanced: balancedCount(train.map(({files}) => files.length)),
    others: [...train, ...test].flatMap(({others}) => others),
  };
}

/** Lists the images of a folder; `seed` names which are test images, where its author did not say, and the order. */
export function listImages(folder: string, seed = 0): ImageListing {
  const what = statSync(folder, {throwIfNoEntry: false});
  if (!what) throw invalid("folder of images", folder, "an existing folder");
  if (!what.isDirectory()) throw invalid("folder of images", `${folder}, a file`, `a folder: ${LAYOUT}`);
  const {folders, images, others} = entriesOf(folder);
  const parts = ["train", "test"].filter((part) => folders.includes(part));
  if (parts.length === 1)
    throw invalid(`folder ${folder}`, `${parts[0]}/ without ${parts[0] === "train" ? "test" : "train"}/`, LAYOUT);
  const key = randomKey(seed, "folder");
  const list = parts.length === 2 ? splitByAuthor(folder, key) : splitHere(folder, key);
  const beside = parts.length === 2 ? folders.filter((name) => !parts.includes(name)) : [];
  const unread = [...list.others, ...others];
  const notes = [
    ...(unread.length ? [`${kinds(unread)} neither PNG nor JPEG`] : []),
    ...(images.length ? [`${images.length} images outside the folders of classes`] : []),
    ...(beside.length ? [`folders beside train/ and test/: ${beside.join(", ")}`] : []),
  ];
  const {others: _others, ...listing} = list;
  return {...listing, notes};
}
