// A study's memory: one JSON line a finished trial, appended and synced, read back on the next run.
//
// A process killed while appending leaves an incomplete last line: it is cut off when the study is opened again, and its trial
// is run again. Any other damage is an error that names the line. One process at a time writes a journal.

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import {join} from "node:path";
import {InputError} from "../check.js";
import {recordSchema, type TrialRecord} from "./trial.js";

export const JOURNAL = "trials.jsonl";
const LOCK = "study.lock";

function parse(path: string, number: number, line: string): TrialRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new InputError(
      `damaged journal ${path}, line ${number}: not JSON; remove the line, and its trial is run again`,
    );
  }
  const result = recordSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new InputError(
    `damaged journal ${path}, line ${number}: ${issue.path.join(".") || "record"}: ${issue.message}; remove the line, and its trial is run again`,
  );
}

/** The complete lines of a journal, and how many bytes they take. */
function completeLines(path: string): {lines: string[]; bytes: number} {
  const text = readFileSync(path);
  const end = text.lastIndexOf(10) + 1;
  return {lines: text.toString("utf8", 0, end).split("\n").slice(0, -1), bytes: end};
}

/** Every record of the study in `folder`, in the order in which trials finished. */
export function readRecords(folder: string): TrialRecord[] {
  const path = join(folder, JOURNAL);
  if (!existsSync(path))
    throw new InputError(`no study in ${folder}: it holds no ${JOURNAL}; expected the --out folder of a study`);
  return completeLines(path).lines.map((line, i) => parse(path, i + 1, line));
}

export type Journal = {
  /** Trials finished before this run, by id. */
  readonly finished: ReadonlyMap<string, TrialRecord>;
  append(record: TrialRecord): void;
  close(): void;
};

/** Opens the journal of `folder` for writing and makes it where there is none. */
export function openJournal(folder: string): Journal {
  mkdirSync(folder, {recursive: true});
  const unlock = lock(folder);
  try {
    const path = join(folder, JOURNAL);
    if (existsSync(path)) truncateSync(path, completeLines(path).bytes);
    const finished = new Map(existsSync(path) ? readRecords(folder).map((record) => [record.id, record]) : []);
    const file = openSync(path, "a");
    return {
      finished,
      append(record) {
        writeSync(file, `${JSON.stringify(record)}\n`);
        fsyncSync(file);
        finished.set(record.id, record);
      },
      close() {
        closeSync(file);
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Takes the folder for this process; a lock whose process is gone is taken over. */
function lock(folder: string): () => void {
  const path = join(folder, LOCK);
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), {flag: "wx"});
      return () => rmSync(path, {force: true});
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST")
        throw new InputError(`cannot write in ${folder}: ${(error as Error).message}`);
      const holder = Number(readFileSync(path, "utf8"));
      if (holder > 0 && holder !== process.pid && alive(holder))
        throw new InputError(
          `the study in ${folder} is being run by process ${holder}; wait for it, or choose another folder`,
        );
      rmSync(path, {force: true});
    }
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
