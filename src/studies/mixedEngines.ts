// A study that goes on with other kernels than it began with: their sums round differently, and so do its results.

import {engineToCome} from "../kernels/index.js";
import type {Trial, TrialRecord} from "../records/trial.js";

/** What a record's `run.engine` stands for. */
const KERNELS: Readonly<Record<string, string>> = {on: "wasm", native: "native", off: "off"};
const GO_ON: Readonly<Record<string, string>> = {
  on: "SPIKEBOOK_ENGINE=wasm goes on without kernels in C",
  native: "npx spikebook native --kernels compiles those in C, without SPIKEBOOK_ENGINE",
  off: "SPIKEBOOK_ENGINE=off goes on without kernels",
};

/** A sentence where trials are to run by other kernels than finished ones on the same backend did; undefined where none are. */
export function mixedEngines(
  missing: readonly Pick<Trial, "backend">[],
  finished: readonly {readonly backend: string; readonly run: {readonly engine?: string | undefined}}[],
  engine: string,
): string | undefined {
  if (!missing.some(({backend}) => backend === "wasm")) return undefined;
  const others = finished.filter((record) => record.backend === "wasm" && (record.run.engine ?? engine) !== engine);
  if (others.length === 0) return undefined;
  const theirs = others.at(-1)!.run.engine!;
  const count = others.length === 1 ? "1 record" : `${others.length} records`;
  return (
    `${count} of this study are of the engine "${KERNELS[theirs] ?? theirs}", the next ones will be of "${KERNELS[engine]}": ` +
    `their last bits differ, and what training makes of them; ${GO_ON[theirs] ?? "a new folder keeps them apart"}`
  );
}

/** Prints it, for trials that run on this machine. */
export function warnOfMixedEngines(missing: readonly Trial[], finished: Iterable<TrialRecord>): void {
  const sentence = mixedEngines(missing, [...finished], engineToCome());
  if (sentence) console.warn(`warning: ${sentence}`);
}
