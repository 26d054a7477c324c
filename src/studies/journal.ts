// A study's memory: one JSON line a finished piece of work, appended and synced, read back on the next run.
//
// A process killed while appending leaves an incomplete last line: it is cut off when the study is opened again, and its work
// is done again. A line carries its checksum: any other damage is an error that names the line. One process at a time writes a journal.

import {closeSync, existsSync, openSync, statSync, truncateSync} from "node:fs";
import {join} from "node:path";
import type {ZodType} from "zod";
import {appendWhole} from "../atomic.js";
import {InputError} from "../check.js";
import {sealText, unsealed} from "../disk/seal.js";
import {syncFolder} from "../disk/syncing.js";
import {type Bounded, type Line, linesOf} from "../disk/text.js";
import {takeFolder} from "../execution/folder.js";
import {recordSchema, type TrialRecord} from "../records/trial.js";

/** What a journal holds: its file, what a line must be, and what a line's work is called. */
export type JournalKind<R> = {
  readonly file: string;
  readonly schema: ZodType<R>;
  readonly work: string;
};

export const TRIALS: JournalKind<TrialRecord> = {file: "trials.jsonl", schema: recordSchema, work: "trial"};
const LOCK = "study.lock";
/** Bytes of a journal beyond which it is not taken into memory: hundreds of thousands of records. */
const LARGEST = 2 ** 30;

/** The error for a line of a journal. */
const damaged = ({work}: JournalKind<unknown>, path: string, line: number, why: string): InputError =>
  new InputError(`damaged journal ${path}, line ${line}: ${why}; remove the line, and its ${work} is run again`);

/** The record of a line. */
function parse<R>(kind: JournalKind<R>, path: string, {text, number}: Line): R {
  let value: unknown;
  try {
    value = unsealed(text);
  } catch (error) {
    throw damaged(kind, path, number, (error as Error).message);
  }
  const result = kind.schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw damaged(kind, path, number, `${issue.path.join(".") || "record"}: ${issue.message}`);
}

/** What a journal's file may hold. */
const boundsOf = (kind: JournalKind<unknown>, path: string): Bounded => ({
  most: LARGEST,
  refuse: (why, line) =>
    line === undefined ? new InputError(`cannot read ${path}: ${why}`) : damaged(kind, path, line, why),
});

/** The records of a journal's complete lines, and how many bytes these take. */
function completeRecords<R>(kind: JournalKind<R>, path: string): {records: R[]; bytes: number} {
  const records: R[] = [];
  let bytes = 0;
  for (const line of linesOf(path, boundsOf(kind, path))) {
    records.push(parse(kind, path, line));
    bytes = line.end;
  }
  return {records, bytes};
}

/** Every record of a journal in `folder`, in the order in which they finished. */
export function readJournal<R extends {readonly id: string}>(folder: string, kind: JournalKind<R>): R[] {
  const path = join(folder, kind.file);
  if (!statSync(path, {throwIfNoEntry: false})?.isFile())
    throw new InputError(`no study in ${folder}: it holds no ${kind.file}; expected the --out folder of a study`);
  return completeRecords(kind, path).records;
}

/** What the first line of a folder's journal says, unchecked; undefined where there is none that says anything. */
export function firstSaid(folder: string, kind: JournalKind<unknown>): Readonly<Record<string, unknown>> | undefined {
  const path = join(folder, kind.file);
  try {
    const [line] = linesOf(path, boundsOf(kind, path));
    return line && (JSON.parse(line.text) as Record<string, unknown>);
  } catch {
    return undefined; // reading the journal names its damaged line
  }
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
    const finished = new Map(mended(path, kind).map((record) => [record.id, record]));
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
          syncFolder(folder);
        }
        appendWhole(file, path, `${sealText(line)}\n`);
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

/** The records of a journal that may be absent; the line that a killed process left incomplete is cut off. */
function mended<R>(path: string, kind: JournalKind<R>): R[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isFile()) throw new InputError(`cannot read ${path}: it is no file; remove it`);
  const {records, bytes} = completeRecords(kind, path);
  if (bytes < statSync(path).size) truncateSync(path, bytes);
  return records;
}
