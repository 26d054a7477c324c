import assert from "node:assert";
import type {Quantiser} from "../../src/graphs/weightFormat.js";
import {GAUSSIAN_STEPS, quantised, weightScale} from "../../src/layers/quantise.js";
import {random, randomKey} from "../../src/random.js";
import {grad, scalar, type Tensor, tensor1d, tidy} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {assertTensors, onEachBackend} from "../backends.js";

const POINTS = [-2.2, -1, -0.3, -0.01, 0, 0.01, 0.3, 1, 2.2];
const unit = () => ({deviation: scalar(1)}); // a standard deviation of 1

const gaussianAt = (w: readonly number[], bits: number): number[] =>
  tidy(() => [...quantised(tensor1d([...w]), bits, "gaussian", unit()).dataSync()]);

/** Halves to the even number. */
const halfEven = (x: number): number => {
  const low = Math.floor(x);
  return x - low === 0.5 ? low + Math.abs(low % 2) : Math.round(x);
};

const stream = random(randomKey(1, "weights"));
const WEIGHTS = Float32Array.from({length: 500}, () => 0.3 * stream.normal() + 0.05);

describe("quantisers of weights", () => {
  onEachBackend(() => {
    it("the Gaussian one gives the published values at a standard deviation of 1", () => {
      const d1 = [-0.798, -0.798, -0.798, -0.798, -0.798, 0.798, 0.798, 0.798, 0.798]; // 0 by half to even
      assertClose(gaussianAt(POINTS, 1), d1);
      assertClose(gaussianAt(POINTS, 2), [-1.494, -1.494, -0.498, -0.498, -0.498, 0.498, 0.498, 1.494, 1.494]);
      assertClose(gaussianAt(POINTS, 4), [-2.184, -0.84, -0.168, -0.168, -0.168, 0.168, 0.168, 0.84, 2.184]);
    });

    it("takes halves to the even number, on both sides of zero", () => {
      const step = GAUSSIAN_STEPS[3]!;
      const halves = [-3, -2, -1, 0, 1, 2, 3]; // w/Δ + ½ lies between two integers
      assertClose(gaussianAt(halves.map((h) => h * step), 3), halves.map((h) => step * (halfEven(h + 0.5) - 0.5))); // prettier-ignore
    });

    it("has 2ᵇ levels, none at zero, in steps of the standard deviation with n − 1", () => {
      const mean = WEIGHTS.reduce((a, b) => a + b, 0) / WEIGHTS.length;
      const deviation = Math.sqrt(WEIGHTS.reduce((sum, w) => sum + (w - mean) ** 2, 0) / (WEIGHTS.length - 1));
      for (const bits of [1, 2, 3, 4]) {
        const found = tidy(() => [...quantised(tensor1d(WEIGHTS), bits).dataSync()]);
        const levels = [...new Set(found)].sort((a, b) => a - b);
        const step = GAUSSIAN_STEPS[bits]! * deviation;
        assert.ok(levels.length <= 2 ** bits && levels.every((level) => level !== 0), `${levels}`);
        for (const level of levels) assertClose(Math.abs((level / step) % 1), 0.5, {atol: 1e-4});
        found.forEach((q, i) => {
          const inside = Math.abs(WEIGHTS[i]!) <= (2 ** bits / 2) * step;
          if (inside) assert.ok(Math.abs(q - WEIGHTS[i]!) <= step / 2 + 1e-5, `${q} for ${WEIGHTS[i]}`);
          else assertClose(Math.abs(q), (2 ** bits / 2 - 0.5) * step, {rtol: 1e-4});
        });
      }
    });

    it("the steps are those of the least squared error on a Gaussian", () => {
      const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
      const errorOf = (bits: number, step: number): number => {
        const most = 2 ** bits / 2 - 0.5;
        let sum = 0;
        for (let x = -8; x < 8; x += 0.002) {
          const q = Math.min(most, Math.max(-most, Math.round(x / step + 0.5) - 0.5)) * step;
          sum += 0.002 * density(x) * (x - q) ** 2;
        }
        return sum;
      };
      for (const [bits, step] of Object.entries(GAUSSIAN_STEPS))
        for (const other of [step - 0.004, step + 0.004])
          assert.ok(errorOf(+bits, step) < errorOf(+bits, other), `${bits} bits: ${step} against ${other}`);
    });

    it("the uniform one takes the nearest of levels up to the largest weight; one bit is the sign of the mean size", () => {
      const largest = Math.max(...Array.from(WEIGHTS, Math.abs));
      for (const bits of [2, 4, 8]) {
        const step = (2 * largest) / 2 ** bits;
        const levels = Array.from({length: 2 ** bits}, (_, c) => (c - 2 ** (bits - 1) + 0.5) * step);
        const found = tidy(() => [...quantised(tensor1d(WEIGHTS), bits, "uniform").dataSync()]);
        const distance = (w: number, to: number): number => Math.abs(w - to);
        found.forEach((q, i) => {
          const nearest = Math.min(...levels.map((level) => distance(WEIGHTS[i]!, level)));
          assertClose(distance(WEIGHTS[i]!, q), nearest, {atol: 1e-6});
          assert.ok(Math.min(...levels.map((level) => distance(q, level))) < 1e-6, `${q} is no level`);
        });
      }
      assertClose(tidy(() => [...quantised(tensor1d([-3, 0.1, 1, 4]), 1, "uniform").dataSync()]), [-2.025, 2.025, 2.025, 2.025]); // prettier-ignore
    });

    it("passes gradients straight through, also where it clips", () => {
      const weighed = (quantiser: Quantiser, bits: number) => (w: Tensor) =>
        quantised(w, bits, quantiser)
          .mul(tensor1d([1, 2, 3, 4, 5, 6, 7, 8, 9]))
          .sum();
      for (const [quantiser, bits] of [["gaussian", 1], ["gaussian", 4], ["uniform", 1], ["uniform", 3], ["none", 8]] as const) // prettier-ignore
        assertClose(tidy(() => grad(weighed(quantiser, bits))(tensor1d(POINTS)).dataSync()), [1, 2, 3, 4, 5, 6, 7, 8, 9], {what: quantiser}); // prettier-ignore
    });

    it("bears weights that are all equal, or one alone", () => {
      for (const w of [[0, 0, 0], [0.5, 0.5], [0.5]]) // prettier-ignore
        for (const quantiser of ["gaussian", "uniform"] as const)
          for (const bits of [1, 2, 4])
            for (const q of tidy(() => quantised(tensor1d(w), bits, quantiser).dataSync())) assert.ok(Number.isFinite(q), `${quantiser} ${bits}: ${q}`); // prettier-ignore
    });

    it("leaves no tensors behind", () => {
      const w = tensor1d(POINTS);
      assertTensors(2, () => [quantised(w, 2), quantised(w, 3, "uniform")]);
      assertTensors(1, () => weightScale(w, "gaussian"));
      w.dispose();
    });

    it("refuses bits that a quantiser is not defined for", () =>
      assert.throws(
        () => tidy(() => quantised(tensor1d(POINTS), 5)),
        /^InputError: invalid bits of the gaussian quantiser: 5; expected an integer from 1 to 4$/,
      ));
  });
});
