// A search's candidates as a flat table: one row each, in the order in which they were scored.

import {formatCells} from "../architectures/networkSpace.js";
import type {ScoreRecord} from "../records/score.js";
import type {Row} from "./rows.js";

/** `macs` and `worstCaseAcs` per image; seconds of scoring. */
export const scoreRows = (records: readonly ScoreRecord[]): Row[] =>
  records.map((r, i) => ({
    candidate: i + 1,
    cells: formatCells(r.architecture.cells),
    score: r.score,
    value: r.value,
    status: r.status,
    params: r.params,
    macs: r.macs,
    worstCaseAcs: r.worstCaseAcs,
    data: r.data.name,
    batch: r.data.batch,
    repeats: r.repeats,
    seed: r.seed,
    architectureId: r.architectureId,
    seconds: r.run.seconds,
  }));
