// Sound as an image of time and pitch: the log-mel spectrogram.
//
//   frame    `window` samples times a Hann window, one every `hop` samples
//   power    |FFT|² at f = k·rate/window                                      the transform is fft.js's
//   bands    triangles of equal width on the mel scale m(f) = 2595 log₁₀(1 + f/700), from 0 to rate/2
//   value    1 + 10 log₁₀(E/E_max)/range, at least 0: decibels below the loudest band of the recording, on the scale 0..1

import FFT from "fft.js";
import {invalid} from "../check.js";
import type {Sound} from "./wav.js";

export type Spectrogram = {
  /** Samples of a frame, a power of two, and from one frame to the next. */
  readonly window: number;
  readonly hop: number;
  readonly frames: number;
  readonly bands: number;
  /** Decibels that 0..1 stands for. */
  readonly range: number;
};

/** Mels of a frequency in Hz, and back. */
export const melOf = (hertz: number): number => 2595 * Math.log10(1 + hertz / 700);
export const hertzOf = (mel: number): number => 700 * (10 ** (mel / 2595) - 1);

/** What a band weighs the frequencies from `first` on. */
type Band = {readonly first: number; readonly weights: Float64Array};

/** What every recording of a data set is transformed with. */
type Bank = {readonly fft: FFT; readonly hann: Float64Array; readonly bands: readonly Band[]};

const banks = new Map<string, Bank>();

function melBands(bands: number, window: number, rate: number): Band[] {
  const edge = (i: number): number => hertzOf((melOf(rate / 2) * i) / (bands + 1));
  return Array.from({length: bands}, (_, band) => {
    const [low, centre, high] = [edge(band), edge(band + 1), edge(band + 2)];
    const all = Float64Array.from({length: window / 2 + 1}, (_, k) => {
      const f = (k * rate) / window;
      return Math.max(0, Math.min((f - low) / (centre - low), (high - f) / (high - centre)));
    });
    const first = Math.max(0, all.findIndex((weight) => weight > 0)); // prettier-ignore
    return {first, weights: all.subarray(first, all.findLastIndex((weight) => weight > 0) + 1)};
  });
}

function bankOf({window, bands}: Spectrogram, rate: number): Bank {
  const name = `${window} ${bands} ${rate}`;
  let bank = banks.get(name);
  if (bank) return bank;
  if (!Number.isInteger(Math.log2(window))) throw invalid("window", window, "a power of two of samples");
  const hann = Float64Array.from({length: window}, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / window));
  bank = {fft: new FFT(window), hann, bands: melBands(bands, window, rate)};
  banks.set(name, bank);
  return bank;
}

/** |FFT|² of a frame that begins at sample `from`, at the frequencies 0 … rate/2. */
function powerOf({fft, hann}: Bank, samples: Float32Array, from: number): Float64Array {
  const spectrum = fft.createComplexArray() as number[];
  fft.realTransform(spectrum, hann.map((w, i) => w * (samples[from + i] ?? 0))); // prettier-ignore
  return Float64Array.from({length: hann.length / 2 + 1}, (_, k) => spectrum[2 * k]! ** 2 + spectrum[2 * k + 1]! ** 2);
}

/** The log-mel spectrogram [frames, bands] of a sound, from its beginning; silence where it is too short. */
export function logMel({samples, rate}: Sound, spectrogram: Spectrogram): Float32Array {
  const {hop, frames, bands, range} = spectrogram;
  const bank = bankOf(spectrogram, rate);
  const energies = new Float64Array(frames * bands);
  for (let t = 0; t < frames; ++t) {
    const power = powerOf(bank, samples, t * hop);
    bank.bands.forEach(({first, weights}, b) => {
      let energy = 0;
      for (let k = 0; k < weights.length; ++k) energy += weights[k]! * power[first + k]!;
      energies[t * bands + b] = energy;
    });
  }
  const loudest = energies.reduce((most, energy) => Math.max(most, energy), 1e-12);
  return Float32Array.from(energies, (energy) => Math.max(0, 1 + (10 * Math.log10(Math.max(energy, 1e-30) / loudest)) / range)); // prettier-ignore
}
