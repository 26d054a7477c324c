// A study's memory: one JSON line a finished piece of work, appended and synced, read back on the next run.
//
// A process killed while appending leaves an incomplete last line: it is cut off when the study is opened again, and its work
// is done again. Any other damage is an error that names the line. One process at a time writes a journal.

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
import type {ZodType} from "zod";
import {recordSchema, type TrialRecord} from "../records/trial.js";

/** What a journal holds: its file, what a line must be, and what a line's work is called. */
export type JournalKind<R extends {readonly id: string}> = {
  readonly file: string;
  readonly schema: ZodType<R>;
  readonly work: string;
};

export const TRIALS: JournalKind<TrialRecord> = {file: "trials.jsonl", schema: recordSchema, work: "trial"};
const LOCK = "study.lock";

function parse<R extends {readonly id: string}>(
  {schema, work}: JournalKind<R>,
  path: string,
  number: number,
  line: string,
): R {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new InputError(
      `damaged journal ${path}, line ${number}: not JSON; remove the line, and its ${work} is run again`,
    );
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new InputError(
    `damaged journal ${path}, line ${number}: ${issue.path.join(".") || "record"}: ${issue.message}; remove the line, and its ${work} is run again`,
  );
}

/** The complete lines of a journal, and how many bytes they take. */
function completeLines(path: string): {lines: string[]; bytes: number} {
  const text = readFileSync(path);
  const end = text.lastIndexOf(10) + 1;
  return {lines: text.toString("utf8", 0, end).split("\n").slice(0, -1), bytes: end};
}

/** Every record of a journal in `folder`, in the order in which they finished. */
export function readJournal<R extends {readonly id: string}>(folder: string, kind: JournalKind<R>): R[] {
  const path = join(folder, kind.file);
  if (!existsSync(path))
    throw new InputError(`no study in ${folder}: it holds no ${kind.file}; expected the --out folder of a study`);
  return completeLines(path).lines.map((line, i) => parse(kind, path, i + 1, line));
}

/** Every trial's record of the study in `folder`. */
export const readRecords = (folder: string): TrialRecord[] => readJournal(folder, TRIALS);

export type Journal<R = TrialRecord> = {
  /** What was finished before this run, by id. */
  readonly finished: ReadonlyMap<string, R>;
  append(record: R): void;
  close(): void;
};

/** Opens a journal of `folder` for writing and makes it where there is none. */
export function openJournal<R extends {readonly id: string}>(folder: string, kind: JournalKind<R>): Journal<R> {
  mkdirSync(folder, {recursive: true});
  const unlock = lock(folder);
  try {
    const path = join(folder, kind.file);
    if (existsSync(path)) truncateSync(path, completeLines(path).bytes);
    const finished = new Map(existsSync(path) ? readJournal(folder, kind).map((record) => [record.id, record]) : []);
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
