// What a finished race leaves: every search's trace, the table, the figure.

import {join} from "node:path";
import {raceTable} from "../analysis/searchRace.js";
import {writeSealed} from "../disk/seal.js";
import type {RaceSettings, RaceTrace, RaceUnit} from "../records/race.js";
import {writeCsv} from "../tables/csv.js";
import {saveFigure} from "../plots/save.js";
import {searchRaceFigure, type SearchRaceOptions} from "../plots/searchRace.js";

/** Writes race.json (settings), traces.csv, race.csv and figures/race into `out`. */
export async function writeSearchRace<U extends RaceUnit>(
  out: string,
  settings: RaceSettings<U> & {readonly bench: object},
  traces: readonly RaceTrace<U>[],
  options: SearchRaceOptions<U> & {readonly unit: U},
): Promise<void> {
  writeSealed(join(out, "race.json"), settings);
  const lines = traces.flatMap(({algorithm, seed, points}) => points.map((point) => ({algorithm, seed, ...point})));
  writeCsv(join(out, "traces.csv"), lines);
  writeCsv(join(out, "race.csv"), raceTable(traces, options.unit));
  await saveFigure(searchRaceFigure(traces, options), join(out, "figures"), "race");
}
