// Sound as an image of time and pitch: the log-mel spectrogram.
//
//   frame    `window` samples times a Hann window, one every `hop` samples
//   power    |FFT|² at f = k·rate/window
//   bands    triangles of equal width on the mel scale m(f) = 2595 log₁₀(1 + f/700), from 0 to rate/2
//   value    1 + 10 log₁₀(E/E_max)/range, at least 0: decibels below the loudest band of the recording, on the scale 0..1

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

/** The discrete Fourier transform of (re, im) in place, by halves (Cooley and Tukey 1965); a power of two of numbers. */
export function fft(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; ++i) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [re[i], re[j], im[i], im[j]] = [re[j]!, re[i]!, im[j]!, im[i]!];
  }
  for (let size = 2; size <= n; size *= 2)
    for (let k = 0; k < size / 2; ++k) {
      const [c, s] = [Math.cos((-2 * Math.PI * k) / size), Math.sin((-2 * Math.PI * k) / size)];
      for (let a = k; a < n; a += size) {
        const b = a + size / 2;
        const x = re[b]! * c - im[b]! * s;
        const y = re[b]! * s + im[b]! * c;
        re[b] = re[a]! - x;
        im[b] = im[a]! - y;
        re[a]! += x;
        im[a]! += y;
      }
    }
}

/** Weights of each band over the frequencies 0 … rate/2. */
function melBands(bands: number, window: number, rate: number): Float64Array[] {
  const edge = (i: number): number => hertzOf((melOf(rate / 2) * i) / (bands + 1));
  return Array.from({length: bands}, (_, band) => {
    const [low, centre, high] = [edge(band), edge(band + 1), edge(band + 2)];
    return Float64Array.from({length: window / 2 + 1}, (_, k) => {
      const f = (k * rate) / window;
      return Math.max(0, Math.min((f - low) / (centre - low), (high - f) / (high - centre)));
    });
  });
}

/** The log-mel spectrogram [frames, bands] of a sound, from its beginning; silence where it is too short. */
export function logMel({samples, rate}: Sound, {window, hop, frames, bands, range}: Spectrogram): Float32Array {
  if (!Number.isInteger(Math.log2(window))) throw invalid("window", window, "a power of two of samples");
  const hann = Float64Array.from({length: window}, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / window));
  const weights = melBands(bands, window, rate);
  const energies = new Float64Array(frames * bands);
  for (let t = 0; t < frames; ++t) {
    const re = hann.map((w, i) => w * (samples[t * hop + i] ?? 0));
    const im = new Float64Array(window);
    fft(re, im);
    weights.forEach((band, b) => {
      let energy = 0;
      for (let k = 0; k < band.length; ++k) energy += band[k]! * (re[k]! ** 2 + im[k]! ** 2);
      energies[t * bands + b] = energy;
    });
  }
  const loudest = energies.reduce((most, energy) => Math.max(most, energy), 1e-12);
  return Float32Array.from(energies, (energy) => Math.max(0, 1 + (10 * Math.log10(Math.max(energy, 1e-30) / loudest)) / range)); // prettier-ignore
}
