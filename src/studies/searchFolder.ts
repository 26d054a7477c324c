// A finished search, read back from its folder: what it was asked, what it found, and every candidate that it scored.

import {existsSync} from "node:fs";
import {join} from "node:path";
import {z} from "zod";
import {type Budget, fitsBudget} from "../architectures/budget.js";
import type {Architecture} from "../architectures/architecture.js";
import {parseArchitecture} from "../architectures/validate.js";
import {InputError} from "../check.js";
import {unsealed} from "../disk/seal.js";
import {readText} from "../disk/text.js";
import {objectOf, parsedBy} from "../records/parsed.js";
import type {ScoreRecord} from "../records/score.js";
import {type SearchResult, searchResultSchema} from "../records/search.js";
import type {SearchSettings} from "./architectureSearch.js";
import {readJournal} from "./journal.js";
import {SCORED} from "./scoreTask.js";
import {studyFileOf} from "./studyFolder.js";

export type FinishedSearch = {
  readonly folder: string;
  readonly settings: SearchSettings;
  readonly result: SearchResult;
  /** In the order of the journal. */
  readonly records: readonly ScoreRecord[];
};

/** A network that a search would build, under the budget it is asked with. */
export type Winner = {readonly architecture: Architecture; readonly value: number};

const count = z.number().int().nonnegative();
/** What other studies read of a search's settings; `cells` are of its space. */
const settingsOf = (cells: Architecture["cells"]) =>
  z.looseObject({
    algorithm: z.string(),
    networks: z.looseObject({
      name: z.string(),
      space: z.looseObject({name: z.string(), nodes: count, ops: z.array(z.string()).min(1), feedback: z.boolean()}),
      cellCount: count,
      wiring: z.enum(["shared", "perCell"]),
      network: parsedBy((network) => {
        parseArchitecture({...objectOf("network", network), cells});
        return network;
      }),
    }),
    seed: z.number(),
    scoring: z.looseObject({
      score: z.string(),
      repeats: count,
      data: z.looseObject({name: z.string(), trainCount: count, seed: z.number(), batch: count}),
      head: z.string(),
      seed: z.number(),
      backend: z.string(),
    }),
  });
const settingsSchema = (cells: Architecture["cells"]) => z.preprocess((file) => studyFileOf(file).settings, settingsOf(cells)).transform((settings) => settings as unknown as SearchSettings); // prettier-ignore

function readAs<T>(folder: string, file: string, schema: z.ZodType<T>): T {
  const path = join(folder, file);
  if (!existsSync(path))
    throw new InputError(
      `no finished search in ${folder}: it holds no ${file}; expected the --out folder of \`spikebook study search\`, run to its end`,
    );
  try {
    return schema.parse(unsealed(readText(path)));
  } catch (error) {
    const issue = error instanceof z.ZodError ? `${error.issues[0]!.path.join(".")}: ${error.issues[0]!.message}` : (error as Error).message; // prettier-ignore
    throw new InputError(
      `damaged ${path}: ${issue}; delete it and run the search again (--out ${folder}): what was scored is kept, and the file is written again`,
    );
  }
}

/** Reads a search's folder, or says what is missing in it. */
export function readSearch(folder: string): FinishedSearch {
  const result = readAs(folder, "result.json", searchResultSchema);
  const settings = readAs(folder, "study.json", settingsSchema(result.best.architecture.cells));
  const records = readJournal(folder, SCORED);
  const {evaluated} = result.counts;
  if (records.length < evaluated)
    // what a budget chooses from would be another set than the search's
    throw new InputError(
      `damaged search in ${folder}: ${join(folder, SCORED.file)} holds ${records.length} of the ${evaluated} candidates that result.json counts; run the search again, which scores the others`,
    );
  return {folder, settings, result, records};
}

/**
 * The highest score among the candidates that fit; undefined where none does. For a search without a budget: what it would have
 * chosen under one, had it been told. Of equals, the one with the lowest hash, whatever order processes ended in.
 */
export function winnerUnder({result, records}: FinishedSearch, budget: Budget): Winner | undefined {
  const best = result.best.architecture;
  if (fitsBudget(best, budget)) return {architecture: best, value: result.best.value};
  let winner: ScoreRecord | undefined;
  for (const record of records) {
    if (record.value === null || !fitsBudget(record.architecture, budget)) continue;
    const ahead = winner === undefined ? Infinity : record.value - winner.value!;
    if (ahead > 0 || (ahead === 0 && record.architectureId < winner!.architectureId)) winner = record;
  }
  return winner && {architecture: winner.architecture, value: winner.value!};
}
