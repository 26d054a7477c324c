// Running statistics after a batch, [C] numbers at a time: the definition's eight small operations in one.

import {MOMENTUM, updateRunning as definition} from "../layers/batchNorm.js";
import type {Tensor1D, Tensor2D, Tensor, TensorInfo} from "../tf.js";
import {address, engineOn, floats, output} from "./engine.js";
import {operation} from "./register.js";

const update = operation<{running: Tensor; stats: Tensor}, {readonly rows: number}>({
  name: "RunningStatistics",
  saves: {inputs: []},
  forward: ({running, stats}, {rows}): TensorInfo => {
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
  },
});

/** One running statistic [C] after the updates stats [G, C], in order; `rows` > 0 corrects a variance's bias. */
export function updateRunning(running: Tensor1D, stats: Tensor2D, rows = 0): Tensor1D {
  return engineOn() ? (update({running, stats}, {rows})[0] as Tensor1D) : definition(running, stats, rows);
}
