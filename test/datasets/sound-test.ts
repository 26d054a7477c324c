import assert from "node:assert";
import {fft, hertzOf, logMel, melOf} from "../../src/datasets/logMel.js";
import {parseWav} from "../../src/datasets/wav.js";
import {assertClose} from "../assert.js";
import {wavOf} from "./fixtures.js";

const tone = (hertz: number, count: number, rate = 8000): number[] =>
  Array.from({length: count}, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / rate));

describe("a WAV file", () => {
  it("gives its samples and their rate", () => {
    const {rate, samples} = parseWav(wavOf([0, 0.5, -1], 16000), "a.wav");
    assert.strictEqual(rate, 16000);
    assert.deepStrictEqual([...samples], [0, 0.5, -1]);
  });

  it("is refused when it is cut, compressed or none", () => {
    assert.throws(() => parseWav(wavOf([0, 0.5, -1]).subarray(0, 47), "a.wav"), /a chunk data of 6 bytes in a file of 47; expected a whole/); // prettier-ignore
    assert.throws(() => parseWav(Buffer.from("RIFF....WAVE"), "a.wav"), /expected chunks "fmt " and "data"/);
    assert.throws(() => parseWav(Buffer.from("hello"), "a.wav"), /invalid a.wav: it does not begin with RIFF/);
    const compressed = wavOf([0]);
    compressed.writeUInt16LE(85, 20);
    assert.throws(() => parseWav(compressed, "a.wav"), /format of a.wav: kind 85, 16 bits, 1 channels; expected uncompressed/); // prettier-ignore
  });
});

describe("a log-mel spectrogram", () => {
  const shape = {window: 256, hop: 128, frames: 6, bands: 32, range: 80};

  it("has 1000 mels at 1000 Hz, as the scale is made", () => {
    assertClose(melOf(1000), 1000, {rtol: 1e-4});
    assertClose(hertzOf(melOf(3210)), 3210);
  });

  it("rests on a transform that agrees with the sum that defines it", () => {
    const x = Array.from({length: 16}, (_, i) => Math.cos(i * i) + i / 7);
    const [re, im] = [Float64Array.from(x), new Float64Array(16)];
    fft(re, im);
    for (let k = 0; k < 16; ++k) {
      const term = (f: (a: number) => number): number => x.reduce((sum, v, i) => sum + v * f((-2 * Math.PI * i * k) / 16), 0); // prettier-ignore
      assertClose([re[k]!, im[k]!], [term(Math.cos), term(Math.sin)], {atol: 1e-10});
    }
  });

  it("is loudest in the band around a tone's pitch, in every frame", () => {
    for (const hertz of [300, 1000, 2500]) {
      const image = logMel({rate: 8000, samples: Float32Array.from(tone(hertz, 1000))}, shape);
      const expected = Math.round((melOf(hertz) / melOf(4000)) * 33) - 1;
      for (let t = 0; t < 5; ++t) {
        const frame = [...image.subarray(32 * t, 32 * (t + 1))];
        assert.ok(Math.abs(frame.indexOf(Math.max(...frame)) - expected) <= 1, `${hertz} Hz in frame ${t}`);
      }
      assert.strictEqual(Math.max(...image), 1);
    }
  });

  it("falls by 20 dB where a tone is ten times as quiet, and to 0 in silence", () => {
    const loud = tone(1000, 512);
    const samples = Float32Array.from([...loud, ...loud.map((v) => v / 10), ...new Array<number>(512).fill(0)]);
    const image = logMel({rate: 8000, samples}, {...shape, hop: 512, frames: 3});
    const peaks = [0, 1, 2].map((t) => Math.max(...image.subarray(32 * t, 32 * (t + 1))));
    assertClose(peaks, [1, 1 - 20 / 80, 0], {atol: 1e-4});
  });
});
