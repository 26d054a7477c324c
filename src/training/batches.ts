// Images into batches: order, augmentation, normalisation. All of it is named by keys: an epoch can be run again alone.

import type {ImageDataset, ImageSet} from "../datasets/dataset.js";
import {random, type RandomKey} from "../random.js";
import {tensor1d, type Tensor1D, tensor4d, type Tensor4D} from "../tf.js";
import type {Recipe} from "./recipe.js";

export type Batch = {
  /** [B, size, size, channels], normalised by channel. */
  readonly x: Tensor4D;
  /** [B], int32. */
  readonly labels: Tensor1D;
};

type Augmentation = Pick<Recipe, "crop" | "cropFill" | "flip" | "cutout">;

/** The images of `indices`, as they are, or augmented by `key`. Pixels are scaled to 0..1, then (p − mean)/sd. */
export function batchOf(
  data: Pick<ImageDataset, "size" | "channels" | "mean" | "sd">,
  set: ImageSet,
  indices: ArrayLike<number>,
  augment?: Augmentation & {readonly key: RandomKey},
): Batch {
  const {size, channels, mean, sd} = data;
  const pixels = size * size * channels;
  const x = new Float32Array(indices.length * pixels);
  const labels = new Int32Array(indices.length);
  const scale = sd.map((s) => 1 / (255 * s));
  const shift = mean.map((m, c) => -m / sd[c]!);
  const outside = mean.map((m) => (augment?.cropFill === "mean" ? 255 * m : 0));
  const stream = augment && random(augment.key);
  for (let b = 0; b < indices.length; ++b) {
    const source = indices[b]! * pixels;
    labels[b] = set.labels[indices[b]!]!;
    const dy = stream && augment?.crop ? stream.integer(2 * augment.crop + 1) - augment.crop : 0;
    const dx = stream && augment?.crop ? stream.integer(2 * augment.crop + 1) - augment.crop : 0;
    const mirror = augment?.flip === true && stream!.integer(2) === 1;
    let out = b * pixels;
    for (let i = 0; i < size; ++i)
      for (let j = 0; j < size; ++j) {
        const [y, u] = [i + dy, (mirror ? size - 1 - j : j) + dx];
        const inside = y >= 0 && y < size && u >= 0 && u < size;
        const from = source + (y * size + u) * channels;
        for (let c = 0; c < channels; ++c)
          x[out++] = (inside ? set.images[from + c]! : outside[c]!) * scale[c]! + shift[c]!;
      }
    if (stream && augment?.cutout)
      cut(
        x.subarray(b * pixels, (b + 1) * pixels),
        size,
        channels,
        augment.cutout,
        stream.integer(size),
        stream.integer(size),
      );
  }
  return {x: tensor4d(x, [indices.length, size, size, channels]), labels: tensor1d(labels, "int32")};
}

/** Cutout: a square around (y, x), cut off at the border, becomes the mean colour (0 after normalisation). */
function cut(image: Float32Array, size: number, channels: number, side: number, y: number, x: number): void {
  const [top, left] = [y - (side >> 1), x - (side >> 1)];
  for (let i = Math.max(0, top); i < Math.min(size, top + side); ++i)
    image.fill(0, (i * size + Math.max(0, left)) * channels, (i * size + Math.min(size, left + side)) * channels);
}

/**
 * One epoch's order of `indices`, cut into ⌈n / batchSize⌉ batches of nearly equal size. A short last batch would leave the
 * running statistics of batch normalisation, which forget in a few updates, with what a handful of images had.
 */
export function epochBatches(indices: ArrayLike<number>, batchSize: number, key: RandomKey): number[][] {
  const order = random(key).permutation(indices.length);
  const count = Math.ceil(order.length / batchSize);
  const edge = (i: number): number => Math.round((i * order.length) / count);
  return Array.from({length: count}, (_, i) =>
    Array.from(order.subarray(edge(i), edge(i + 1)), (place) => indices[place]!),
  );
}
