// Batch normalisation and average pooling after it, as one: the normalised map exists an image at a time.
//
//   v = mean over windows of p×p, stride p, of BN(y)

import {EPSILON} from "../layers/batchNorm.js";
import type {Tensor, TensorInfo} from "../tf.js";
import {type Scale, withFactors} from "./batchNorm.js";
import {address, kernel, output, outputIn, withScratch} from "./engine.js";
import {operation} from "./register.js";

type Window = {readonly p: number};

/** v [N, ⌊H/p⌋, ⌊W/p⌋, C] from y [N, H, W, C], normalised with given statistics of as many groups of images as they have rows. */
export const pooledNorm = operation<Scale & {readonly y: Tensor}, Window>({
  name: "PooledNorm",
  saves: {inputs: []},
  forward: ({y, ...scale}, {p}): TensorInfo => {
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
  },
});

/** dL/dy, in the place of y where nothing else holds it, dL/dγ and dL/dβ, where the statistics are y's own. */
export const pooledNormGradient = operation<Omit<Scale, "beta"> & {readonly dv: Tensor; readonly y: Tensor}, Window>({
  name: "PooledNormGradient",
  saves: {inputs: []},
  forward: ({dv, y, gamma, mean, variance}, {p}): TensorInfo[] => {
    const [N, H, W, C] = y.shape as [number, number, number, number];
    const outputs = [outputIn(y), output([C]), output([C])];
    const [dy, dgamma, dbeta] = outputs.map(address) as [number, number, number];
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
      kernel("gradientTotals")(totals, dgamma, dbeta, C);
    });
    return outputs;
  },
});
