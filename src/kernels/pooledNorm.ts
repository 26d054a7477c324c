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

/** dL/dy, in the memory of y where no other tensor shares it, dL/dγ and dL/dβ, where the statistics are y's own. */
export const pooledNormGradient = operation(
  "PooledNormGradient",
  ({dv, y, gamma, mean, variance, p}: Omit<Scale, "beta"> & Window & {readonly dv: Tensor; readonly y: Tensor}) => {
    const [N, H, W, C] = y.shape as [number, number, number, number];
    const made = {dy: outputIn(y), dgamma: output([C]), dbeta: output([C])};
    const dy = address(made.dy);
    const [image, small] = [4 * H * W * C, (4 * dv.size) / N];
    const groups = mean.size / C;
    const perGroup = N / groups;
    const [spread, moments, apply] = [kernel("poolGradient"), kernel("addMoments"), kernel("gradientApply")];
    withScratch(image + 48 * C, (sums) => {
      const [factors, totals, scratch] = [sums + 16 * C, sums + 32 * C, sums + 48 * C];
      kernel("clear")(sums, 48 * C);
      for (let g = 0; g < groups; ++g) {
        const [mu, sigma2] = [address(mean) + 4 * C * g, address(variance) + 4 * C * g];
        for (let n = g * perGroup; n < (g + 1) * perGroup; ++n) {
          spread(address(dv) + n * small, scratch, 1, H, W, C, p);
          moments(scratch, address(y) + n * image, mu, H * W, C, sums);
        }
        kernel("gradientFactors")(sums, address(gamma), mu, sigma2, factors, totals, perGroup * H * W, C, EPSILON);
        for (let n = g * perGroup; n < (g + 1) * perGroup; ++n) {
          spread(address(dv) + n * small, scratch, 1, H, W, C, p);
          apply(scratch, address(y) + n * image, dy + n * image, H * W, C, factors);
        }
      }
      kernel("gradientTotals")(totals, address(made.dgamma), address(made.dbeta), C);
    });
    return made;
  },
);
