// Batch normalisation and average pooling after it, as one: the normalised map exists an image at a time.
//
//   v = mean over windows of p×p, stride p, of BN(y)

import {EPSILON} from "../layers/batchNorm.js";
import type {Tensor} from "../tf.js";
import {address, kernel, output, outputIn, withScratch} from "./engine.js";
import {type Scale, withFactors} from "./normStatistics.js";
import {operation} from "./operation.js";

type Window = {readonly p: number};

/** v [N, ⌊H/p⌋, ⌊W/p⌋, C] from y [N, H, W, C], normalised with given statistics of as many groups of images as they have rows. */
export const pooledNorm = operation("PooledNorm", ({y, p, ...scale}: Scale & Window & {readonly y: Tensor}) => {
  const [N, H, W, C] = y.shape as [number, number, number, number];
  const v = output([N, Math.floor(H / p), Math.floor(W / p), C]);
  const [image, small] = [4 * H * W * C, 4 * Math.floor(H / p) * Math.floor(W / p) * C];
  const perGroup = N / (scale.mean.size / C);
  const [apply, pool] = [kernel("batchNormApply"), kernel("avgPool")];
  withScratch(image, (scratch) =>
    withFactors(scale, (factors) => {
      for (let n = 0; n < N; ++n) {
        apply(address(y) + n * image, scratch, factors + 12 * C * Math.floor(n / perGroup), H * W, C, 0);
        pool(scratch, address(v) + n * small, 1, H, W, C, p);
      }
    }),
  );
  return v;
});

type Group = Omit<Scale, "beta"> &
  Window & {
    /** The gradient of all of v. */
    readonly dv: Tensor;
    /** The whole map; or, for the last time, what is the group's own of it. */
    readonly y: Tensor;
    readonly group: number;
  };

/**
 * dL/dy of one group of images, in the memory of y where that is the group's own and no other tensor shares it, and its parts of
 * dL/dγ and dL/dβ, where the statistics are y's own.
 */
export const pooledNormGradient = operation("PooledNormGradient", ({dv, y, gamma, mean, variance, p, group}: Group) => {
  const [given, H, W, C] = y.shape as [number, number, number, number];
  const images = dv.shape[0] / (mean.size / C);
  const whole = given !== images;
  const made = {dy: whole ? output([images, H, W, C]) : outputIn(y), dgamma: output([C]), dbeta: output([C])};
  const [image, small] = [4 * H * W * C, (4 * dv.size) / dv.shape[0]];
  const [from, dvs] = [address(y) + (whole ? group * images * image : 0), address(dv) + group * images * small];
  const [mu, sigma2] = [mean, variance].map((x) => address(x) + 4 * C * group) as [number, number];
  const [spread, moments, apply] = [kernel("poolGradient"), kernel("addMoments"), kernel("gradientApply")];
  withScratch(image + 48 * C, (sums) => {
    const [factors, totals, scratch] = [sums + 16 * C, sums + 32 * C, sums + 48 * C];
    /** Where image n's gradient of the normalised map lies. */
    const spreadOf = (n: number): number => {
      if (p === 1) return dvs + n * small;
      spread(dvs + n * small, scratch, 1, H, W, C, p);
      return scratch;
    };
    kernel("clear")(sums, 48 * C);
    for (let n = 0; n < images; ++n) moments(spreadOf(n), from + n * image, mu, H * W, C, sums);
    kernel("gradientFactors")(sums, address(gamma), mu, sigma2, factors, totals, images * H * W, C, EPSILON);
    for (let n = 0; n < images; ++n)
      apply(spreadOf(n), from + n * image, address(made.dy) + n * image, H * W, C, factors);
    kernel("gradientTotals")(totals, address(made.dgamma), address(made.dbeta), C);
  });
  return made;
});
