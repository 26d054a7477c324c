// Running statistics after a batch, [C] numbers at a time: the definition's eight small operations in one.

import {MOMENTUM, updateRunning as definition} from "../layers/batchNorm.js";
import type {Tensor, Tensor1D} from "../tf.js";
import {compiled} from "./compiled.js";
import {address, floats, output} from "./engine.js";
import {operation} from "./operation.js";

type Update = {readonly running: Tensor; readonly stats: Tensor; readonly rows: number};

const update = operation("RunningStatistics", ({running, stats, rows}: Update) => {
  const [G, C] = stats.shape as [number, number];
  const next = output([C]);
  const [before, seen, to] = [floats(address(running), C), floats(address(stats), G * C), floats(address(next), C)];
  const correction = rows > 1 ? rows / (rows - 1) : 1;
  for (let c = 0; c < C; ++c) {
    let value = before[c]!;
    for (let g = 0; g < G; ++g) value += MOMENTUM * (correction * seen[g * C + c]! - value);
    to[c] = value;
  }
  return next;
});

/** One running statistic [C] after the updates stats [G, C], in order; `rows` > 0 corrects a variance's bias. */
export const updateRunning = compiled({
  definition,
  kernel: (running, stats, rows = 0) => update({running, stats, rows}) as Tensor1D,
});
