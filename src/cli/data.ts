// spikebook data: which data sets there are, and how to get one.

import {join, resolve} from "node:path";
import type {Command} from "commander";
import {InputError, invalid} from "../check.js";
import {BENCH_FOLDER, installBench, installedBenches} from "../datasets/benchSource.js";
import {DATASET_NAMES, datasetEntry, defaultDataDir, isOwnData, isPresent, OWN_DATA} from "../datasets/index.js";
import {install} from "../datasets/install.js";
import {readManifest, type Manifest} from "../datasets/manifest.js";
import {formatTable} from "../tables/formatTable.js";
import {checkData} from "./checkData.js";
import {addImageOptions, type DataNameOptions, dataNameOf, OWN_DATA_HELP} from "./dataOption.js";
import {interruptSignal} from "./interrupt.js";
import {somePath} from "./paths.js";

type DataOptions = Omit<DataNameOptions, "data"> & {
  readonly from?: string;
  readonly url?: string;
  readonly dataDir: string;
  readonly json?: boolean;
};

/** What the list says of a data set. */
export type DatasetLine = {
  readonly name: string;
  readonly title: string;
  readonly images: string;
  readonly shape: string;
  readonly classes: number;
  readonly state: string;
  readonly terms: string;
  readonly address: string | undefined;
};

function stateOf(name: string, present: boolean, manifest: Manifest | Error | undefined): string {
  const {recipe} = datasetEntry(name);
  if (!recipe) return "built in";
  if (!present) return `get it: npx spikebook data ${name}${recipe.downloads.length ? "" : " --from DIR"}`;
  if (!manifest) return "present, not verified";
  if (manifest instanceof Error) return manifest.message;
  return manifest.cut ? `present, cut to ${manifest.train} + ${manifest.test} samples` : "present";
}

/** One line for each data set. */
export async function datasetLines(dataDir: string): Promise<DatasetLine[]> {
  return Promise.all(
    DATASET_NAMES.map(async (name) => {
      const {title, counts, sampleShape, classCount, terms, recipe} = datasetEntry(name);
      const present = isPresent(name, dataDir);
      const manifest = recipe && (await readManifest(join(dataDir, recipe.folder)).catch((error: Error) => error));
      return {
        name,
        title,
        images: counts ? `${counts.train} + ${counts.test}` : "as many as asked",
        shape: sampleShape.join("x"),
        classes: classCount,
        state: stateOf(name, present, manifest),
        terms,
        address: recipe?.downloads[0]?.url,
      };
    }),
  );
}

async function list({dataDir, json}: DataOptions): Promise<void> {
  const lines = await datasetLines(dataDir);
  if (json) return console.log(JSON.stringify(lines, null, 2));
  const rows = lines.map(({name, title, images, shape, classes, state, terms}) => ({
    name,
    what: title,
    "train + test": images,
    sample: shape,
    classes,
    state,
    terms,
  }));
  console.log(formatTable(rows));
  const held = installedBenches(dataDir);
  console.log(
    `\n${BENCH_FOLDER}: 15,625 trained networks as a table (Sun et al.; no licence stated): ` +
      (held.length > 0 ? `present for ${held.join(", ")}` : `get it: npx spikebook data ${BENCH_FOLDER} --from PATH`),
  );
  const own = Object.values(OWN_DATA).map(({usage, title}) => ({name: usage, what: title}));
  console.log(`\n${formatTable(own)}\nBy these names every study reads them; npx spikebook data NAME checks one.`);
  console.log(`\nData folder: ${dataDir} (--data-dir DIR for another)`);
  console.log(`A local copy in the official binary form: npx spikebook data NAME --from DIR`);
}

/** Shows progress on one line of the terminal, or on a line every few seconds elsewhere. */
function reporter(stream: NodeJS.WriteStream): (done: number, total: number, note?: string) => void {
  let shown = 0;
  return (done, total, note = "") => {
    const now = Date.now();
    if (done !== total && now - shown < (stream.isTTY ? 200 : 5000)) return;
    shown = now;
    const size = note.startsWith("bytes") ? (n: number) => `${(n / 1e6).toFixed(1)} M` : (n: number) => `${n} `;
    const share = Number.isFinite(total)
      ? `${size(done)}of ${size(total)}${note} (${Math.floor((100 * done) / total)} %)`
      : `${size(done)}${note}`;
    stream.write(stream.isTTY ? `\r\x1b[K${share}${done === total ? "\n" : ""}` : `${share}\n`);
  };
}

