import assert from "node:assert";
import {hertzOf, logMel, melOf} from "../../src/datasets/logMel.js";
import {parseWav} from "../../src/datasets/wav.js";
import wavefile from "wavefile";
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

  it("may have any of the usual kinds of samples", () => {
    const values = [-1, -0.5, 0, 0.5];
    const kinds = {"8": [0, 64, 128, 192], "24": values.map((v) => v * 2 ** 23), "32": values.map((v) => v * 2 ** 31), "32f": values, "64": values}; // prettier-ignore
    for (const [kind, samples] of Object.entries(kinds)) {
      const wav = new wavefile.WaveFile();
      wav.fromScratch(1, 8000, kind, samples);
      assert.deepStrictEqual([...parseWav(Buffer.from(wav.toBuffer()), kind).samples], values, kind);
    }
  });

  it("is refused when it is cut, compressed, stereo, of another rate, empty or none", () => {
    const refused = (file: Buffer, message: RegExp): void =>
      assert.throws(() => parseWav(file, "a.wav", 8000), message);
    refused(
      wavOf([0, 0.5, -1]).subarray(0, 47),
      /samples of a.wav: 3 bytes of the 6 that it declares; expected a whole/,
    );
    refused(Buffer.from("RIFF....WAVE"), /invalid a.wav: .*; expected a whole WAV file/);
    refused(Buffer.from("hello"), /invalid a.wav: .*; expected a whole WAV file/);
    refused(Buffer.alloc(0), /invalid a.wav: .*; expected a whole WAV file/);
    refused(wavOf([0], 16000), /rate of a.wav: 16000; expected 8000 samples a second/);
    refused(wavOf([]), /a.wav is empty/);
    const [compressed, stereo] = [wavOf([0]), wavOf([0, 0])];
    compressed.writeUInt16LE(85, 20);
    refused(compressed, /format of a.wav: kind 85, 16 bits; expected uncompressed/);
    stereo.writeUInt16LE(2, 22);
    refused(stereo, /channels of a.wav: 2; expected 1: mono/);
    const wav = new wavefile.WaveFile();
    wav.fromScratch(1, 8000, "32f", [0, NaN]);
    refused(Buffer.from(wav.toBuffer()), /samples of a.wav: numbers that are not finite/);
  });
});

describe("a log-mel spectrogram", () => {
  const shape = {window: 256, hop: 128, frames: 6, bands: 32, range: 80};

  it("has 1000 mels at 1000 Hz, as the scale is made", () => {
    assertClose(melOf(1000), 1000, {rtol: 1e-4});
    assertClose(hertzOf(melOf(3210)), 3210);
  });

  it("is the sum that defines it, term by term", () => {
    const [rate, window, bands] = [8000, 32, 4];
    const samples = Float32Array.from({length: window}, (_, i) => Math.cos(i * i) + i / 70);
    const hann = (i: number): number => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / window);
    const power = Array.from({length: window / 2 + 1}, (_, k) => {
      const term = (f: (a: number) => number): number =>
        samples.reduce((sum, v, i) => sum + v * hann(i) * f((-2 * Math.PI * i * k) / window), 0);
      return term(Math.cos) ** 2 + term(Math.sin) ** 2;
    });
    const edge = (i: number): number => 700 * (10 ** ((i * 2595 * Math.log10(1 + rate / 2 / 700)) / (bands + 1) / 2595) - 1); // prettier-ignore
    const energies = Array.from({length: bands}, (_, b) =>
      power.reduce((sum, p, k) => {
        const f = (k * rate) / window;
        const [rising, falling] = [(f - edge(b)) / (edge(b + 1) - edge(b)), (edge(b + 2) - f) / (edge(b + 2) - edge(b + 1))]; // prettier-ignore
        return sum + p * Math.max(0, Math.min(rising, falling));
      }, 0),
    );
    const expected = energies.map((e) => 1 + (10 * Math.log10(e / Math.max(...energies))) / 80);
    assertClose(logMel({rate, samples}, {window, hop: window, frames: 1, bands, range: 80}), expected, {atol: 1e-6});
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
