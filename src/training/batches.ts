// Samples into batches: order, augmentation, scale. All of it is named by keys: an epoch can be run again alone.
//
//   normalised:  x = (v − mean)/sd, channel by channel       unit:  x = v, in 0..1, which rate and latency codes need
//
// v is a byte / 255, or the value itself where samples are floats.

import {invalid} from "../check.js";
import {type Dataset, dimensionsOf, type SampleSet} from "../datasets/dataset.js";
import {encodingEntry} from "../graphs/encoding.js";
import {type Graph, inputOf} from "../graphs/graph.js";
import {random, type RandomKey} from "../random.js";
import {tensor, type Tensor, tensor1d, type Tensor1D} from "../tf.js";
import type {Recipe} from "./recipe.js";

export type Batch = {
  /** [B, H, W, C], or [T, B, H, W, C] where samples have time. */
  readonly x: Tensor;
  /** [B], int32. */
  readonly labels: Tensor1D;
};

type Augmentation = Pick<Recipe, "crop" | "cropFill" | "flip" | "cutout">;

/** Scale of a batch's values. */
export type ValueScale = "normalised" | "unit";

/** The scale that a network's encoding asks for. */
export const scaleFor = (graph: Graph): ValueScale =>
  encodingEntry(inputOf(graph).op.encoding).unit ? "unit" : "normalised";

/** Samples in x, [B, H, W, C] or [T, B, H, W, C]. */
export const batchSizeOf = ({shape}: {readonly shape: readonly number[]}): number => shape.at(-4)!;

/** How the values v of each channel become x = v·factor + shift; `fill` is the colour, as v, around a crop. */
type Scaling = {
  readonly factor: readonly number[];
  readonly shift: readonly number[];
  readonly fill: readonly number[];
};

function scalingOf(
  {mean, sd}: Pick<Dataset, "mean" | "sd">,
  {samples}: SampleSet,
  scale: ValueScale,
  cropFill: Augmentation["cropFill"] | undefined,
): Scaling {
  const one = samples instanceof Uint8Array ? 255 : 1;
  return {
    factor: sd.map((s) => 1 / (one * (scale === "unit" ? 1 : s))),
    shift: mean.map((m, c) => (scale === "unit" ? 0 : -m / sd[c]!)),
    fill: mean.map((m) => (cropFill === "mean" ? one * m : 0)),
  };
}

/** Throws on augmentation that only images bear. */
export function checkAugmentation(
  {modality}: Pick<Dataset, "modality">,
  {crop, flip, cutout}: Pick<Augmentation, "crop" | "flip" | "cutout">,
): void {
  if (modality !== "image" && (crop || flip || cutout))
    throw invalid(
      `augmentation of ${modality}`,
      `crop ${crop}, flip ${flip}, cutout ${cutout}`,
      "crop 0, flip false, cutout 0: only images are cropped and mirrored",
    );
}

/** The samples of `indices`, as they are, or augmented by its key: every frame of a sample alike. */
export function batchOf(
  data: Pick<Dataset, "sampleShape" | "modality" | "mean" | "sd">,
  set: SampleSet,
  indices: ArrayLike<number>,
  {augment, scale = "normalised"}: {augment?: Augmentation & {readonly key: RandomKey}; scale?: ValueScale} = {},
): Batch {
  if (augment) checkAugmentation(data, augment);
  const {T = 1, height, width, channels} = dimensionsOf(data.sampleShape);
  const frame = height * width * channels;
  const x = new Float32Array(indices.length * T * frame);
  const labels = new Int32Array(indices.length);
  const {factor, shift, fill} = scalingOf(data, set, scale, augment?.cropFill);
  const mean = data.mean.map((m) => (scale === "unit" ? m : 0));
  const stream = augment && random(augment.key);
  for (let b = 0; b < indices.length; ++b) {
    labels[b] = set.labels[indices[b]!]!;
    const dy = stream && augment?.crop ? stream.integer(2 * augment.crop + 1) - augment.crop : 0;
    const dx = stream && augment?.crop ? stream.integer(2 * augment.crop + 1) - augment.crop : 0;
    const mirror = augment?.flip === true && stream!.integer(2) === 1;
    const hole = stream && augment?.cutout ? {side: augment.cutout, y: stream.integer(height), x: stream.integer(width)} : undefined; // prettier-ignore
    for (let t = 0; t < T; ++t) {
      const source = (indices[b]! * T + t) * frame;
      const to = (t * indices.length + b) * frame;
      let out = to;
      for (let i = 0; i < height; ++i)
        for (let j = 0; j < width; ++j) {
          const [y, u] = [i + dy, (mirror ? width - 1 - j : j) + dx];
          const inside = y >= 0 && y < height && u >= 0 && u < width;
          const from = source + (y * width + u) * channels;
          for (let c = 0; c < channels; ++c)
            x[out++] = (inside ? set.samples[from + c]! : fill[c]!) * factor[c]! + shift[c]!;
        }
      if (hole) cut(x.subarray(to, to + frame), {height, width, mean}, hole);
    }
  }
  const maps = [indices.length, height, width, channels];
  const shape = data.sampleShape.length === 4 ? [T, ...maps] : maps;
  return {x: tensor(x, shape), labels: tensor1d(labels, "int32")};
}

/** Cutout: a square around (y, x), cut off at the border, becomes the mean colour (0 where x is normalised). */
function cut(
  image: Float32Array,
  {height, width, mean}: {readonly height: number; readonly width: number; readonly mean: readonly number[]},
  {side, y, x}: {readonly side: number; readonly y: number; readonly x: number},
): void {
  const [top, left] = [y - (side >> 1), x - (side >> 1)];
  const channels = mean.length;
  for (let i = Math.max(0, top); i < Math.min(height, top + side); ++i)
    for (let j = Math.max(0, left); j < Math.min(width, left + side); ++j) image.set(mean, (i * width + j) * channels);
}

/**
 * One epoch's order of `indices`, cut into ⌈n / batchSize⌉ batches of nearly equal size. A short last batch would leave the
 * running statistics of batch normalisation, which forget in a few updates, with what a handful of samples had.
 */
export function epochBatches(indices: ArrayLike<number>, batchSize: number, key: RandomKey): number[][] {
  const order = random(key).permutation(indices.length);
  const count = Math.ceil(order.length / batchSize);
  const edge = (i: number): number => Math.round((i * order.length) / count);
  return Array.from({length: count}, (_, i) =>
    Array.from(order.subarray(edge(i), edge(i + 1)), (place) => indices[place]!),
  );
}