async function get(name: string, options: DataOptions): Promise<void> {
  const {recipe, counts} = datasetEntry(name);
  if (!recipe || !counts)
    throw invalid("data set to install", name, "one that is not built in; this one needs nothing");
  const {from, url, dataDir} = options;
  if (from !== undefined && url !== undefined)
    throw new InputError("invalid options: --from and --url; expected one of them");
  if (from === undefined && recipe.downloads.length === 0)
    throw invalid("source", "none given", `--from DIR: a copy of ${recipe.home ?? name}`);
  const source = from === undefined ? undefined : resolve(from);
  const onProgress = reporter(process.stderr);
  const manifest = await install(name, recipe, {dataDir, from: source, url, signal: interruptSignal(), onProgress});
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  console.log(
    `${name}: ${manifest.train} training and ${manifest.test} test samples in ${join(dataDir, recipe.folder)}`,
  );
  if (manifest.cut)
    console.log(
      [`A cut of the published ${counts.train} + ${counts.test}; records will say so`, ...manifest.notes].join("; ") +
        ".",
    );
}

/** Reads a user's own data whole. */
async function check(name: string, {from, url, json}: DataOptions): Promise<void> {
  if (from !== undefined || url !== undefined)
    throw invalid("option", from === undefined ? "--url" : "--from", `none with ${name}, which is read where it lies`);
  const tools = {signal: interruptSignal(), onProgress: reporter(process.stderr)};
  await checkData(name, {...tools, ...(json !== undefined && {json})});
}

/** Installs the table of trained networks, which is no set of images and has no address to download from. */
async function getBench({from, url, dataDir}: DataOptions): Promise<void> {
  if (url !== undefined || from === undefined)
    throw invalid(
      "source",
      url ?? "none given",
      "--from PATH: a copy of github.com/tju-sun-lab/SpikeNAS-Bench (folder or archive), a part of its data folder, or a table such as cifar10.csv.gz",
    );
  const found = await installBench(resolve(from), {
    dataDir,
    signal: interruptSignal(),
    onProgress: reporter(process.stderr),
  });
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  for (const {dataset, networks} of found)
    console.log(`${BENCH_FOLDER}: ${networks.length} networks for ${dataset} in ${join(dataDir, BENCH_FOLDER)}`);
}

/** Adds the command to the program. */
export function dataCommand(program: Command): void {
  const command = program
    .command("data")
    .description("list data sets, or get one: download it, or take a local copy; check your own images or arrays")
    .argument(
      "[name]",
      `one of ${DATASET_NAMES.filter((name) => datasetEntry(name).recipe).join(", ")}, ${BENCH_FOLDER}; ` +
        `or your own data, to be checked: ${OWN_DATA_HELP}`,
    )
    .option(
      "--from <dir>",
      "folder or archive with a local copy in the official binary form (plain, .gz, .xz, .tar.gz, .zip)",
    )
    .option("--url <url>", "download from this address instead of the official one (checksums stay the official ones)")
    .option("--data-dir <dir>", "where data sets live", somePath("data dir"), defaultDataDir())
    .option("--json", "print the list, or what was found in your own data, as JSON");
  addImageOptions(command).action(async (name: string | undefined, given: DataOptions) => {
    const options = {...given, dataDir: resolve(given.dataDir)};
    if (name === undefined && (given.from ?? given.url) !== undefined)
      throw invalid("command", "data without a name", "spikebook data NAME --from DIR");
    if (name === undefined) return list(options);
    if (name === BENCH_FOLDER) return getBench(options);
    const chosen = dataNameOf({...given, data: name})!;
    await (isOwnData(chosen) ? check(chosen, options) : get(chosen, options));
  });
}
