// A network and images small enough for tests: 2 channels, 8x8 or 16x16, two timesteps.

import {type Architecture, snasnet} from "../src/architectures/architecture.js";
import {parseCell} from "../src/architectures/cell.js";
import type {Dataset} from "../src/datasets/dataset.js";
import {loadDataset} from "../src/datasets/index.js";
import {random, randomKey} from "../src/random.js";
import {type Tensor4D, tensor4d} from "../src/tf.js";

export const tinyArchitecture = (changes: Parameters<typeof snasnet>[0] = {}): Architecture =>
  snasnet({
    input: {size: 8, channels: 3},
    classes: 4,
    channels: 2,
    pool: 2,
    T: 2,
    head: {hidden: 8, voters: 2, dropout: 0},
    cell: parseCell("0312 0013 0003 0000"),
    ...changes,
  });

/** Standard normal images [n, size, size, 3]. */
export function noise(n: number, size = 8, seed = 1): Tensor4D {
  const stream = random(randomKey(seed, "noise"));
  return tensor4d(
    Float32Array.from({length: n * size * size * 3}, () => stream.normal()),
    [n, size, size, 3],
  );
}

/** Procedural 16x16 images: 10 classes. */
export const tinyData = (trainCount = 60, testCount = 40): Promise<Dataset> =>
  loadDataset("procedural-16", {trainCount, testCount, seed: 0});

/** A trainable architecture for them. */
export const smallArchitecture = (changes: Parameters<typeof snasnet>[0] = {}): Architecture =>
  snasnet({
    input: {size: 16, channels: 3},
    channels: 4,
    pool: 4,
    T: 2,
    head: {hidden: 16, voters: 2, dropout: 0},
    ...changes,
  });
