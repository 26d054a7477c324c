// Batch normalisation and average pooling after it, as one: the normalised map exists an image at a time.
//
//   v = mean over windows of p×p, stride p, of BN(y)

import {batchNormTrain, EPSILON} from "../layers/batchNorm.js";
import {avgPool} from "../layers/pool.js";
import type {Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, TensorInfo} from "../tf.js";
import {type Scale, statisticsOf, withFactors} from "./batchNorm.js";
import {address, engineOn, kernel, output, outputIn, withScratch} from "./engine.js";
import {composite, operation} from "./register.js";
import type {Statistics} from "./spiking.js";

export type PooledNorm = {
  /** [N, H, W, C], normalised with its own statistics for each of `groups` groups of images. */
  readonly y: Tensor4D;
  readonly gamma: Tensor1D;
  readonly beta: Tensor1D;
  readonly groups: number;
  /** Those statistics, where they are known already. */
  readonly known?: Statistics | undefined;
};

type Pooled = {readonly value: Tensor4D; readonly statistics: Statistics};

const rowsOf = (y: Tensor, groups: number): Tensor3D => y.reshape([groups, -1, y.shape.at(-1)!]);

/** The same composed of its definitions. */
export function pooledNormDefinition({y, gamma, beta, groups}: PooledNorm, p: number): Pooled {
  const normalised = batchNormTrain(rowsOf(y, groups), gamma, beta);
  return {value: avgPool(normalised.y.reshape(y.shape), p), statistics: normalised};
}

type Window = {readonly p: number};

const forward = operation<Scale & {readonly y: Tensor}, Window>({
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

const gradient = operation<Omit<Scale, "beta"> & {readonly dv: Tensor; readonly y: Tensor}, Window>({
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

/** The mean over windows of p×p of a normalised map [N, H, W, C] → [N, ⌊H/p⌋, ⌊W/p⌋, C]. */
export function pooledNorm(norm: PooledNorm, p: number): Pooled {
  if (!engineOn()) return pooledNormDefinition(norm, p);
  const {y, gamma, beta, groups, known} = norm;
  const [value, mean, variance] = composite({
    inputs: {y, gamma, beta},
    forward: (save) => {
      const [mean, variance] = known ? [known.mean, known.variance] : statisticsOf({x: rowsOf(y, groups)}, {});
      save([y, gamma, mean!, variance!]);
      const [v] = forward({y, gamma, beta, mean: mean!, variance: variance!}, {p});
      return known ? [v!] : [v!, mean!, variance!];
    },
    gradient: ([dv], [saved, factor, mu, sigma2]) => {
      const inputs = {dv: dv!, y: saved!, gamma: factor!, mean: mu!, variance: sigma2!};
      const [dy, dgamma, dbeta] = gradient(inputs, {p});
      return {y: dy!, gamma: dgamma!, beta: dbeta!};
    },
  });
  const statistics = known ?? {mean: mean as Tensor2D, variance: variance as Tensor2D};
  return {value: value as Tensor4D, statistics};
}
