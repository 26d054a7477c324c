// What a kind of attack is, and how one is run.
//
// A kind is a file in kinds/ that exports `kinds`, a list of these. Its `attempt` is called `count` times, each with a seed and an
// empty folder of its own; it attacks once and returns undefined where that was held, or a sentence about what was lost or let in.
// An attempt that throws was not held. Everything random comes from `attempt.random`, so that a seed repeats it.
//
//   export const kinds: readonly Kind[] = [{
//     name: "journal-bits",
//     held: "a flipped bit is an error that names the line",
//     count: 2000, small: 50, seconds: 60,
//     attempt: ({random, folder}) => (flip(folder, random) ? undefined : "loaded another accuracy without an error"),
//   }];

import {existsSync, mkdirSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type Random, random, randomKey} from "../../src/random.js";

export type Attempt = {
  /** 0, 1, 2, ...: a kind with a list of attacks takes them in turn by it. */
  readonly index: number;
  readonly random: Random;
  /** An empty folder, made when it is first read, removed afterwards. */
  readonly folder: string;
};

export type Kind = {
  readonly name: string;
  /** What holds, in words. */
  readonly held: string;
  /** Attempts in the whole suite, and in the part that `npm test` runs (0 for none). */
  readonly count: number;
  readonly small: number;
  /** After so many no further attempt is begun: a multiple of what a quiet machine takes. */
  readonly seconds: number;
  /** Why this machine cannot run it, if so: "needs root to mount a small disk". */
  readonly lacks?: () => string | undefined;
  /** Runs once before the attempts; gives what removes it. */
  readonly prepare?: () => Promise<() => void | Promise<void>>;
  readonly attempt: (attempt: Attempt) => Promise<string | undefined> | string | undefined;
};

export type Context = {
  readonly seed: number;
  /** Attempts: the kind's own count unless told. */
  readonly count: number;
  /** The first one's index: to repeat one attempt. */
  readonly from?: number;
};

export type Failure = {readonly index: number; readonly what: string};
export type Outcome = {
  readonly tried: number;
  readonly held: number;
  readonly failures: readonly Failure[];
  readonly seconds: number;
  /** Attempts that time did not allow. */
  readonly left: number;
};

async function once(kind: Kind, index: number, seed: number, root: string): Promise<string | undefined> {
  const folder = join(root, String(index));
  const attempt: Attempt = {
    index,
    random: random(randomKey(seed, "attack", kind.name, index)),
    get folder() {
      mkdirSync(folder, {recursive: true});
      return folder;
    },
  };
  try {
    return await kind.attempt(attempt);
  } catch (error) {
    return (error as Error)?.stack ?? String(error);
  } finally {
    if (existsSync(folder)) rmSync(folder, {recursive: true, force: true});
  }
}

/** Runs a kind: its attempts one after another. */
export async function runKind(kind: Kind, {seed, count, from = 0}: Context): Promise<Outcome> {
  const root = mkdtempSync(join(tmpdir(), `attack-${kind.name}-`));
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const failures: Failure[] = [];
  let tried = 0;
  const remove = await kind.prepare?.();
  try {
    for (; tried < count && seconds() < kind.seconds; ++tried) {
      const what = await once(kind, from + tried, seed, root);
      if (what !== undefined) failures.push({index: from + tried, what});
    }
  } finally {
    await remove?.();
    rmSync(root, {recursive: true, force: true});
  }
  return {tried, held: tried - failures.length, failures, seconds: seconds(), left: count - tried};
}
