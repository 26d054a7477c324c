// Several processes that want one lock, one data set: one has it, and a death leaves it to the next.

import {type ChildProcess, fork, spawn} from "node:child_process";
import {once} from "node:events";
import {readdirSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {setTimeout as wait} from "node:timers/promises";
import {fileURLToPath} from "node:url";
import {loadDataset} from "../../../src/datasets/index.js";
import {install} from "../../../src/datasets/install.js";
import {RECIPES} from "../../../src/datasets/recipe.js";
import {thisOwner} from "../../../src/disk/owner.js";
import {cifarRecords, put} from "../../datasets/fixtures.js";
import type {Answer, Order} from "../../disk/opener.js";
import type {Attempt, Kind} from "../kind.js";
import {runProgram} from "../program.js";

const OPENER = fileURLToPath(new URL("../../disk/opener.js", import.meta.url));
const INSTALLER = fileURLToPath(new URL("../installer.js", import.meta.url));
const FOLDER = RECIPES.cifar10.folder;

let openers: ChildProcess[] = [];
let dead = 0;

async function prepareOpeners(): Promise<() => void> {
  openers = Array.from({length: 3}, () => fork(OPENER));
  const child = spawn("true", {stdio: "ignore"});
  await once(child, "exit");
  dead = child.pid!;
  return () => openers.forEach((opener) => opener.kill("SIGKILL"));
}

const all = (order: Order): Promise<Answer[]> =>
  Promise.all(
    openers.map(async (child) => {
      const answer = once(child, "message") as Promise<[Answer]>;
      child.send(order);
      return (await answer)[0];
    }),
  );

/** Three openers at one moment, of a lock that a dead process left, and of one that nobody had. */
async function race({index, folder}: Attempt): Promise<string | undefined> {
  const path = join(folder, "study.lock");
  if (index % 3 > 0) writeFileSync(path, `${JSON.stringify({...thisOwner(), pid: dead})}\n`);
  const answers = await all({take: path, at: Date.now() + 5});
  const holders = answers.filter(({held}) => held).length;
  const unclear = answers.find(({held, message}) => !held && !message.includes(path));
  await all("release");
  const left = readdirSync(folder);
  if (holders !== 1) return `${holders} holders: ${answers.map(({message}) => message).join(" | ")}`;
  if (unclear) return `an error that does not name the lock: ${unclear.message}`;
  return left.length > 0 ? `left behind: ${left.join(", ")}` : undefined;
}

/** Folders with cuts of CIFAR-10, of two and of three images. */
const sources = (folder: string): string[] =>
  [
    [[0], [1]],
    [[0], [1], [2]],
  ].map(
    (labels) =>
    put(join(folder, `from${labels.length}`), {"data_batch_1.bin": cifarRecords(labels), "test_batch.bin": cifarRecords([[4]])}), // prettier-ignore
  );

/** Two processes install one set at one moment, from one source or from two. */
async function atOnce({index, folder}: Attempt): Promise<string | undefined> {
  const from = sources(folder);
  const dataDir = join(folder, "data");
  const asked = [from[0]!, from[index % 2]!];
  const ran = await Promise.all(asked.map((source) => runProgram(["data", "cifar10", "--from", source, "--data-dir", dataDir], {limitSeconds: 120}))); // prettier-ignore
  const failed = ran.find(({status}) => status !== 0);
  if (failed) return `status ${failed.status}: ${failed.stderr.slice(-300)}`;
  if (readdirSync(dataDir).join() !== FOLDER) return `left behind: ${readdirSync(dataDir).join(", ")}`;
  const {train} = await loadDataset("cifar10", {dataDir});
  return [2, 3].includes(train.labels.length) ? undefined : `${train.labels.length} images`;
}

/** A process that replaces a set again and again is killed; the set is there, whole, and the next installation leaves nothing. */
async function killed({random, folder}: Attempt): Promise<string | undefined> {
  const from = sources(folder);
  const dataDir = join(folder, "data");
  const child = spawn(process.execPath, [INSTALLER, dataDir, ...from], {stdio: ["ignore", "pipe", "inherit"]});
  await once(child.stdout, "data");
  await wait(random.integer(80));
  child.kill("SIGKILL");
  await once(child, "close");
  const {train, provenance} = await loadDataset("cifar10", {dataDir});
  if (!provenance.includes(`CUT: ${train.labels.length} training`))
    return `${train.labels.length} images: ${provenance}`;
  await install("cifar10", RECIPES.cifar10, {dataDir, from: from[0]!});
  const left = readdirSync(dataDir);
  return left.join() === FOLDER ? undefined : `left behind: ${left.join(", ")}`;
}

export const kinds: readonly Kind[] = [
  {
    name: "lock-race",
    held: "of three openers at one moment one has the lock, and the others' error names it",
    ...{count: 150, small: 15, seconds: 600, prepare: prepareOpeners},
    attempt: race,
  },
  {
    name: "installs-at-once",
    held: "two installations of one data set both end well",
    ...{count: 12, small: 0, seconds: 1200},
    attempt: atOnce,
  },
  {
    name: "installs-killed",
    held: "a set that is being replaced when its process is killed is there, whole",
    ...{count: 60, small: 2, seconds: 1200},
    attempt: killed,
  },
];
