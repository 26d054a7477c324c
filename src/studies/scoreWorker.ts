// A pool's process that scores: one candidate at a time, to its record.

import type {ScoreRecord} from "../records/score.js";
import {evaluateScore, type ScoreTask} from "./scoreTask.js";
import {serveTasks} from "./serve.js";

export type ScoreRequest = {readonly task: ScoreTask; readonly dataDir?: string};

serveTasks<ScoreRequest, ScoreRecord>(({task, ...rest}) => evaluateScore(task, rest));
