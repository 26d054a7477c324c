// A linear classifier (softmax regression) on standardised pixels, trained by plain gradient descent: what a data set
// gives away without any structure.

import {sampleSize} from "../../src/datasets/dataset.js";
import type {Dataset, SampleSet} from "../../src/datasets/index.js";

/** Images as [n, features] standardised per channel, with a constant feature at the end. */
function features({samples, labels}: SampleSet, {mean, sd, sampleShape}: Dataset): Float32Array[] {
  const [n, channels] = [sampleSize(sampleShape), mean.length];
  return Array.from({length: labels.length}, (_, i) => {
    const x = new Float32Array(n + 1).fill(1);
    for (let p = 0; p < n; ++p) x[p] = (samples[i * n + p]! / 255 - mean[p % channels]!) / sd[p % channels]!;
    return x;
  });
}

function scores(weights: readonly Float32Array[], x: Float32Array): number[] {
  return weights.map((w) => {
    let sum = 0;
    for (let p = 0; p < x.length; ++p) sum += w[p]! * x[p]!;
    return sum;
  });
}

/** Test accuracy after `epochs` passes in the order held (labels alternate), with weight decay. */
export function softmaxAccuracy(
  dataset: Dataset,
  train: ArrayLike<number>,
  test: ArrayLike<number>,
  {epochs = 6, rate = 0.0005, decay = 0.05} = {},
): number {
  const [x, z] = [features(dataset.train, dataset), features(dataset.test, dataset)];
  const classes = 1 + Math.max(...Array.from(train));
  const weights = Array.from({length: classes}, () => new Float32Array(x[0]!.length));
  for (let e = 0; e < epochs; ++e)
    for (const [i, image] of x.entries()) {
      const logits = scores(weights, image);
      const top = Math.max(...logits);
      const powers = logits.map((s) => Math.exp(s - top));
      const sum = powers.reduce((a, b) => a + b);
      for (const [c, w] of weights.entries()) {
        const gradient = powers[c]! / sum - +(train[i] === c);
        for (let p = 0; p < w.length; ++p) w[p] = w[p]! * (1 - rate * decay) - rate * gradient * image[p]!;
      }
    }
  const right = z.filter((image, i) => {
    const logits = scores(weights, image);
    return logits.indexOf(Math.max(...logits)) === test[i];
  });
  return right.length / z.length;
}
