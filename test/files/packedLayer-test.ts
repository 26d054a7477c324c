import assert from "node:assert";
import {byteReader} from "../../src/files/byteReader.js";
import {type Form, layerBlock, readLayerBlock} from "../../src/files/packedLayer.js";
import {countKept, type LayerFormat, quantised} from "../../src/files/weightCodes.js";
import {random, randomKey} from "../../src/random.js";

const FORMS: readonly Form[] = ["dense", "bitmask", "entropy"];
const HEAD = 3 + 4; // form, bits, flags; how many steps
const LENGTHS = 4 + 4; // of mask and codes

/** Weights at the levels of a format, a part of them 0. */
function layer(n: number, format: LayerFormat, zeros: number, seed = 1): Float32Array {
  const stream = random(randomKey(seed, "layer"));
  const raw = Float32Array.from({length: n}, () => (stream.uniform() < zeros ? 0 : stream.normal()));
  return format.steps ? quantised(raw, format.bits, format.steps) : raw;
}

const steps = (count: number, powersOfTwo = false) => ({
  values: Float32Array.from({length: count}, (_, i) => (powersOfTwo ? 2 ** (i - 3) : 0.1 + 0.01 * i)),
  powersOfTwo,
});

describe("a layer's block", () => {
  it("has the length that one counts by hand", () => {
    const format = {bits: 3, steps: steps(1)};
    const weights = quantised(Float32Array.of(1, 0, -1, 2, 0, 0, 3, -2, 1, 0), 3, format.steps); // 6 of 10 stay
    const length = (form: Form, list = weights, own: LayerFormat = format): number => layerBlock("a", list, own, form).length; // prettier-ignore
    assert.strictEqual(length("dense"), HEAD + 4 + LENGTHS + 5); // 10 codes of 3 + 1 bits
    assert.strictEqual(length("bitmask"), HEAD + 4 + LENGTHS + 2 + 3); // 10 bits; 6 codes of 3 bits
    const all = weights.map((w) => w || 0.05);
    const full = quantised(all, 3, format.steps);
    assert.strictEqual(length("dense", full), HEAD + 4 + LENGTHS + 4); // 10 codes of 3 bits
    assert.strictEqual(length("bitmask", full), HEAD + 4 + LENGTHS + 4); // no mask where all stay
    const exponents = {bits: 3, steps: steps(5, true)};
    assert.strictEqual(length("dense", quantised(all, 3, exponents.steps), exponents), HEAD + 5 + LENGTHS + 4);
    const floats = {bits: 32};
    assert.strictEqual(length("dense", weights, floats), HEAD + LENGTHS + 40);
    assert.strictEqual(length("bitmask", weights, floats), HEAD + LENGTHS + 2 + 24);
  });

  it("gives weights and format back bit for bit: any bits, steps, zeros and form", () => {
    for (const bits of [1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 32])
      for (const zeros of [0, 0.3, 0.9, 1])
        for (const count of [1, 6])
          for (const powers of [false, true])
            for (const form of FORMS) {
              const format = {bits, ...(bits < 32 && {steps: steps(count, powers)})};
              const weights = layer(60, format, zeros, bits);
              const reader = byteReader(layerBlock("a", weights, format, form));
              const read = readLayerBlock(reader, {count: 60, channels: 6});
              assert.deepStrictEqual(read, {weights, format});
              assert.strictEqual(reader.left(), 0);
            }
  });

  it("by brotli takes little more than the entropy of its codes and of its mask", () => {
    const format = {bits: 4, steps: {values: Float32Array.of(0.4), powersOfTwo: false}};
    const weights = layer(40_000, format, 0.8);
    const bits = (list: readonly number[]): number => {
      const counts = new Map<number, number>();
      for (const value of list) counts.set(value, (counts.get(value) ?? 0) + 1);
      return [...counts.values()].reduce((sum, k) => sum - k * Math.log2(k / list.length), 0);
    };
    const entropy = bits([...weights].map((w) => (w === 0 ? 0 : 1))) + bits([...weights].filter((w) => w !== 0));
    const {length} = layerBlock("a", weights, format, "entropy");
    assert.ok(length >= entropy / 8 && length < 1.05 * (entropy / 8) + 60, `${length} bytes, entropy ${entropy / 8}`);
    const kept = countKept(weights);
    assert.ok(length < 5000 + kept / 2, "shorter than the bitmask");
  });

  it("of weights that are no levels of the format is refused", () =>
    assert.throws(() => layerBlock("fc1", Float32Array.of(0.3), {bits: 2, steps: steps(1)}, "dense"), /weight 0 of fc1/)); // prettier-ignore
});
