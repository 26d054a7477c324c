// What a finished search leaves beside its journal and result.json: a table of candidates and figures.

import {join} from "node:path";
import {speedUpTable} from "../analysis/speedup.js";
import type {Draw} from "../search/search.js";
import type {SearchResult} from "../records/search.js";
import type {SpeedUpPair} from "../records/speedup.js";
import type {ScoreRecord} from "../records/score.js";
import {writeCsv} from "../tables/csv.js";
import {scoreRows} from "../tables/scores.js";
import {saveFigures} from "../plots/save.js";
import {speedUpFigure} from "../plots/speedup.js";
import {memoryGateFigure, scoreMemoryFigure, searchHistoryFigure} from "../plots/search.js";

/** Writes candidates.csv and draws.csv, in the order of the search, and the figures. */
export async function writeSearch(
  out: string,
  records: readonly ScoreRecord[],
  draws: readonly Draw[],
  result: SearchResult,
  {signal}: {readonly signal?: AbortSignal | undefined} = {},
): Promise<void> {
  writeCsv(join(out, "candidates.csv"), scoreRows(records));
  writeCsv(
    join(out, "draws.csv"),
    draws.map(({params, fate}, i) => ({draw: i + 1, params, fate})),
  );
  const figures = {
    history: searchHistoryFigure(records, result),
    memory: scoreMemoryFigure(records, result),
    gate: memoryGateFigure(draws, result),
  };
  await saveFigures(figures, join(out, "figures"), {signal});
}

/** Writes pairs.csv, speedup.csv and the figure of a comparison of searches. */
export async function writeSpeedUp(out: string, pairs: readonly SpeedUpPair[]): Promise<void> {
  writeCsv(join(out, "pairs.csv"), pairs);
  writeCsv(join(out, "speedup.csv"), speedUpTable(pairs));
  await saveFigures({speedup: speedUpFigure(pairs)}, join(out, "figures"));
}
