import assert from "node:assert";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import type {WeightFormat} from "../../src/graphs/weightFormat.js";
import {compositeWeights} from "../../src/layers/compositeWeights.js";
import {largestOf} from "../../src/layers/mask.js";
import {GAUSSIAN_STEPS, quantised} from "../../src/layers/quantise.js";
import {random, randomKey} from "../../src/random.js";
import {packageRoot} from "../../src/root.js";
import {grads, type Tensor, tensor, type Tensor1D, tensor1d, tidy} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {assertTensors, onEachBackend} from "../backends.js";

/** PyTorch's (test/golden/README.md). */
const GOLDEN = JSON.parse(readFileSync(join(packageRoot, "test/golden/compconv.json"), "utf8")) as {
  readonly shape: readonly number[];
  readonly cases: readonly (Readonly<Record<"bits" | "beta" | "made" | "dw" | "ds" | "dbeta", readonly number[]>> & {
    readonly kept: number;
  })[];
} & Readonly<Record<"w" | "s" | "d", readonly number[]>>;

const SHAPE = [3, 3, 4, 5];
const N = 180;
const stream = random(randomKey(5, "composite"));
const normals = (): Float32Array => Float32Array.from({length: N}, () => 0.2 * stream.normal());
const [W, S, D] = [normals(), normals(), normals()];
const BETA = [0.3, -0.8, 0.5];
const SEARCHED: WeightFormat = {bits: [1, 2, 4], kept: 0.2, quantiser: "gaussian", sharedBits: "cell1.bits"};

const softmax = (beta: readonly number[]): number[] => {
  const e = beta.map(Math.exp);
  return e.map((x) => x / e.reduce((a, b) => a + b, 0));
};

/** Q_b of all weights in double precision, from the equation. */
function levelsOf(bits: number): number[] {
  const mean = W.reduce((a, b) => a + b, 0) / N;
  const step = GAUSSIAN_STEPS[bits]! * Math.sqrt(W.reduce((sum, w) => sum + (w - mean) ** 2, 0) / (N - 1));
  const most = 2 ** bits / 2 - 0.5;
  return Array.from(W, (w) => Math.min(most, Math.max(-most, Math.round(w / step + 0.5) - 0.5)) * step);
}

const MASK = largestOf(S, 36);
const mixed = (p: readonly number[]): number[] => {
  const levels = [1, 2, 4].map(levelsOf);
  return Array.from(W, (_, i) => p.reduce((sum, share, b) => sum + share * levels[b]![i]!, 0));
};

/** The same with a loss Σ D·w, as a function of tensors. */
const lossOf = (format: WeightFormat) => (w: Tensor, s: Tensor, beta: Tensor) =>
  compositeWeights({weights: w, scores: s, beta: beta as Tensor1D}, format)
    .mul(tensor(D, SHAPE))
    .sum();

