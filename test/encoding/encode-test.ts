import assert from "node:assert";
import {encode, ENCODERS} from "../../src/encoding/encode.js";
import {randomKey} from "../../src/random.js";
import {useBackend} from "../../src/kernels/index.js";
import {fill, type Tensor, tensor1d, tensor2d} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {assertTensors, onEachBackend} from "../backends.js";

const numbers = (x: Tensor): number[] => [...x.dataSync()];
const KEY = randomKey(3, "encoding");

/** Timestep of each value's only spike, from spikes [T, B]. */
function times(spikes: Tensor): number[] {
  const steps = spikes.arraySync() as number[][];
  return steps[0]!.map((_, i) => {
    const fired = steps.flatMap((step, t) => (step[i] === 1 ? [t] : []));
    assert.strictEqual(fired.length, 1, `value ${i} fires ${fired.length} times`);
    return fired[0]!;
  });
}

describe("encodings", () => {
  onEachBackend(() => {
    it("direct repeats the values at each timestep", () => {
      const encoded = encode("direct", tensor2d([0.1, -2, 0.3, 0.4, 0.5, 7], [2, 3]), 4, KEY);
      assert.deepStrictEqual(encoded.shape, [4, 2, 3]);
      const once = numbers(tensor1d([0.1, -2, 0.3, 0.4, 0.5, 7]));
      assert.deepStrictEqual(numbers(encoded), [...once, ...once, ...once, ...once]);
    });

    it("rate fires with probability x: 20,000 draws lie within 4.5 standard deviations of the binomial mean", () => {
      for (const x of [0.05, 0.3, 0.5, 0.9]) {
        const spikes = numbers(encode("rate", fill([200], x), 100, KEY.split(String(x))));
        assert.deepStrictEqual([...new Set(spikes)].sort(), [0, 1]);
        const count = spikes.reduce((sum, s) => sum + s, 0);
        const bound = 4.5 * Math.sqrt(20_000 * x * (1 - x));
        assert.ok(Math.abs(count - 20_000 * x) < bound, `${count} spikes instead of ${20_000 * x} ± ${bound}`);
      }
    });

    it("rate draws anew for each timestep and value: of pairs, a share of x² fires twice", () => {
      const steps = encode("rate", fill([10_000], 0.3), 2, KEY).arraySync() as [number[], number[]];
      const both = steps[0].filter((s, i) => s === 1 && steps[1][i] === 1).length;
      assert.ok(Math.abs(both - 900) < 4.5 * Math.sqrt(10_000 * 0.09 * 0.91), `${both} instead of 900`);
      const neighbours = steps[0].filter((s, i) => s === 1 && steps[0][i + 1] === 1).length;
      assert.ok(Math.abs(neighbours - 900) < 4.5 * Math.sqrt(10_000 * 0.09 * 0.91), `${neighbours} instead of 900`);
    });

    it("rate never fires at 0 and always at 1", () => {
      assertClose(
        encode("rate", tensor1d([0, 1]), 5000, KEY)
          .mean(0)
          .dataSync(),
        [0, 1],
        {atol: 0, rtol: 0},
      );
    });

    it("signedRate fires with probability |x|/2 and the sign of x", () => {
      const encoded = encode("signedRate", tensor1d([-1.2, 0.6, 0, 2, -3]), 20_000, KEY);
      assert.deepStrictEqual([...new Set(numbers(encoded).map((s) => s + 0))].sort(), [-1, 0, 1]);
      const [a, b, c, d, e] = numbers(encoded.mean(0)) as [number, number, number, number, number];
      assertClose([a, b], [-0.6, 0.3], {atol: 4.5 * Math.sqrt(0.24 / 20_000), rtol: 0});
      assertClose([c, d, e], [0, 1, -1], {atol: 0, rtol: 1e-6});
    });

    it("latency puts one spike at round((T − 1)(1 − x))", () => {
      const x = tensor1d([0, 0.1, 0.25, 0.4, 0.66, 0.9, 1]);
      assert.deepStrictEqual(times(encode("latency", x, 9, KEY)), [8, 7, 6, 5, 3, 1, 0]);
      assert.deepStrictEqual(times(encode("latency", x, 1, KEY)), [0, 0, 0, 0, 0, 0, 0]);
    });

    it("latency rounds ties to even", () => {
      // (T − 1)(1 − x) = 0.5, 1.5, 2.5 for T = 5
      assert.deepStrictEqual(times(encode("latency", tensor1d([0.875, 0.625, 0.375]), 5, KEY)), [0, 2, 2]);
    });

    it("logLatency puts one spike at round(T − 1 − ln(αx + 1)), α = e^(T−1) − 1", () => {
      // T = 5, α = 53.598: ln(α·0.02 + 1) = 0.728, ln(α·0.1 + 1) = 1.850, ln(α·0.5 + 1) = 3.325
      const x = tensor1d([0, 0.02, 0.1, 0.5, 1]);
      assert.deepStrictEqual(times(encode("logLatency", x, 5, KEY)), [4, 3, 2, 1, 0]);
    });

    it("one key gives one code, another key another", () => {
      const x = fill([3, 50], 0.4);
      for (const name of ["rate", "signedRate"]) {
        const [a, b, c] = [KEY, randomKey(3, "encoding"), KEY.split("other")].map((key) =>
          numbers(encode(name, x, 6, key)),
        );
        assert.deepStrictEqual(a, b);
        assert.notDeepStrictEqual(a, c);
      }
    });

    it("keeps the shape [T, B, ...] and leaves only its result behind", () => {
      const x = fill([2, 3, 4, 1], 0.5);
      for (const name of Object.keys(ENCODERS)) {
        assert.deepStrictEqual(encode(name, x, 5, KEY).shape, [5, 2, 3, 4, 1]);
        assertTensors(1, () => encode(name, x, 5, KEY));
      }
    });
  });

  it("refuses what it cannot encode, saying what would be right", async () => {
    await useBackend("wasm");
    const x = tensor1d([0.5, 1.5]);
    assert.throws(() => encode("morse", x, 4, KEY), {
      message: "unknown encoding: morse; expected direct, rate, signedRate, latency or logLatency",
    });
    assert.throws(() => encode("rate", x, 0, KEY), {message: "invalid T: 0; expected an integer from 1 to 100000"});
    assert.throws(() => encode("logLatency", tensor1d([0.5]), 100, KEY), /invalid T: 100; expected an integer <= 80/);
    for (const name of ["rate", "latency", "logLatency"])
      assert.throws(() => encode(name, x, 4, KEY), {
        message:
          `invalid input of the encoding ${name}: 0.5 … 1.5; expected values from 0 to 1 ` +
          "(scale images to 0 … 1 and do not standardise them before this encoding)",
      });
  });
});
