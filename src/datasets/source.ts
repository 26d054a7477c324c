// Finds a data set's files in a folder, a packed file or an archive that somebody already has.

import {readdir, stat} from "node:fs/promises";
import {basename, dirname, join, relative, sep} from "node:path";
import type {Readable} from "node:stream";
import {invalid, listed} from "../check.js";
import {type Bounds, isPlainFile} from "./bounds.js";
import {mostBytesOf, type Recipe} from "./recipe.js";
import {isArchive, membersOf, plainName} from "./unpack.js";

/** One file to install: where it belongs, what to call it in messages, and its bytes. */
export type Found = {readonly file: string; readonly origin: string; readonly open: () => Promise<Readable>};

const DEPTH = 5;

/** Every file below a folder, as paths relative to it. */
export async function walk(folder: string, depth = DEPTH): Promise<string[]> {
  const entries = await readdir(folder, {withFileTypes: true});
  const below = await Promise.all(
    entries.map(async (entry): Promise<string[]> => {
      if (entry.isDirectory())
        return depth > 0 ? prefixed(entry.name, await walk(join(folder, entry.name), depth - 1)) : [];
      const plain = entry.isFile() || (entry.isSymbolicLink() && (await isPlainFile(join(folder, entry.name))));
      return plain ? [entry.name] : [];
    }),
  );
  return below.flat().sort();
}

const prefixed = (folder: string, files: readonly string[]): string[] => files.map((file) => `${folder}/${file}`);

/** The loose files of the folder that holds most of the data set; of two copies of one, the published name, then plain. */
function looseFiles(from: string, paths: readonly string[], recipe: Recipe): Map<string, string> {
  const roots = new Map<string, Map<string, {path: string; rank: number}>>();
  for (const path of paths) {
    const placed = recipe.place(plainName(path));
    if (!placed) continue;
    const rank = +!placed.exact * 2 + +(plainName(path) !== path);
    const files = roots.get(placed.root) ?? new Map<string, {path: string; rank: number}>();
    roots.set(placed.root, files);
    const other = files.get(placed.file);
    if (!other || rank < other.rank) files.set(placed.file, {path: join(from, path), rank});
  }
  const best = [...roots.values()].sort((a, b) => b.size - a.size)[0];
  return new Map([...(best ?? [])].map(([file, {path}]) => [file, path]));
}

/** What of an archive belongs to a data set may be as large as its recipe says; what does not is passed over. */
const boundsOf = (recipe: Recipe): Bounds => ({
  member: (path) => mostBytesOf(recipe, recipe.place(path)?.file ?? ""),
  total: 2 * recipe.most.total + 2 ** 28,
});

async function* archiveFiles(archive: string, recipe: Recipe): AsyncGenerator<Found> {
  let root: string | undefined;
  for await (const {path, open} of membersOf(archive, boundsOf(recipe))) {
    const placed = recipe.place(path);
    if (!placed || (root ?? placed.root) !== placed.root) continue;
    root = placed.root;
    yield {file: placed.file, origin: `${path} in ${archive}`, open};
  }
}

async function* plainFiles(files: ReadonlyMap<string, string>, recipe: Recipe): AsyncGenerator<Found> {
  for (const [file, path] of files) {
    const most = mostBytesOf(recipe, file);
    for await (const {open} of membersOf(path, {member: () => most, total: most})) yield {file, origin: path, open};
  }
}

const lacking = (from: string, recipe: Recipe, missing: readonly string[]): Error =>
  invalid(
    `source ${from}`,
    `it lacks ${missing.join(", ")}`,
    `at least ${listed(recipe.required).replace(/ or /, " and ")} of the official binary form, plain, .gz or .xz` +
      (recipe.archive ? ", or their archive" : ""),
  );

/** The data set's files in `from`, which is a folder or an archive. */
export async function findFiles(from: string, recipe: Recipe): Promise<AsyncGenerator<Found>> {
  const what = await stat(from).catch(() => undefined);
  if (!what?.isDirectory() && !what?.isFile()) throw invalid("source", from, "an existing folder or archive");
  if (!what.isDirectory() && isArchive(from)) return archiveFiles(from, recipe);
  const folder = what.isDirectory() ? from : dirname(from);
  const paths = what.isDirectory() ? (await walk(folder)).map((path) => path.split(sep).join("/")) : [basename(from)];
  const loose = looseFiles(folder, paths, recipe);
  const missing = recipe.required.filter((file) => !loose.has(file));
  if (missing.length === 0) return plainFiles(loose, recipe);
  const archive = paths.find((path) => isArchive(path) && recipe.archive?.test(basename(path)));
  if (archive) return archiveFiles(join(folder, archive), recipe);
  throw lacking(relative("", from) || from, recipe, missing);
}

/** Throws when files that nothing can do without did not turn up. */
export function checkComplete(from: string, recipe: Recipe, files: Readonly<Record<string, unknown>>): void {
  const missing = recipe.required.filter((file) => !Object.hasOwn(files, file));
  if (missing.length > 0) throw lacking(from, recipe, missing);
}