describe("weights that are masked and quantised in the forward pass", () => {
  onEachBackend(() => {
    const learnt = (beta?: readonly number[]) => ({
      weights: tensor(W, SHAPE),
      scores: tensor(S, SHAPE),
      beta: beta && tensor1d([...beta]),
    });
    const valuesOf = (format: WeightFormat, beta?: readonly number[]): Float32Array =>
      tidy(() => compositeWeights(learnt(beta), format).dataSync() as Float32Array);

    it("are m ⊙ Σ_b softmax(β)_b · Q_b(W)", () => {
      const expected = mixed(softmax(BETA)).map((w, i) => MASK[i]! * w);
      assertClose(valuesOf(SEARCHED, BETA), expected, {atol: 1e-6});
      assert.strictEqual(
        MASK.reduce((a, b) => a + b),
        36,
      );
    });

    it("have the gradients of their definition: W through the mask, S through the sign, β through softmax", () => {
      const gradients = tidy(() =>
        grads(lossOf(SEARCHED))([tensor(W, SHAPE), tensor(S, SHAPE), tensor1d(BETA)]).map((g) => g.dataSync()),
      );
      const p = softmax(BETA);
      const mix = mixed(p);
      assertClose(
        gradients[0]!,
        Array.from(D, (d, i) => d * MASK[i]!),
      );
      assertClose(
        gradients[1]!,
        Array.from(D, (d, i) => d * mix[i]! * Math.sign(S[i]!)),
        {atol: 1e-6},
      );
      const dp = [1, 2, 4].map((bits) => levelsOf(bits).reduce((sum, q, i) => sum + D[i]! * MASK[i]! * q, 0));
      const mean = dp.reduce((sum, d, b) => sum + d * p[b]!, 0);
      assertClose(gradients[2]!, dp.map((d, b) => p[b]! * (d - mean)), {atol: 1e-5}); // prettier-ignore
    });

    it("β by finite differences of the loss in double precision", () => {
      const at = (beta: readonly number[]): number =>
        mixed(softmax(beta)).reduce((sum, w, i) => sum + D[i]! * MASK[i]! * w, 0);
      const expected = BETA.map((_, b) => {
        const moved = (by: number): number[] => BETA.map((x, i) => (i === b ? x + by : x));
        return (at(moved(1e-4)) - at(moved(-1e-4))) / 2e-4;
      });
      const [, , dBeta] = tidy(() =>
        grads(lossOf(SEARCHED))([tensor(W, SHAPE), tensor(S, SHAPE), tensor1d(BETA)]).map((g) => g.dataSync()),
      );
      assertClose(dBeta!, expected, {atol: 1e-5});
    });

    it("are PyTorch's, with its gradients", () => {
      for (const {bits, kept, beta, made, dw, ds, dbeta} of GOLDEN.cases) {
        const format: WeightFormat = {bits, kept, quantiser: "gaussian", sharedBits: "bits"};
        const [w, s, d] = [GOLDEN.w, GOLDEN.s, GOLDEN.d];
        tidy(() => {
          const at = (list: readonly number[]): Tensor => tensor([...list], [...GOLDEN.shape]);
          const run = (...[weights, scores, b]: Tensor[]): Tensor => compositeWeights({weights: weights!, scores, beta: b as Tensor1D}, format); // prettier-ignore
          assertClose(run(at(w), at(s), tensor1d([...beta])).dataSync(), made, {atol: 1e-7});
          const found = grads((...of) =>
            run(...of)
              .mul(at(d))
              .sum(),
          )([at(w), at(s), tensor1d([...beta])]);
          [dw, ds, dbeta].forEach((expected, i) => assertClose(found[i]!.dataSync(), expected, {atol: 1e-6, what: `${bits}: ${i}`})); // prettier-ignore
        });
      }
    });

    it("with one β far above the others are those of its bits alone", () => {
      [1, 2, 4].forEach((bits, i) => {
        const beta = [0, 0, 0].map((_, j) => (i === j ? 60 : 0));
        const {sharedBits: _, ...rest} = SEARCHED;
        assertClose(valuesOf(SEARCHED, beta), valuesOf({...rest, bits}), {atol: 1e-7});
      });
    });

    it("keep all where the kept fraction is 1, and by their own size where no scores judge them", () => {
      const plain = tidy(() => quantised(tensor(W, SHAPE), 8, "uniform").dataSync());
      assertClose(valuesOf({bits: 8, kept: 1, quantiser: "uniform"}), plain, {atol: 0, rtol: 0});
      const own = largestOf(W, 90);
      const half = tidy(
        () =>
        compositeWeights({weights: tensor(W, SHAPE)}, {bits: 8, kept: 0.5, quantiser: "uniform", pruning: "magnitude"}).dataSync(), // prettier-ignore
      );
      assertClose(
        half,
        Array.from(plain, (q, i) => q * own[i]!),
      );
      const pruned = valuesOf({bits: 32, kept: 0.2, quantiser: "none"});
      assertClose(
        pruned,
        Array.from(W, (w, i) => w * MASK[i]!),
        {atol: 0, rtol: 0},
      );
    });

    it("leave one tensor behind", () => {
      const given = learnt(BETA);
      assertTensors(1, () => compositeWeights(given, SEARCHED));
      Object.values(given).forEach((t) => t?.dispose());
    });
  });
});
