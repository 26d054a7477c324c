// The step Δ of a quantiser, for given weights and bits b (the levels: files/weightCodes.ts).
//
//   leastSquares   the Δ of the least Σ(w − Q(w))²: the best of a grid of fractions of `max`, then improved by turns: codes for Δ, and
//                  the best Δ for those codes, Δ = Σ w·q / Σ q², q = c − 2^(b−1) + ½. At one bit the level is mean|w| at once
//   max            2·max|w| / 2^b: no weight is cut off
//   powerOfTwo     the least squares among powers of two, by which a device multiplies with a shift
//
// For a Gaussian the first gives 1.596, 0.996, 0.586 and 0.335 standard deviations at 1 to 4 bits (Max 1960).

import type {Steps} from "../files/weightCodes.js";

/** The mean of squares that a step costs. */
export function squaredError(weights: Float32Array, bits: number, step: number): number {
  const half = 2 ** (bits - 1);
  let sum = 0;
  for (let i = 0; i < weights.length; ++i) {
    const w = weights[i]!;
    const q = Math.max(-half, Math.min(half - 1, Math.floor(w / step))) + 0.5;
    sum += (w - q * step) ** 2;
  }
  return weights.length === 0 ? 0 : sum / weights.length;
}

function largest(weights: Float32Array): number {
  let max = 0;
  for (let i = 0; i < weights.length; ++i) max = Math.max(max, Math.abs(weights[i]!));
  return max;
}

/** Fractions of the largest step that are tried, and how often the best is improved. */
const FRACTIONS = 40;
const MOST_TURNS = 30;

const leastOf = (candidates: readonly number[], cost: (step: number) => number): number =>
  candidates.reduce((best, step) => (cost(step) < cost(best) ? step : best));

/** The best step for the codes that `step` gives. */
function refit(weights: Float32Array, bits: number, step: number): number {
  const half = 2 ** (bits - 1);
  let [product, square] = [0, 0];
  for (let i = 0; i < weights.length; ++i) {
    const w = weights[i]!;
    const q = Math.max(-half, Math.min(half - 1, Math.floor(w / step))) + 0.5;
    product += w * q;
    square += q * q;
  }
  return Math.fround(product / square);
}

function leastSquaresStep(weights: Float32Array, bits: number): number {
  const max = maxStep(weights, bits);
  const cost = remembered((step) => squaredError(weights, bits, step));
  const grid = Array.from({length: FRACTIONS}, (_, i) => Math.fround((max * (i + 1)) / FRACTIONS));
  let step = leastOf(bits === 1 ? [max] : grid, cost);
  for (let turn = 0; turn < MOST_TURNS; ++turn) {
    const next = refit(weights, bits, step);
    if (!(next > 0) || cost(next) >= cost(step)) break;
    step = next;
  }
  return step;
}

const maxStep = (weights: Float32Array, bits: number): number => Math.fround((2 * largest(weights)) / 2 ** bits);

/** From a step that cuts nothing off down to one that cuts off fifteen sixteenths. */
function powerOfTwoStep(weights: Float32Array, bits: number): number {
  const exponent = Math.min(127, Math.max(-122, Math.ceil(Math.log2(maxStep(weights, bits)))));
  const candidates = Array.from({length: 5}, (_, i) => 2 ** (exponent - i));
  return leastOf(candidates, remembered((step) => squaredError(weights, bits, step))); // prettier-ignore
}

function remembered(cost: (step: number) => number): (step: number) => number {
  const known = new Map<number, number>();
  return (step) => {
    const found = known.get(step) ?? cost(step);
    known.set(step, found);
    return found;
  };
}

/** Every way to choose a step. */
export const STEP_RULES = {leastSquares: leastSquaresStep, max: maxStep, powerOfTwo: powerOfTwoStep} as const;
export type StepRule = keyof typeof STEP_RULES;

/** Weights for which a step of its own is chosen. */
export const SCALES = {
  layer: "one step for all weights of a layer",
  channel: "one step for each output channel",
} as const;
export type Scale = keyof typeof SCALES;

/** The weights that are not 0, of each of `groups` channels. */
function grouped(weights: Float32Array, groups: number): Float32Array[] {
  const lists = Array.from({length: groups}, (): number[] => []);
  weights.forEach((w, i) => w !== 0 && lists[i % groups]!.push(w));
  return lists.map((list) => Float32Array.from(list));
}

/** The steps of a layer of `channels` output channels; a channel without weights has the step 1, which nothing reads. */
export function stepsFor(
  weights: Float32Array,
  {bits, channels, rule, scale}: {bits: number; channels: number; rule: StepRule; scale: Scale},
): Steps {
  const choose = STEP_RULES[rule];
  const groups = scale === "channel" ? channels : 1;
  const steps = grouped(weights, groups).map((own) => (own.length === 0 ? 1 : smallest(choose(own, bits))));
  return {values: Float32Array.from(steps), powersOfTwo: rule === "powerOfTwo"};
}

/** A step that is 0 in float32, of weights next to nothing, becomes the least that is not. */
const smallest = (step: number): number => (step > 0 ? step : 2 ** -126);
