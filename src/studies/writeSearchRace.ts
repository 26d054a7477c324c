// What a finished race leaves: every search's trace, the table, the figure.

import {join} from "node:path";
import {raceTable} from "../analysis/searchRace.js";
import {writeSealed} from "../disk/seal.js";
import type {RaceSettings, RaceTrace} from "../records/race.js";
import {writeCsv} from "../tables/csv.js";
import {saveFigure} from "../plots/save.js";
import {searchRaceFigure} from "../plots/searchRace.js";

/** Writes race.json (settings), traces.csv, race.csv and figures/race into `out`. */
export async function writeSearchRace(
  out: string,
  settings: RaceSettings & {readonly bench: object},
  traces: readonly RaceTrace[],
  options: Parameters<typeof searchRaceFigure>[1],
): Promise<void> {
  writeSealed(join(out, "race.json"), settings);
  const lines = traces.flatMap(({algorithm, seed, points}) => points.map((point) => ({algorithm, seed, ...point})));
  writeCsv(join(out, "traces.csv"), lines);
  writeCsv(join(out, "race.csv"), raceTable(traces));
  await saveFigure(searchRaceFigure(traces, options), join(out, "figures"), "race");
}
