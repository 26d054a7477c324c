// A folder holds one study. study.json says which, from the first finished piece of work on: its kind and its settings.
//
// Another kind of study, or other settings, are refused with what differs: records of both would stand in one journal, and the tables
// and figures of one would replace the other's. What may differ says how much of a study is run, not what it is: seeds, and the
// groups that it compares. A study that finishes nothing leaves nothing.

import {existsSync, readdirSync, statSync} from "node:fs";
import {dirname, join} from "node:path";
import {writeWhole} from "../atomic.js";
import {InputError} from "../check.js";
import {sealedJson, unsealed} from "../disk/seal.js";
import {readText} from "../disk/text.js";
import {differences} from "./differences.js";
import {firstSaid, type Journal, type JournalKind, openJournal, TRIALS} from "./journal.js";

/** What a folder is for. */
export type StudyIdentity = {
  /** "search", or a study's name: "kernel-impact". */
  readonly kind: string;
  readonly settings: object;
  /** Names of settings that may differ from one run to the next. */
  readonly mayGrow?: readonly string[];
  /** Ids of the records that are wanted, where they are known: where all are there, nothing is added that could be mixed. */
  readonly asked?: readonly string[];
};

const FILE = "study.json";

/** What study.json says; version 0.1.0 wrote the settings alone. */
export type StudyFile = {readonly kind: string | undefined; readonly settings: Readonly<Record<string, unknown>>};

/** Opens the journal of a study in `out`, or says why the folder is another's. */
export function openStudyFolder<R extends {readonly id: string}>(
  out: string,
  identity: StudyIdentity,
  kind: JournalKind<R>,
): Journal<R> {
  const text = sealedJson({kind: identity.kind, settings: identity.settings});
  const path = join(out, FILE);
  const journal = openJournal(out, kind, {
    beforeFirst: () => (existsSync(path) && readText(path) === text) || writeWhole(path, text),
  });
  try {
    if (!identity.asked?.every((id) => journal.finished.has(id))) checkSame(out, identity, kind.file);
    if (journal.finished.size > 0 && !existsSync(path)) writeWhole(path, text); // deleted since it was damaged
  } catch (error) {
    journal.close();
    throw error;
  }
  return journal;
}

/** Throws where the folder holds records of another study. */
function checkSame(out: string, {kind, settings, mayGrow = []}: StudyIdentity, file: string): void {
  const journals = readdirSync(out).filter((name) => name.endsWith(".jsonl") && statSync(join(out, name)).size > 0);
  if (journals.length === 0) return; // nothing that could be mixed
  const there = readStudyFile(out);
  const kindThere = there?.kind ?? kindOf(out, there?.settings);
  if ((kindThere ?? kind) !== kind || (!there && !journals.includes(file)))
    throw refusal(join(out, there ? FILE : journals[0]!), "another study", [
      `${kindThere ?? `the study of ${journals.join(", ")}`} there, ${kind} here`,
    ]);
  if (!there) return;
  const without = (of: object): object => Object.fromEntries(Object.entries(of).filter(([name]) => !mayGrow.includes(name))); // prettier-ignore
  const differ = differences(without(there.settings), without(settings));
  if (differ.length) throw refusal(join(out, FILE), "this study with other settings", differ);
}

/** The error for a folder that holds `what`, as the file at `by` in it says. */
export function refusal(by: string, what: string, differ: readonly string[]): InputError {
  const more = differ.length > 4 ? `; and ${differ.length - 4} more` : "";
  return new InputError(
    `${dirname(by)} holds ${what} (${by}): ${differ.slice(0, 4).join("; ")}${more}; choose another folder (--out), or delete this one`,
  );
}

/** What study.json of a folder says; undefined where there is none. */
function readStudyFile(folder: string): StudyFile | undefined {
  const path = join(folder, FILE);
  if (!existsSync(path)) return undefined;
  try {
    return studyFileOf(unsealed(readText(path)));
  } catch (error) {
    throw new InputError(`damaged ${path}: ${(error as Error).message}; delete it, and the next run writes it again`);
  }
}

/** What the JSON of a study.json says. */
export function studyFileOf(read: unknown): StudyFile {
  if (typeof read !== "object" || read === null || Array.isArray(read)) throw new Error("no settings");
  const {kind, settings} = read as {kind?: unknown; settings?: unknown};
  return typeof kind === "string" && typeof settings === "object" && settings !== null
    ? {kind, settings: settings as StudyFile["settings"]}
    : {kind: undefined, settings: read as StudyFile["settings"]};
}

/** The kind of study in a folder of version 0.1.0: a search by its settings, others by the first trial's record. */
function kindOf(folder: string, settings: object | undefined): string | undefined {
  if (settings && "algorithm" in settings && "scoring" in settings) return "search";
  const study = firstSaid(folder, TRIALS)?.study;
  return typeof study === "string" ? study : undefined;
}
