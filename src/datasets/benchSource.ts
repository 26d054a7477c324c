// Finds SpikeNAS-Bench in what somebody has: the authors' repository (a folder or an archive of it, or one data set's folder of
// logs), or tables such as cifar10.csv.gz. Installs it as one table for each data set, whole or not at all.

import {existsSync} from "node:fs";
import {stat} from "node:fs/promises";
import {basename, join} from "node:path";
import type {Readable} from "node:stream";
import {SPIKENAS_BENCH_SETTINGS, type SpikenasBenchDataset} from "../architectures/spikenasBench.js";
import {writeWhole} from "../atomic.js";
import {checkName, InputError, invalid} from "../check.js";
import {
  benchChecksum,
  benchDatasetOf,
  type BenchCurves,
  benchTable,
  curvesTable,
  parseBenchCurves,
  parseBenchLog,
  parseBenchTable,
  verifyBench,
  withCurves,
} from "./benchFormats.js";
import {writeSealed} from "../disk/seal.js";
import {type Bounds, readWithin} from "./bounds.js";
import type {Progress} from "./dataset.js";
import {MANIFEST} from "./manifest.js";
import {installInto, isInstalled} from "./place.js";
import {walk} from "./source.js";
import type {BenchNetwork, SpikenasBench} from "./spikenasBench.js";
import {damaged, isArchive, membersOf, plainName} from "./unpack.js";

/** Its folder under the data folder. */
export const BENCH_FOLDER = "spikenas-bench";

const TABLE = /(^|\/)(cifar10|cifar100|tiny-imagenet)\.csv$/;
/** Validation accuracies by epoch, beside a table. */
const CURVES = /(^|\/)(cifar10|cifar100|tiny-imagenet)-val\.csv$/;
const LOG = /(^|\/)\d+\/train_process\.txt$/;

/** Bytes of a table or a log at most, many times what they have, and of an archive of all of them. */
const BOUNDS: Bounds = {
  member: (path) => (path.endsWith(".txt") ? 2 ** 20 : 2 ** 25),
  total: 2 ** 33,
};

type Tools = {readonly signal?: AbortSignal | undefined; readonly onProgress?: Progress | undefined};

