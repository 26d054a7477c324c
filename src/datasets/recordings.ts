// Recordings as samples: log-mel spectrograms (logMel.ts) of 32 bands, from low to high along the height, and frames along the width;
// as an image [bands, frames, 1], or cut into T pieces, [T, bands, frames of a piece, 1].

import {readWithin} from "./bounds.js";
import {
  checkHolds,
  dimensionsOf,
  type Progress,
  type SampleSet,
  type SampleShape,
  sampleSize,
  type SoundForm,
} from "./dataset.js";
import {logMel} from "./logMel.js";
import {parseWav, type Sound} from "./wav.js";

/** Which second of a long sound: between two fractions of it, after a fraction `at` of the room that there is. */
export type Second = {readonly from: number; readonly to: number; readonly at: number};

/** A recording with its label: all of it, or a second of a long one. */
export type Recording = {readonly path: string; readonly label: number; readonly second?: Second};

/** How the recordings of a data set become samples. */
export type RecordingForm = SoundForm & {
  readonly shape: SampleShape;
  /** Most bytes of a file. */
  readonly most: number;
};

export const readSound = async (path: string, {rate, most}: Pick<RecordingForm, "rate" | "most">): Promise<Sound> =>
  parseWav(await readWithin(path, most), path, rate);

/** A spectrogram [frames, bands] as a sample. */
function laidOut(image: Float32Array, shape: SampleShape): Float32Array {
  const {T = 1, height: bands, width} = dimensionsOf(shape);
  const sample = new Float32Array(image.length);
  for (let frame = 0; frame < T * width; ++frame)
    for (let band = 0; band < bands; ++band)
      sample[(Math.floor(frame / width) * bands + band) * width + (frame % width)] = image[frame * bands + band]!;
  return sample;
}

/** A second of a sound; what there is where the part is shorter. */
function secondOf({rate, samples}: Sound, {from, to, at}: Second): Sound {
  const part = samples.subarray(Math.floor(from * samples.length), Math.floor(to * samples.length));
  const start = Math.floor(at * Math.max(0, part.length - rate));
  return {rate, samples: part.subarray(start, start + rate)};
}

/** The numbers [...shape] of a recording of the user's. */
export const readRecording = async (path: string, form: RecordingForm): Promise<Float32Array> =>
  laidOut(logMel(await readSound(path, form), form.spectrogram), form.shape);

/** Reads recordings in order; `tick` is told how many are done. */
export async function readRecordings(
  name: string,
  recordings: readonly Recording[],
  form: RecordingForm,
  tick: (done: number) => void,
): Promise<SampleSet> {
  const {shape, spectrogram} = form;
  checkHolds(name, recordings.length, shape, Float32Array.BYTES_PER_ELEMENT);
  const samples = new Float32Array(recordings.length * sampleSize(shape));
  const long = new Map<string, Sound>();
  for (const [i, {path, second}] of recordings.entries()) {
    const sound = long.get(path) ?? (await readSound(path, form));
    if (second) long.set(path, sound);
    const part = second ? secondOf(sound, second) : sound;
    samples.set(laidOut(logMel(part, spectrogram), shape), i * sampleSize(shape));
    tick(i + 1);
  }
  return {samples, labels: Uint8Array.from(recordings, ({label}) => label)};
}

/** Decodes every file once and throws on the first that is no such recording. */
export async function verifyRecordings(
  paths: readonly string[],
  form: Pick<RecordingForm, "rate" | "most">,
  {signal, onProgress}: {signal?: AbortSignal; onProgress?: Progress},
): Promise<void> {
  for (const [i, path] of paths.entries()) {
    signal?.throwIfAborted();
    await readSound(path, form);
    if (i % 100 === 99) onProgress?.(i + 1, paths.length, "recordings checked");
  }
}
