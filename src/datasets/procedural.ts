// The embedded data set: ten classes of small colour images, drawn from a seed, so that everything runs without a download.
//
//   class = one of five outlines × one of two textures          "striped disc", "banded disc", "striped ring", ...
//
// The outline is structure at the scale of the image, the texture at the scale of a few pixels, and either alone tells
// no more than half of the classes. Place, scale, rotation, phase and wavelength vary; foreground and background colours
// are drawn alike for every class and either may be the brighter, so neither colour nor brightness gives a class away.
// Strokes and blobs clutter the image, in front and behind, and every pixel is noisy.
//
// Image i of a split depends on (seed, split, i) alone: the first n images are the same however many are drawn.

import {random, randomKey, type Random} from "../random.js";
import {giveWay, stepAside} from "../giveWay.js";
import {inRange} from "../ranges.js";
import {checkHolds, withChecksum, type Dataset, type SampleSet, type ReadRequest} from "./dataset.js";
import {channelStatistics} from "./statistics.js";

/** Signed distance to the edge, > 0 inside, at (u, v) in units of the outline's radius. */
type Outline = (u: number, v: number) => number;

const OUTLINES: Readonly<Record<string, Outline>> = {
  disc: (u, v) => 0.95 - Math.sqrt(u * u + v * v),
  ring: (u, v) => 0.3 - Math.abs(Math.sqrt(u * u + v * v) - 0.8),
  cross: (u, v) => {
    const [a, b] = [Math.abs(u), Math.abs(v)];
    return Math.max(Math.min(0.34 - a, 1.1 - b), Math.min(0.34 - b, 1.1 - a));
  },
  bars: (u, v) => Math.min(0.27 - Math.abs(Math.abs(u) - 0.62), 1 - Math.abs(v)),
  triangle: (u, v) => Math.min(v + 0.62, 0.5 - 0.5 * v - 0.866 * Math.abs(u) + 0.12),
};

const TEXTURES = ["striped", "banded"] as const;

export const PROCEDURAL_CLASSES: readonly string[] = Object.keys(OUTLINES).flatMap((outline) =>
  TEXTURES.map((texture) => `${texture} ${outline}`),
);

/** What makes the task as hard as it is; lengths are in units of half the image's side, unless in pixels. */
const SCENE = {
  radius: [0.5, 0.72],
  shift: 0.18,
  /** Radians either way. */
  rotation: 0.3,
  /** Radians that the texture turns away from its outline, either way. */
  grain: 0.2,
  /** Pixels. */
  wavelength: {32: [4, 5.5], 16: [2.8, 3.8]},
  /** Least distance of brightness between foreground and background. */
  contrast: 0.35,
  /** Half the difference between the two tones of the texture. */
  relief: 0.32,
  strokes: [2, 4],
  noise: 0.12,
} as const;

export type ProceduralSize = keyof typeof SCENE.wavelength;

type Colour = readonly [number, number, number];

const between = (r: Random, [low, high]: readonly [number, number]): number => low + (high - low) * r.uniform();

const luminance = ([red, green, blue]: Colour): number => 0.3 * red + 0.59 * green + 0.11 * blue;

const anyColour = (r: Random): Colour => [r.uniform(), r.uniform(), r.uniform()].map((x) => 0.1 + 0.8 * x) as never;

/** A colour whose brightness differs from `other`'s by the least contrast or more. */
function contrasting(r: Random, other: Colour): Colour {
  for (;;) {
    const colour = anyColour(r);
    if (Math.abs(luminance(colour) - luminance(other)) >= SCENE.contrast) return colour;
  }
}

/** Mixes `colour` into pixel `p` with weight `alpha`. */
function mix(canvas: Float32Array, p: number, colour: Colour, alpha: number, lift = 0): void {
  canvas[p] = canvas[p]! + alpha * (colour[0] + lift - canvas[p]!);
  canvas[p + 1] = canvas[p + 1]! + alpha * (colour[1] + lift - canvas[p + 1]!);
  canvas[p + 2] = canvas[p + 2]! + alpha * (colour[2] + lift - canvas[p + 2]!);
}

/** Coverage of a pixel whose centre lies `distance` pixels inside an edge. */
const coverage = (distance: number): number => (distance >= 0.5 ? 1 : distance <= -0.5 ? 0 : distance + 0.5);

/** A colour that drifts across the image. */
function paintBackground(canvas: Float32Array, size: number, r: Random): Colour {
  const base = anyColour(r);
  const drift = [r.uniform() - 0.5, r.uniform() - 0.5].map((x) => (0.4 * x) / size);
  for (let y = 0, p = 0; y < size; ++y)
    for (let x = 0; x < size; ++x) {
      const lift = drift[0]! * (x - size / 2) + drift[1]! * (y - size / 2);
      for (let c = 0; c < 3; ++c) canvas[p++] = base[c]! + lift;
    }
  return base;
}

