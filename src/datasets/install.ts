// Puts a published data set into the data folder: found or downloaded, unpacked beside, verified, then renamed.
//
//   data/cifar-10-batches-bin.partial  →  every file and record checked  →  data/cifar-10-batches-bin
//
// Until the rename the data folder is as it was; after a failure too (place.ts).

import {createHash, type Hash} from "node:crypto";
import {createWriteStream, existsSync} from "node:fs";
import {mkdir, rm} from "node:fs/promises";
import {basename, dirname, join} from "node:path";
import {Transform} from "node:stream";
import {pipeline} from "node:stream/promises";
import {InputError, invalid} from "../check.js";
import {writeSealed} from "../disk/seal.js";
import type {Progress} from "./dataset.js";
import {download} from "./download.js";
import {MANIFEST, type Manifest, readManifest} from "./manifest.js";
import {installInto} from "./place.js";
import type {Recipe} from "./recipe.js";
import {checkComplete, findFiles, type Found} from "./source.js";
import {damaged, looksLikeHtml} from "./unpack.js";

export type InstallOptions = {
  readonly dataDir: string;
  /** Folder or archive with a local copy; the data set is downloaded when absent. */
  readonly from?: string;
  /** Address to download from in place of the official one; for several files, the address of their folder. */
  readonly url?: string;
  readonly signal?: AbortSignal;
  /** The note says what is being counted. */
  readonly onProgress?: Progress;
};

type Files = Manifest["files"];

const tap = (hash: Hash, count: (bytes: number) => void): Transform =>
  new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      count(chunk.length);
      done(null, chunk);
    },
  });

/** Copies one file in and returns its sum. */
async function bringIn({file, origin, open}: Found, to: string, signal?: AbortSignal): Promise<Files[string]> {
  const path = join(to, file);
  const hash = createHash("sha256");
  let bytes = 0;
  await mkdir(dirname(path), {recursive: true});
  try {
    await pipeline(
      await open(),
      tap(hash, (n) => (bytes += n)),
      createWriteStream(path),
      {signal},
    );
  } catch (error) {
    signal?.throwIfAborted();
    const {code} = error as NodeJS.ErrnoException;
    if (code === "ENOSPC" || code === "EACCES")
      throw new InputError(`cannot write ${path}: ${(error as Error).message}`);
    throw await damaged(origin.split(" in ").at(-1)!, error);
  }
  return {sha256: hash.digest("hex"), bytes, official: false};
}

/** Compares a file with the published one: equal, shorter (a cut), or wrong. */
function compare(
  origin: string,
  sum: Files[string],
  official: {sha256: string; bytes: number} | undefined,
): Files[string] {
  if (!official) return sum;
  if (sum.sha256 === official.sha256) return {...sum, official: true};
  if (sum.bytes === official.bytes)
    throw invalid(
      `sha256 of ${origin}`,
      sum.sha256,
      `${official.sha256}, as published; the file is damaged or of another data set`,
    );
  return sum;
}

/** Many files are recorded as the sum of the list of their sums. */
function summary(files: Files): Files {
  const names = Object.keys(files).sort();
  if (names.length <= 12) return files;
  const list = names.map((name) => `${files[name]!.sha256}  ${name}\n`).join("");
  const bytes = names.reduce((sum, name) => sum + files[name]!.bytes, 0);
  return {[`${names.length} files`]: {sha256: createHash("sha256").update(list).digest("hex"), bytes, official: false}};
}

/** Fills a folder from a local copy and verifies it; returns its manifest. */
async function fill(
  name: string,
  recipe: Recipe,
  from: string,
  folder: string,
  options: InstallOptions,
): Promise<Manifest> {
  const {signal, onProgress} = options;
  const files: Files = {};
  const origins = new Map<string, string>();
  let total = 0;
  for await (const found of await findFiles(from, recipe)) {
    signal?.throwIfAborted();
    files[found.file] = compare(found.origin, await bringIn(found, folder, signal), recipe.official[found.file]);
    origins.set(join(folder, found.file), found.origin);
    total += files[found.file]!.bytes;
    if (total > recipe.most.total || origins.size > recipe.most.files)
      throw invalid(`source ${from}`, `${origins.size} files of ${total} bytes so far`, `at most ${recipe.most.files} of ${recipe.most.total} bytes for ${name}`); // prettier-ignore
    onProgress?.(origins.size, NaN, `files of ${name} unpacked`);
  }
  checkComplete(from, recipe, files);
  try {
    const {train, test, notes} = await recipe.verify(folder, {signal, onProgress});
    const whole = train === recipe.published.train && test === recipe.published.test;
    return {
      dataset: name,
      source: options.url ?? from,
      train,
      test,
      cut: !whole,
      notes: [...notes],
      files: summary(files),
    };
  } catch (error) {
    throw await blame(error, origins);
  }
}

/** Names the file that the user has, in place of the copy that is about to be removed. */
async function blame(error: unknown, origins: ReadonlyMap<string, string>): Promise<unknown> {
  if (!(error instanceof InputError)) return error;
  let message = error.message;
  for (const [copy, origin] of origins) {
    if (!message.includes(copy)) continue;
    if (await looksLikeHtml(copy))
      return invalid(origin, "a web page (HTML)", "data; a server sent a page in its place");
    message = message.replaceAll(copy, origin);
  }
  return new InputError(message);
}

/** Where a recipe's downloads lie: the file, or the folder of several. */
const downloadedTo = ({downloads}: Recipe, folder: string): string =>
  downloads.length > 1 ? folder : join(folder, basename(downloads[0]?.url ?? ""));

/** Downloads what a recipe names. */
async function fetchAll(recipe: Recipe, folder: string, options: InstallOptions): Promise<void> {
  const {url, signal, onProgress} = options;
  const several = recipe.downloads.length > 1;
  for (const {url: official, sum, most} of recipe.downloads) {
    const file = basename(official);
    const address = url === undefined ? official : several ? `${url.replace(/\/$/, "")}/${file}` : url;
    const to = join(folder, file);
    const report: Progress = (done, total) => onProgress?.(done, total, `bytes of ${file}`);
    if (!existsSync(to))
      await download({url: address, to, sum, ...(most !== undefined && {most}), signal, onProgress: report});
  }
}

/** Installs a data set and returns its manifest. Where another process is doing that from the same source, it is waited for. */
export async function install(name: string, recipe: Recipe, options: InstallOptions): Promise<Manifest> {
  const {dataDir, from} = options;
  const folder = join(dataDir, recipe.folder);
  const downloads = `${folder}.download`;
  const source = from ?? downloadedTo(recipe, downloads);
  return installInto(folder, options, async ({partial, waited, moveIn}) => {
    const there = waited ? await readManifest(folder).catch(() => undefined) : undefined;
    if (there?.dataset === name && there.source === (options.url ?? source)) return there;
    if (from === undefined) await fetchAll(recipe, downloads, options);
    const manifest = await fill(name, recipe, source, partial, options);
    writeSealed(join(partial, MANIFEST), manifest);
    await moveIn();
    if (from === undefined) await rm(downloads, {recursive: true, force: true});
    return manifest;
  });
}
