// A table of the benchmark, made up.

import type {Row} from "../../bench/measure.js";

const STEPS = [
  ...[1, 3, 5, 7, 9].map((k, i) => ({channels: 16, k, ours: [330, 320, 250, 210, 190][i]!, peer: [220, 180, 140, 92, 70][i]!})), // prettier-ignore
  ...[1, 3, 5, 7, 9].map((k, i) => ({channels: 64, k, ours: [44, 36, 26, 5, 21][i]!, peer: [28, 19, 12, 7.8, 5.1][i]!})), // prettier-ignore
];
const OTHERS = ["triangular", "rectangular"].flatMap((surrogate) =>
  [16, 64].map((channels) => ({surrogate, channels, k: 3, ours: 3600 / channels, peer: 2400 / channels})),
);
const SCORING = [
  {channels: 16, k: 3, ours: 12.8, peer: 2.5},
  {channels: 64, k: 3, ours: 1.93, peer: 0.37},
  {channels: 128, k: 3, ours: 0.58, peer: 0.11},
  {channels: 64, k: 7, ours: 0.9, peer: 0.15},
];

const at = {oursAt: "2 processes", peerAt: "2 processes, 1 thread each, channels last"};

/** A training step at C = 64 and 7×7 is the one work in which the peer is faster. */
export const ROWS: readonly Row[] = [
  ...[...STEPS.map((step) => ({...step, surrogate: "atan"})), ...OTHERS].map(
    ({surrogate, channels, k, ours, peer}) => ({
      ...{work: `training step, C=${channels}, batch 32, ${surrogate}, k=${k}`, kind: `training, ${surrogate}`},
      ...{channels, k, ours, peer, ratio: ours / peer, unit: "images/s", ...at},
    }),
  ),
  ...[3, 7].map((k) => ({
    ...{work: `memory of a training step, C=64, batch 32, k=${k}`, kind: "memory", channels: 64, k},
    ...{ours: 420, peer: 1850, ratio: 1850 / 420, unit: "MiB", ...at},
  })),
  ...SCORING.map(({channels, k, ours, peer}) => ({
    ...{work: `score a candidate, C=${channels}, batch 64, 20 cells, k=${k}`, kind: "scoring", channels, k},
    ...{ours, peer, ratio: ours / peer, unit: "candidates/s", ...at},
  })),
];