async function textOf(stream: Readable, path: string): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk as Buffer);
  } catch (error) {
    throw await damaged(path, error);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Tables and logs in a file, an archive or a folder: where each lies, and its text. */
async function* textsIn(from: string): AsyncGenerator<{where: string; name: string; text: string}> {
  const what = await stat(from).catch(() => undefined);
  if (!what?.isDirectory() && !what?.isFile()) throw invalid("source", from, "an existing folder, archive or table");
  if (!what.isDirectory()) {
    for await (const {path, open} of membersOf(from, BOUNDS)) {
      if (isArchive(from) && ![TABLE, CURVES, LOG].some((form) => form.test(path))) continue;
      yield {where: isArchive(from) ? `${path} in ${from}` : from, name: path, text: await textOf(await open(), from)};
    }
    if (TABLE.test(plainName(from))) yield* curvesBeside(from);
    return;
  }
  const paths = await walk(from);
  const tables = paths.filter((path) => TABLE.test(plainName(path)) || CURVES.test(plainName(path)));
  const logs = paths.filter((path) => LOG.test(`/${path}`) || path === "train_process.txt");
  for (const path of tables.length > 0 ? tables : logs) {
    const file = join(from, path);
    if (LOG.test(`/${path}`)) yield {where: file, name: path, text: (await readWithin(file, BOUNDS.member(path))).toString("utf8")};
    else for await (const {open} of membersOf(file, BOUNDS)) yield {where: file, name: plainName(path), text: await textOf(await open(), file)}; // prettier-ignore
  }
}

/** The curves that lie beside a table, plain or packed. */
async function* curvesBeside(table: string): AsyncGenerator<{where: string; name: string; text: string}> {
  const plain = plainName(table).replace(/\.csv$/, "-val.csv");
  const path = [plain, `${plain}.gz`].find(existsSync);
  if (path === undefined) return;
  for await (const {open} of membersOf(path, BOUNDS))
    yield {where: path, name: plain, text: await textOf(await open(), path)};
}

/** Reads and verifies everything of SpikeNAS-Bench in `from`. */
export async function readBenches(from: string, {signal, onProgress}: Tools = {}): Promise<SpikenasBench[]> {
  const logs = new Map<SpikenasBenchDataset, BenchNetwork[]>();
  const benches: SpikenasBench[] = [];
  const curves = new Map<string, {curves: BenchCurves; where: string}>();
  let done = 0;
  for await (const {where, name, text} of textsIn(from)) {
    signal?.throwIfAborted();
    if (name.endsWith(".txt")) {
      const network = parseBenchLog(text, where);
      const dataset = benchDatasetOf(network, where);
      const others = logs.get(dataset);
      if (others) others.push(network);
      else logs.set(dataset, [network]);
    } else if (CURVES.test(name)) curves.set(CURVES.exec(name)![2]!, {curves: parseBenchCurves(text, where), where});
    else benches.push(verifyBench(parseBenchTable(text, where), where));
    if (++done % 100 === 0) onProgress?.(done, NaN, "logs read");
  }
  for (const networks of logs.values()) benches.push(verifyBench(networks, from));
  if (benches.length === 0)
    throw invalid(`source ${from}`, "neither logs (…/12617/train_process.txt) nor a table (cifar10.csv, plain or .gz)", "the repository tju-sun-lab/SpikeNAS-Bench, a part of its data folder, or such a table"); // prettier-ignore
  return benches.map((bench) => {
    const own = curves.get(bench.dataset);
    return own ? withCurves(bench, own.curves, own.where) : bench;
  });
}

const curvesOf = (folder: string, dataset: string): string => join(folder, `${dataset}-val.csv`);
const tableOf = (folder: string, dataset: string): string => join(folder, `${dataset}.csv`);
const DATASETS = Object.keys(SPIKENAS_BENCH_SETTINGS) as SpikenasBenchDataset[];

/** Installs what `from` holds into `dataDir`; tables of other data sets that are there already stay. */
export async function installBench(
  from: string,
  {dataDir, ...tools}: Tools & {readonly dataDir: string},
): Promise<SpikenasBench[]> {
  const folder = join(dataDir, BENCH_FOLDER);
  const found = await readBenches(from, tools);
  await installInto(folder, tools, async ({partial, moveIn}) => {
    const kept = DATASETS.filter((name) => existsSync(tableOf(folder, name)) && !found.some((b) => b.dataset === name));
    const benches = [...found, ...(await Promise.all(kept.map((name) => loadBench({dataset: name, dataDir}))))];
    const tables: Record<string, object> = {};
    for (const bench of benches) {
      const {dataset, networks, source} = bench;
      writeWhole(tableOf(partial, dataset), benchTable(networks));
      if (networks.some(({curve}) => curve)) writeWhole(curvesOf(partial, dataset), curvesTable(networks));
      tables[dataset] = {networks: networks.length, source, sha256: benchChecksum(bench)};
    }
    writeSealed(join(partial, MANIFEST), {dataset: BENCH_FOLDER, tables});
    await moveIn();
  });
  return found;
}

/** The data sets whose tables are installed. */
export const installedBenches = (dataDir: string): SpikenasBenchDataset[] =>
  DATASETS.filter((name) => isTable(dataDir, name));

const isTable = (dataDir: string, name: string): boolean =>
  isInstalled(join(dataDir, BENCH_FOLDER)) && existsSync(tableOf(join(dataDir, BENCH_FOLDER), name));

/** Loads the networks of one data set: from the data folder, or straight from a table, archive or folder of logs. */
export async function loadBench({
  dataset = "cifar10",
  from,
  dataDir,
  ...tools
}: Tools & {
  readonly dataset?: string;
  readonly from?: string | undefined;
  readonly dataDir: string;
}): Promise<SpikenasBench> {
  const name = checkName("data set of SpikeNAS-Bench", dataset, SPIKENAS_BENCH_SETTINGS);
  const path = from ?? tableOf(join(dataDir, BENCH_FOLDER), name);
  if (from === undefined && !isTable(dataDir, name))
    throw new InputError(
      `SpikeNAS-Bench for ${name} is not installed: no ${path}; get it with "npx spikebook data ${BENCH_FOLDER} --from PATH" ` +
        `(a copy of github.com/tju-sun-lab/SpikeNAS-Bench, or its table)`,
    );
  const benches = await readBenches(path, tools);
  const bench = benches.find((other) => other.dataset === name);
  if (!bench) throw invalid(`source ${basename(path)}`, `networks for ${benches.map((b) => b.dataset).join(", ")}`, `networks for ${name}`); // prettier-ignore
  return bench;
}
