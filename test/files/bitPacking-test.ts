import assert from "node:assert";
import {packBits, packedLength, unpackBits} from "../../src/files/bitPacking.js";
import {random, randomKey} from "../../src/random.js";

describe("packed bits", () => {
  it("stand side by side, the lowest first", () => {
    assert.deepStrictEqual([...packBits([1, 0, 1, 1, 0, 0, 0, 1, 1], 1)], [0b10001101, 1]);
    assert.deepStrictEqual([...packBits([5, 3, 6], 3)], [0b10011101, 0b1]); // 5 = 101, 3 = 011, 6 = 110: 1 10|011|101
    assert.deepStrictEqual([...packBits([0x12345], 17)], [0x45, 0x23, 1]);
  });

  it("come back, at every width and length", () => {
    const stream = random(randomKey(1, "bits"));
    for (let width = 1; width <= 17; ++width)
      for (const n of [0, 1, 2, 7, 8, 9, 100]) {
        const numbers = Uint32Array.from({length: n}, () => stream.integer(2 ** width));
        const bytes = packBits(numbers, width);
        assert.strictEqual(bytes.length, packedLength(n, width));
        assert.strictEqual(bytes.length, Math.ceil((n * width) / 8));
        assert.deepStrictEqual(unpackBits(bytes, n, width), numbers);
      }
  });
});
