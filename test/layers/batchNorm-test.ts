import {batchNormEvaluate, batchNormTrain, updateRunning} from "../../src/layers/batchNorm.js";
import {random, randomKey} from "../../src/random.js";
import {
  grads,
  ones,
  type Tensor,
  tensor1d,
  type Tensor1D,
  tensor2d,
  tensor3d,
  type Tensor3D,
  zeros,
} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {assertTensors, onEachBackend} from "../backends.js";

const [G, N, C] = [3, 5, 2] as const;
const draw = (name: string, length: number): number[] => {
  const stream = random(randomKey(4, name));
  return Array.from({length}, () => Math.fround(stream.normal()));
};
const X = draw("x", G * N * C);
const GAMMA = draw("gamma", C);
const BETA = draw("beta", C);
const DY = draw("dy", G * N * C);

/** Normalisation of x [G, N, C] group by group and channel by channel, in double precision. */
function normalise(x: readonly number[], gamma: readonly number[], beta: readonly number[]): number[] {
  const y = [...x];
  for (let g = 0; g < G; ++g)
    for (let c = 0; c < C; ++c) {
      const at = Array.from({length: N}, (_, n) => (g * N + n) * C + c);
      const mean = at.reduce((sum, i) => sum + x[i]!, 0) / N;
      const variance = at.reduce((sum, i) => sum + (x[i]! - mean) ** 2, 0) / N;
      for (const i of at) y[i] = (gamma[c]! * (x[i]! - mean)) / Math.sqrt(variance + 1e-5) + beta[c]!;
    }
  return y;
}

/** Central differences of `f` by each entry of `x`. */
const difference = (x: readonly number[], f: (x: readonly number[]) => number): number[] =>
  x.map((value, i) => (f(x.with(i, value + 1e-5)) - f(x.with(i, value - 1e-5))) / 2e-5);

const weighted = (y: readonly number[]): number => y.reduce((sum, value, i) => sum + value * DY[i]!, 0);

describe("batch normalisation", () => {
  onEachBackend(() => {
    it("of 1, 2, 3, 4 has mean 2.5, biased variance 1.25 and the hand-computed values", () => {
      const {y, mean, variance} = batchNormTrain(tensor3d([1, 2, 3, 4], [1, 4, 1]), ones([1]), zeros([1]));
      assertClose(mean.dataSync(), [2.5]);
      assertClose(variance.dataSync(), [1.25]);
      assertClose(y.dataSync(), [-1.3416354, -0.4472118, 0.4472118, 1.3416354]);
    });

    it("each group has statistics of its own", () => {
      const {y, mean} = batchNormTrain(tensor3d([1, 3, 100, 300], [2, 2, 1]), tensor1d([2]), tensor1d([5]));
      assertClose(mean.dataSync(), [2, 200]);
      assertClose(y.dataSync(), [3.00001, 6.99999, 3, 7]);
    });

    it("equals the plain loop", () => {
      const {y} = batchNormTrain(tensor3d(X, [G, N, C]), tensor1d(GAMMA), tensor1d(BETA));
      assertClose(y.dataSync(), normalise(X, GAMMA, BETA), {scale: "max"});
    });

    it("gradients by x, γ and β equal finite differences", () => {
      const dy = tensor3d(DY, [G, N, C]);
      const run = (x: Tensor, gamma: Tensor, beta: Tensor): Tensor =>
        batchNormTrain(x as Tensor3D, gamma as Tensor1D, beta as Tensor1D).y.mul(dy);
      const [dx, dGamma, dBeta] = grads(run)([tensor3d(X, [G, N, C]), tensor1d(GAMMA), tensor1d(BETA)]) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      const tolerance = {rtol: 2e-5, scale: "max"} as const;
      assertClose(
        dx.dataSync(),
        difference(X, (x) => weighted(normalise(x, GAMMA, BETA))),
        tolerance,
      );
      assertClose(
        dGamma.dataSync(),
        difference(GAMMA, (gamma) => weighted(normalise(X, gamma, BETA))),
        tolerance,
      );
      assertClose(
        dBeta.dataSync(),
        difference(BETA, (beta) => weighted(normalise(X, GAMMA, beta))),
        tolerance,
      );
    });

    it("evaluation uses the running statistics", () => {
      const y = batchNormEvaluate(tensor2d([1, 10, 3, 20], [2, 2]), tensor1d([2, 1]), tensor1d([0, 1]), tensor1d([2, 10]), tensor1d([4, 25])); // prettier-ignore
      assertClose(y.dataSync(), [-1, 1, 1, 3], {rtol: 1e-5});
    });

    it("running statistics start at 0 and 1 and move by a tenth, with the unbiased variance, as PyTorch's", () => {
      // BatchNorm1d(1) after one batch 1, 2, 3, 4: running_mean 0.25, running_var 0.9 + 0.1·5/3
      assertClose(updateRunning(zeros([1]), tensor2d([[2.5]])).dataSync(), [0.25]);
      assertClose(updateRunning(ones([1]), tensor2d([[1.25]]), 4).dataSync(), [1.0666667]);
    });

    it("running statistics take the groups in their order", () => {
      // 0 → 0.1·10 = 1 → 0.9 + 0.1·20 = 2.9, and the other way round 0.9·2 + 1 = 2.8
      assertClose(updateRunning(zeros([1]), tensor2d([[10], [20]])).dataSync(), [2.9]);
      assertClose(updateRunning(zeros([1]), tensor2d([[20], [10]])).dataSync(), [2.8]);
    });

    it("leaves only its results behind", () => {
      const x = tensor3d(X, [G, N, C]);
      const [gamma, beta] = [tensor1d(GAMMA), tensor1d(BETA)];
      assertTensors(3, () => batchNormTrain(x, gamma, beta));
      assertTensors(1, () => batchNormEvaluate(x, gamma, beta, beta, gamma));
      const stats = tensor2d(draw("stats", G * C), [G, C]);
      assertTensors(1, () => updateRunning(gamma, stats, N));
    });
  });
});
