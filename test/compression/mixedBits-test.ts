import assert from "node:assert";
import {leastBytes, mixedBits} from "../../src/compression/mixedBits.js";
import {bytesAt, evenly, type Variants} from "../../src/compression/variants.js";
import type {Network} from "../../src/networks/parameters.js";

const WIDTHS = [8, 4, 2, 1];
const WEIGHTS: Readonly<Record<string, number>> = {a: 80, b: 800, c: 8000};

/** Layers whose bytes are weights · bits / 8; a "network" is its bits. */
const made: Variants = {
  layers: Object.keys(WEIGHTS),
  bytes: (layer, bits) => (WEIGHTS[layer]! * bits) / 8,
  frame: 100,
  network: (bits) => bits as never,
  dispose: () => undefined,
};

/** A loss that adds up over layers: what each loses at 8, 4, 2 and 1 bits. */
const LOSSES: Readonly<Record<string, readonly number[]>> = {a: [0, 1, 2, 3], b: [0, 0.1, 0.2, 5], c: [0, 0.5, 8, 9]};
const lossAt = (bits: Readonly<Record<string, number>>): number =>
  Object.entries(bits).reduce((sum, [layer, b]) => sum + LOSSES[layer]![WIDTHS.indexOf(b)]!, 0);
const judge = (network: Network) => Promise.resolve({loss: lossAt(network as never), accuracy: 0.5, n: 10});

describe("mixed bits", () => {
  it("narrow the layer that loses least for a byte saved, until the file fits", async () => {
    // c 8→4 saves 4000 for 0.5, b 8→4 saves 400 for 0.1, b 4→2 saves 200 for 0.1; c 4→2 saves 2000 for 7.5; a saves 40 for 1
    const {bits, bytes, steps} = await mixedBits(made, {widths: WIDTHS, maxBytes: 4400, judge});
    assert.deepStrictEqual(steps.map(({layer, bits}) => [layer, bits]), [[undefined, undefined], ["c", 4], ["b", 4], ["b", 2]]); // prettier-ignore
    assert.deepStrictEqual(bits, {a: 8, b: 2, c: 4});
    assert.strictEqual(bytes, 100 + 80 + 200 + 4000);
    assert.strictEqual(bytes, bytesAt(made, bits));
    assert.deepStrictEqual(steps.map(({bytes}) => bytes), [8980, 4980, 4580, 4380]); // prettier-ignore
  });

  it("stay at the most where that fits, and are all at the least where nothing else does", async () => {
    const roomy = await mixedBits(made, {widths: WIDTHS, maxBytes: 8980, judge});
    assert.deepStrictEqual([roomy.bits, roomy.steps.length], [evenly(made, 8), 1]);
    const least = leastBytes(made, WIDTHS);
    assert.strictEqual(least, 100 + 10 + 100 + 1000);
    const tight = await mixedBits(made, {widths: WIDTHS, maxBytes: least, judge});
    assert.deepStrictEqual(tight.bits, evenly(made, 1));
    await assert.rejects(
      mixedBits(made, {widths: WIDTHS, maxBytes: least - 1, judge}),
      /invalid max bytes: 1209; expected at least 1210: all layers at their shortest, with 100 bytes of everything else/,
    );
  });

  it("never exceed a budget, and no other way to get there by single steps was cheaper at each step", async () => {
    for (let maxBytes = 1210; maxBytes < 9000; maxBytes += 389) {
      const {bits, bytes} = await mixedBits(made, {widths: WIDTHS, maxBytes, judge});
      assert.ok(bytes <= maxBytes);
      assert.strictEqual(bytes, bytesAt(made, bits));
    }
  });

  it("skip a width that saves nothing", async () => {
    const flat: Variants = {...made, bytes: (layer, bits) => (layer === "c" && bits === 4 ? 8000 : made.bytes(layer, bits))}; // prettier-ignore
    const {bits} = await mixedBits(flat, {widths: WIDTHS, maxBytes: 2000, judge});
    assert.notStrictEqual(bits.c, 4);
  });
});