/** A straight stroke with round ends: clutter. Very short ones are blobs. */
function paintStroke(canvas: Float32Array, size: number, r: Random): void {
  const colour = anyColour(r);
  const [x0, y0, angle] = [size * r.uniform(), size * r.uniform(), Math.PI * r.uniform()];
  const [length, half] = [size * between(r, [0.03, 0.3]), size * between(r, [0.015, 0.05])];
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  const reach = length + half + 1;
  const [left, right] = [Math.max(0, Math.floor(x0 - reach)), Math.min(size - 1, Math.ceil(x0 + reach))];
  const [top, bottom] = [Math.max(0, Math.floor(y0 - reach)), Math.min(size - 1, Math.ceil(y0 + reach))];
  for (let y = top; y <= bottom; ++y)
    for (let x = left; x <= right; ++x) {
      const along = Math.max(-length, Math.min(length, (x - x0) * dx + (y - y0) * dy));
      const alpha = coverage(half - Math.hypot(x - x0 - along * dx, y - y0 - along * dy));
      if (alpha > 0) mix(canvas, 3 * (y * size + x), colour, alpha);
    }
}

/** Square wave of period 1 and mean 0, in −1..1, with edges softened over a share `soft` of the period. */
function wave(phase: number, soft: number): number {
  const triangle = 1 - 4 * Math.abs(phase - Math.floor(phase) - 0.5);
  return Math.max(-1, Math.min(1, triangle / soft));
}

/** The outline of a class, filled with its texture. */
function paintObject(canvas: Float32Array, size: ProceduralSize, label: number, background: Colour, r: Random): void {
  const outline = Object.values(OUTLINES)[label >> 1]!;
  const colour = contrasting(r, background);
  const radius = (size / 2) * between(r, SCENE.radius);
  const centre = [0, 0].map(() => (size - 1) / 2 + (size / 2) * between(r, [-SCENE.shift, SCENE.shift]));
  const turn = between(r, [-SCENE.rotation, SCENE.rotation]);
  const grain = turn + between(r, [-SCENE.grain, SCENE.grain]) + ((label & 1) * Math.PI) / 2;
  const frequency = 1 / between(r, SCENE.wavelength[size]);
  const phase = r.uniform();
  const [ca, sa, cg, sg] = [Math.cos(turn), Math.sin(turn), Math.cos(grain) * frequency, Math.sin(grain) * frequency];
  for (let y = 0, p = 0; y < size; ++y)
    for (let x = 0; x < size; ++x, p += 3) {
      const [dx, dy] = [x - centre[0]!, y - centre[1]!];
      const alpha = coverage(radius * outline((ca * dx + sa * dy) / radius, (ca * dy - sa * dx) / radius));
      if (alpha === 0) continue;
      mix(canvas, p, colour, alpha, SCENE.relief * wave(cg * dx + sg * dy + phase, 0.5));
    }
}

/** Adds uniform noise to each value and rounds it to a byte; one random number serves the three channels of a pixel. */
function develop(canvas: Float32Array, bytes: Uint8Array, offset: number, r: Random): void {
  const step = (2 * SCENE.noise) / 1023;
  for (let p = 0; p < canvas.length; p += 3) {
    const bits = r.integer(0x40000000);
    for (let c = 0; c < 3; ++c) {
      const value = canvas[p + c]! + ((bits >>> (10 * c)) & 1023) * step - SCENE.noise;
      bytes[offset + p + c] = Math.round(255 * Math.max(0, Math.min(1, value)));
    }
  }
}

function drawSet(count: number, size: ProceduralSize, seed: number, split: string, tick: () => void): SampleSet {
  const canvas = new Float32Array(size * size * 3);
  const samples = new Uint8Array(count * canvas.length);
  const labels = new Uint8Array(count);
  const key = randomKey(seed, "procedural", size, split);
  for (let i = 0; i < count; ++i) {
    const r = random(key.split(i));
    const label = (labels[i] = i % PROCEDURAL_CLASSES.length);
    const background = paintBackground(canvas, size, r);
    const strokes = SCENE.strokes[0] + r.integer(SCENE.strokes[1] - SCENE.strokes[0] + 1);
    for (let s = 0; s < strokes; ++s) paintStroke(canvas, size, r);
    paintObject(canvas, size, label, background, r);
    paintStroke(canvas, size, r);
    develop(canvas, samples, i * canvas.length, r);
    tick();
  }
  return {samples, labels};
}

/** Draws the data set. Counts are free: nothing limits how many images there are. */
export async function drawProcedural(size: ProceduralSize, request: Omit<ReadRequest, "folder">): Promise<Dataset> {
  const {trainCount = 4000, testCount = 1000, seed = 0, signal, onProgress} = request;
  inRange("trainCount", trainCount, "trainCount");
  inRange("test", testCount, "testCount");
  for (const count of [trainCount, testCount]) checkHolds("procedural", count, [size, size, 3]);
  let done = 0;
  const tick = (): void => {
    if (++done % 500 !== 0) return;
    signal?.throwIfAborted();
    onProgress?.(done, trainCount + testCount);
  };
  stepAside();
  const train = drawSet(trainCount, size, seed, "train", tick);
  await giveWay(signal);
  stepAside();
  const test = drawSet(testCount, size, seed, "test", tick);
  return withChecksum({
    name: size === 32 ? "procedural" : `procedural-${size}`,
    sampleShape: [size, size, 3],
    modality: "image",
    classes: PROCEDURAL_CLASSES,
    ...channelStatistics(train.samples, 3),
    train,
    test,
    provenance: `procedural: drawn by this program from seed ${seed}`,
    procedural: true,
  });
}
