// How the weights of a convolution or a linear layer are kept, and how a forward pass makes them of what is learnt.
//
//   fixed      bits b, kept k                         as they are learnt, compressed already: the format says what they take
//   made       with a quantiser                       w = m ⊙ Q_b(W)
//   searched   bits {b₁, b₂, …} and a shared β        w = m ⊙ Σ_b softmax(β)_b · Q_b(W)          (CompConv, arXiv 2401.14652)
//
// W has the name of the weights; the scores that the mask m is made of have `.scores` after it; β has the name that the format
// says, so that the nodes of a cell share it. The equations stand in layers/compositeWeights.ts. No tensor here.

import {check, checkDifferent, checkName, checkOptions} from "../check.js";
import {inRange} from "../ranges.js";

/** Every quantiser, what it does and for how many bits; their equations stand in layers/quantise.ts. */
export const QUANTISERS = {
  gaussian: {title: "levels for a Gaussian, none at zero, in steps of the weights' standard deviation", mostBits: 4},
  uniform: {title: "levels up to the largest weight, none at zero", mostBits: 16},
  none: {title: "weights stay as they are; for pruning alone", mostBits: 32},
} as const;
export type Quantiser = keyof typeof QUANTISERS;

/** Throws unless a quantiser of this name is defined for so many bits. */
export function checkQuantiser(quantiser: Quantiser, bits: number): void {
  const {mostBits} = QUANTISERS[checkName("quantiser", quantiser, QUANTISERS)];
  const fits = Number.isInteger(bits) && bits >= 1 && bits <= mostBits;
  check(`bits of the ${quantiser} quantiser`, bits, fits, `an integer from 1 to ${mostBits}`);
}

/** What decides which weights stay. */
export const PRUNINGS = {
  scores: "a learnt score for each weight: the largest by magnitude stay (edge-popup)",
  magnitude: "the weights themselves: the largest by magnitude stay",
} as const;
export type Pruning = keyof typeof PRUNINGS;

/** How a node's weights are kept, and, with a quantiser, made in every forward pass of what is learnt. */
export type WeightFormat = {
  /** Of each weight that is kept; a list: those to choose from, chosen by `sharedBits`. */
  readonly bits: number | readonly number[];
  /** The fraction that pruning leaves, > 0 and <= 1. */
  readonly kept: number;
  /** Absent: the weights are used as they are, and the format says what they take. */
  readonly quantiser?: Quantiser;
  /** `scores` where it is absent. Read with a quantiser and where less than all is kept. */
  readonly pruning?: Pruning;
  /** Name of the parameter β, one number for each of `bits`; nodes that name the same share it. */
  readonly sharedBits?: string;
};

const FIELDS: Readonly<Record<keyof WeightFormat, true>> = {
  bits: true,
  kept: true,
  quantiser: true,
  pruning: true,
  sharedBits: true,
};

/** Throws what of it is no format; `what` says whose it is. */
export function checkWeightFormat(what: string, format: WeightFormat): void {
  checkOptions(`weights of ${what}`, format, Object.keys(FIELDS));
  const {bits, kept, quantiser, pruning, sharedBits} = format;
  check(`kept fraction of ${what}`, kept, kept > 0 && kept <= 1, "a number > 0 and <= 1");
  const searched = Array.isArray(bits);
  for (const each of choicesOf(format)) inRange("bits", each, `bits of ${what}`);
  checkDifferent(`bits of ${what}`, choicesOf(format));
  if (quantiser !== undefined) for (const each of choicesOf(format)) checkQuantiser(quantiser, each);
  if (pruning !== undefined) checkName("pruning", pruning, PRUNINGS);
  const told = sharedBits !== undefined;
  check(`bits of ${what}`, bits, searched === told, told ? "a list, as the format names what chooses among them" : "a number, or the name of what chooses among them"); // prettier-ignore
  if (!searched) return;
  check(`bits of ${what}`, bits, bits.length > 0, "a list of at least one number");
  check(`quantiser of ${what}`, quantiser, quantiser === "gaussian" || quantiser === "uniform", "gaussian or uniform, where bits are chosen"); // prettier-ignore
}

/** The bits that a format has or chooses from. */
export const choicesOf = ({bits}: Pick<WeightFormat, "bits">): readonly number[] =>
  Array.isArray(bits) ? bits : [bits as number];

/** How much of each of its bits a searched format has: softmax(β), by the name of β. */
export type Shares = (sharedBits: string) => readonly number[] | undefined;

/** Σ_b share_b · b; equal shares where none are known. */
export function meanBits(format: WeightFormat, shares: Shares = () => undefined): number {
  const choices = choicesOf(format);
  const known = format.sharedBits === undefined ? undefined : shares(format.sharedBits);
  return choices.reduce((sum, bits, i) => sum + bits * (known ? known[i]! : 1 / choices.length), 0);
}

/** Whether a format has scores that are learnt. */
export const hasScores = ({kept, quantiser, pruning = "scores"}: WeightFormat): boolean =>
  quantiser !== undefined && kept < 1 && pruning === "scores";

/** How many of n weights a mask keeps: the least number that is a fraction k of them. */
export const keptCount = (n: number, kept: number): number => Math.min(n, Math.max(1, Math.ceil(kept * n - 1e-6)));
