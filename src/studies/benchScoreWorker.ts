// A pool's process that scores networks of SpikeNAS-Bench: one at a time, by all scores at once.

import {packageVersion} from "../root.js";
import {scoreArchitectureBy} from "../scoring/scoreArchitecture.js";
import {randomKey} from "../random.js";
import {startBackend} from "../kernels/index.js";
import {
  benchCellName,
  benchNetwork,
  benchScoreId,
  type BenchScoreRecord,
  type BenchScoreTask,
} from "./benchNetworkScores.js";
import {batchesOf} from "./scoreTask.js";
import {serveTasks} from "./serve.js";

serveTasks<BenchScoreTask, BenchScoreRecord>(async ({network, scoring, dataDir}) => {
  await startBackend(scoring.backend);
  const {x, labels, checksum} = await batchesOf(scoring, dataDir);
  const {scores, firingRates, seconds} = await scoreArchitectureBy(scoring.scores, benchNetwork(network, scoring), x, {
    repeats: scoring.repeats,
    key: randomKey(scoring.seed, "score"),
    head: scoring.head,
    labels,
  });
  const entries = Object.entries(scores);
  return {
    schema: 1,
    id: benchScoreId(network, scoring),
    network,
    cell: benchCellName(network),
    values: Object.fromEntries(entries.map(([name, {value}]) => [name, value])),
    statuses: Object.fromEntries(entries.map(([name, {status}]) => [name, status])),
    firingRates: {...firingRates},
    data: {...scoring.data, checksum},
    version: packageVersion,
    run: {seconds},
  };
});
