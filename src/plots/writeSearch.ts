// What a finished search leaves beside its journal and result.json: a table of candidates and figures.

import {join} from "node:path";
import type {SearchResult} from "../studies/architectureSearch.js";
import type {ScoreRecord} from "../studies/scoreTask.js";
import {writeCsv} from "../tables/csv.js";
import {scoreRows} from "../tables/scores.js";
import {saveFigures} from "./save.js";
import {scoreMemoryFigure, searchHistoryFigure} from "./search.js";

/** Writes candidates.csv, in the order of the search, and the figures. */
export async function writeSearch(out: string, records: readonly ScoreRecord[], result: SearchResult): Promise<void> {
  writeCsv(join(out, "candidates.csv"), scoreRows(records));
  const figures = {history: searchHistoryFigure(records, result), memory: scoreMemoryFigure(records, result)};
  await saveFigures(figures, join(out, "figures"));
}
