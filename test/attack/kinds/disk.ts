// Disks that are nearly full: what was there stays, what was said to be kept is kept.

import {spawnSync} from "node:child_process";
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {extname, join} from "node:path";
import {writeWhole} from "../../../src/atomic.js";
import {InputError} from "../../../src/check.js";
import {openJournal, readRecords, TRIALS} from "../../../src/studies/journal.js";
import {recordOf} from "../../records/record.js";
import {SMALL_OPTIONS} from "../../studies/small.js";
import type {Attempt, Kind} from "../kind.js";
import {isRaw, runProgram} from "../program.js";
import {isWhole, summed} from "../writer.js";

const mount = (...args: string[]): boolean => spawnSync("mount", args, {stdio: "ignore"}).status === 0;

let canMount: boolean | undefined;
/** Whether a small disk can be mounted here: tried once. */
function lacksMount(): string | undefined {
  if (canMount === undefined) {
    const place = mkdtempSync(join(tmpdir(), "small-disk-"));
    canMount = process.platform === "linux" && mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", place);
    if (canMount) spawnSync("umount", [place]);
    rmSync(place, {recursive: true, force: true});
  }
  return canMount ? undefined : "mounting a small disk takes root on Linux";
}

/** Works on a disk of so many kB, which can be made larger. */
async function onDisk<T>(kB: number, place: string, work: (grow: (kB: number) => void) => T | Promise<T>): Promise<T> {
  if (!mount("-t", "tmpfs", "-o", `size=${kB}k`, "tmpfs", place)) throw new Error("the small disk was not mounted");
  try {
    return await work((more) => mount("-o", `remount,size=${more}k`, place));
  } finally {
    spawnSync("umount", [place]);
  }
}

/** The error of what `write` does, undefined where it succeeds. */
function failing(write: () => void): Error | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** A file of 1.2 MB is written over one of another 1.2 MB, with more and more place beside. */
function writeOver(path: string): string | undefined {
  const [old, next] = [summed(1_200_000, 1), summed(1_200_000, 2)];
  writeFileSync(path, old);
  const error = failing(() => writeWhole(path, next));
  const there = readFileSync(path);
  if (error && (!(error instanceof InputError) || !error.message.includes(path))) return `a raw error: ${error.stack}`;
  if (!there.equals(error ? old : next))
    return `${there.length} bytes, ${isWhole(there) ? "the other's" : "not whole"}`;
  const left = readdirSync(join(path, "..")).filter((name) => name !== "whole.bin");
  return left.length > 0 ? `left behind: ${left.join(", ")}` : undefined;
}

/** Lines are appended until the disk is full; each that was kept is read, and no other. */
function fillJournal(folder: string): string | undefined {
  const journal = openJournal(folder, TRIALS);
  let [kept, error]: [number, Error | undefined] = [0, undefined];
  for (; !error && kept < 3000; kept += Number(!error))
    error = failing(() => journal.append(recordOf({id: `id${kept}`})));
  journal.close();
  if (error && !(error instanceof InputError)) return `a raw error: ${error.stack}`;
  const read = existsSync(join(folder, TRIALS.file)) ? readRecords(folder).length : 0;
  const bytes = read > 0 ? readFileSync(join(folder, TRIALS.file)) : Buffer.from("\n");
  if (read !== kept) return `${kept} lines were kept, ${read} are read`;
  return bytes.at(-1) === 10 ? undefined : "its last line is torn";
}

/** Two trials, in this process or in one of its own. */
const studyArgs = (index: number, out: string): string[] =>
  ["study", "kernel-impact", ...SMALL_OPTIONS, "--seeds", "1", "--workers", String(index % 2), "--out", out]; // prettier-ignore
let expected: string | undefined;

async function recordsOf(folder: string): Promise<string> {
  return (await runProgram(["records", folder, "--json", "--stable"])).stdout;
}

/** Endings by which a file is known to be whole. */
const ENDINGS: Readonly<Record<string, string>> = {
  ".png": "IEND\xaeB`\x82",
  ".svg": "</svg>",
  ".json": "}",
  ".jsonl": "\n",
  ".csv": "\n",
};

/** A file below a folder that is not whole, of those that say so by their end. */
const truncatedIn = (folder: string): string | undefined =>
  readdirSync(folder, {recursive: true, encoding: "utf8"}).find((name) => {
    const ending = ENDINGS[extname(name)];
    const text = ending === undefined ? "" : readFileSync(join(folder, name), "latin1");
    return ending !== undefined && !(ending === "\n" ? text : text.trimEnd()).endsWith(ending);
  });

/** kB of a disk: a page more each while checkpoints are written, which lie there together with the first network; then figures. */
const diskSize = (index: number): number => (index < 12 ? 12 + 4 * index : 60 + 24 * (index - 12));

/** A study on a disk of some size, and again on the same disk made larger: its records are those of any other. */
async function study({index, folder}: Attempt): Promise<string | undefined> {
  if (expected === undefined) {
    await runProgram(studyArgs(0, join(folder, "reference")), {limitSeconds: 120});
    expected = await recordsOf(join(folder, "reference"));
  }
  const place = join(folder, "disk");
  mkdirSync(place);
  return onDisk(diskSize(index), place, async (grow) => {
    const out = join(place, "mine");
    const small = await runProgram(studyArgs(index, out), {limitSeconds: 120});
    if (small.status !== 0 && (small.stderr.trim() === "" || isRaw(small.stderr))) return `status ${small.status}: ${small.stderr.slice(-400)}`; // prettier-ignore
    const truncated = existsSync(out) ? truncatedIn(out) : undefined;
    if (truncated !== undefined) return `${truncated} is not whole`;
    grow(64_000);
    const again = await runProgram(studyArgs(index, out), {limitSeconds: 120});
    if (again.status !== 0) return `with more place, status ${again.status}: ${again.stderr.slice(-400)}`;
    const left = readdirSync(out, {recursive: true, encoding: "utf8"}).filter((name) => /\.tmp$|\.lock$/.test(name));
    if (left.length > 0) return `left behind: ${left.join(", ")}`;
    return (await recordsOf(out)) === expected ? undefined : "other records than those of an undisturbed study";
  });
}

export const kinds: readonly Kind[] = [
  {
    name: "disk-sizes",
    held: "a file on a nearly full disk is the old one or the new one, whole",
    ...{count: 60, small: 30, seconds: 300, lacks: lacksMount},
    attempt: ({index, folder}) => onDisk(1200 + (index % 30) * 48, folder, () => writeOver(join(folder, "whole.bin"))),
  },
  {
    name: "journal-on-full-disk",
    held: "every line that was kept is read, and no torn one",
    ...{count: 30, small: 6, seconds: 600, lacks: lacksMount},
    attempt: ({index, folder}) => onDisk(64 + index * 4, folder, () => fillJournal(join(folder, "study"))),
  },
  {
    name: "study-on-full-disk",
    held: "a study ends with words, and with more place has the records of any other",
    ...{count: 30, small: 0, seconds: 3600, lacks: lacksMount},
    attempt: study,
  },
];
