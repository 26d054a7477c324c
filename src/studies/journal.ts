// A study's memory: one JSON line a finished piece of work, appended and synced, read back on the next run.
//
// A process killed while appending leaves an incomplete last line: it is cut off when the study is opened again, and its work
// is done again. Any other damage is an error that names the line. One process at a time writes a journal.

import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  truncateSync,
} from "node:fs";
import {join} from "node:path";
import {writeAll} from "../atomic.js";
import {InputError} from "../check.js";
import {takeFolder} from "../execution/folder.js";
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

/** Opens a journal of `folder`, which is this process's until it is closed. The file is made with its first record. */
export function openJournal<R extends {readonly id: string}>(
  folder: string,
  kind: JournalKind<R>,
  {beforeFirst}: {readonly beforeFirst?: () => void} = {},
): Journal<R> {
  const lock = takeFolder(folder, LOCK, `the study in ${folder}`);
  const path = join(folder, kind.file);
  let file: number | undefined;
  try {
    if (existsSync(path)) truncateSync(path, completeLines(path).bytes);
    const finished = new Map(existsSync(path) ? readJournal(folder, kind).map((record) => [record.id, record]) : []);
    return {
      finished,
      append(record) {
        if (!lock.held())
          throw new InputError(`${path} belongs to another process, which took it over while this one stood still; run again when it has ended`); // prettier-ignore
        const line = JSON.stringify(record);
        const kept = kind.schema.parse(JSON.parse(line)); // what a later run reads, whichever process made it
        if (file === undefined) {
          beforeFirst?.();
          file = openSync(path, "a");
        }
        appendLine(file, path, line);
        finished.set(record.id, kept);
      },
      close() {
        if (file !== undefined) closeSync(file);
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Appends one line and syncs it; a disk that cannot take all of it is left with none of it. */
function appendLine(file: number, path: string, line: string): void {
  const before = fstatSync(file).size;
  try {
    writeAll(file, Buffer.from(`${line}\n`));
    fsyncSync(file);
  } catch (error) {
    ftruncateSync(file, before);
    throw new InputError(`cannot write ${path}: ${(error as Error).message}; what was finished before is kept there`);
  }
}
