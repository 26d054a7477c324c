// The value of a node: batch normalisations of the convolutions that end there, and what else does, in one sum.
//
// No normalised map exists by itself; the backward pass keeps the statistics and y_i, or rematerialises a large y_i. A deferred term's
// gradient is v's own: the consumer that made y_i goes back through the normalisation (consumerGradients.ts).

import {normalisedSum as definition, type NormalisedSum, type SumOptions, type Term} from "../layers/normalisedSum.js";
import type {Statistics} from "../layers/consumers.js";
import {engine, type Tensor, type TensorInfo} from "../tf.js";
import {compiled} from "./compiled.js";
import {differentiable} from "./differentiable.js";
import {address, kernel, output, outputIn} from "./engine.js";
import {batchNormGradients, evaluationGradientsNow} from "./normGradients.js";
import {groupStatistics, pieceOf, type Scale, withFactors} from "./normStatistics.js";
import {operation} from "./operation.js";
import {cheapSource, isLarge, largeSource, type Source, valueOf} from "./rematerialise.js";
import {sumRepeats} from "./sumRepeats.js";

/** A term with its statistics. */
type ScaledTerm = Scale & {readonly y: Tensor};

type Summands = {
  readonly terms: readonly ScaledTerm[];
  readonly addends: readonly Tensor[];
  /** Whether the value may take the memory of the first term, which is not read afterwards. */
  readonly inPlace: boolean;
};

/** Writes the sum of terms, with the factors of their normalisation, and addends to `to`, [..., C] of `size` floats. */
function addUp({terms, addends}: Summands, factors: readonly number[], to: number, size: number, C: number): void {
  const [apply, add] = [kernel("batchNormApply"), kernel("addFloats")];
  // Pieces end where a group of statistics or a repeated addend does.
  const ends = [...terms.map(({mean}) => (size / mean.size) * C), ...addends.map((a) => a.size)];
  const ys = terms.map(({y}) => address(y));
  for (let at = 0, length = 0; at < size; at += length) {
    length = Math.min(size - at, pieceOf(C), ...ends.map((end) => end - (at % end)));
    terms.forEach(({mean}, i) => {
      const group = Math.floor(at / ((size / mean.size) * C));
      apply(ys[i]! + 4 * at, to + 4 * at, factors[i]! + 12 * C * group, length / C, C, i > 0 ? 1 : 0);
    });
    addends.forEach(
      (a, i) => void add(address(a) + 4 * (at % a.size), to + 4 * at, length, terms.length + i > 0 ? 1 : 0),
    );
  }
}

/** Calls `use` with the factors of every scale. */
function withAllFactors(scales: readonly Scale[], use: (factors: number[]) => void, found: number[] = []): void {
  const [scale, ...rest] = scales;
  if (!scale) return use(found);
  withFactors(scale, (factors) => withAllFactors(rest, use, [...found, factors]));
}

const sum = operation("NormalisedSum", (summands: Summands): TensorInfo => {
  const {terms, addends, inPlace} = summands;
  const largest = [...terms.slice(0, 1).map(({y}) => y), ...addends].reduce((a, b) => (b.size > a.size ? b : a));
  // Its first term is read, piece by piece, before the value is written there.
  const v = inPlace && largest === terms[0]?.y ? outputIn(largest) : output(largest.shape);
  withAllFactors(terms, (factors) => addUp(summands, factors, address(v), largest.size, largest.shape.at(-1)!));
  return v;
});

/** The statistics of a term, and those of them that the sum is the first to take. */
function statisticsOf({y, statistics}: Term): {
  readonly scale: Pick<Scale, "mean" | "variance">;
  readonly own?: Statistics;
} {
  if ("mean" in statistics) return {scale: statistics};
  if (statistics.known) return {scale: statistics.known};
  const own = groupStatistics(y, statistics.groups);
  return {scale: own, own};
}

/** A term as it is saved. */
type Saved = Scale & {readonly y: Source};

const withY = ({y, ...scale}: Saved): ScaledTerm => ({...scale, y: valueOf(y)});

/** How a term goes backwards: with given statistics, with its own, or by the consumer that made y. */
type Way = "given" | "own" | "deferred";

const wayOf = ({statistics, deferred}: Term): Way => ("mean" in statistics ? "given" : deferred ? "deferred" : "own");

/** The gradients of every term from that of the value; y is read for the last time. */
function termGradients(dv: Tensor, terms: readonly (ScaledTerm | undefined)[], ways: readonly Way[]) {
  const own = terms.flatMap((term, i) => (ways[i] === "own" ? [{...term!, x: term!.y}] : []));
  const found = batchNormGradients(dv, own);
  return terms.map((term, i) => {
    if (ways[i] === "deferred") return {y: dv.clone()};
    const {y, ...scale} = term!;
    if (ways[i] === "given") {
      const {x, ...gradients} = evaluationGradientsNow(dv, y, scale);
      return {y: x, ...gradients};
    }
    const {dx, dgamma, dbeta} = found.shift()!;
    return {y: dx, gamma: dgamma, beta: dbeta};
  });
}

/** An addend's gradient: its own at every timestep, their sum where it entered at each. */
function addendGradient(dv: Tensor, {shape}: Tensor): Tensor {
  const repeats = dv.shape[0] / shape[0];
  return repeats === 1 ? dv.clone() : sumRepeats({dy: dv, repeats});
}

/** What is saved of terms and addends: all of it where the value is rematerialised from them, else what gradients need. */
function saving(terms: readonly Term[], addends: readonly Tensor[], recorded: boolean) {
  // Where maps are kept the value is rematerialised, unless the addends to be saved for that take more memory than it does. Large maps
  // that nobody keeps are rematerialised, once the value is no longer needed.
  const ys = terms.map(({y, deferred}): Source => (deferred === false ? {saved: y} : largeSource(y)));
  const others = addends.map(cheapSource);
  const keepsAll = terms.length > 0 && terms.every(({deferred}, i) => !deferred && ys[i]!.saved);
  const most = terms.some(({y}) => isLarge(y.size)) ? 0 : 1;
  const rematerialises = recorded && keepsAll && others.filter(({saved}) => saved).length <= most;
  return {ys, others, rematerialises};
}

function run(terms: readonly Term[], addends: readonly Tensor[], {last = false}: SumOptions = {}): NormalisedSum {
  const recorded = engine().isTapeOn();
  const ways = terms.map(wayOf);
  const {ys, others, rematerialises} = saving(terms, addends, recorded);
  const {value, statistics} = differentiable({
    inputs: {
      terms: terms.map(({y, gamma, beta, statistics: s}, i) => ways[i] === "deferred" ? {y} : {y, gamma, beta, ...("mean" in s && s)}), // prettier-ignore
      addends,
    },
    forward: () => {
      const found = terms.map(statisticsOf);
      const scaled = terms.map(({y, gamma, beta}, i) => ({y, gamma, beta, ...found[i]!.scale}));
      return {
        outputs: {
          value: sum({terms: scaled, addends, inPlace: last && !recorded}),
          statistics: found.map(({own}) => own),
        },
        saved: {
          terms: scaled.map((term, i): Saved | undefined =>
            ways[i] === "deferred" ? undefined : {...term, y: ys[i]!},
          ),
          addends: rematerialises ? others : [],
        },
      };
    },
    rematerialise: ({value: output}) => {
      if (!rematerialises) return [];
      const from = (saved: {terms: readonly (Saved | undefined)[]; addends: readonly Source[]}): Tensor =>
        sum({terms: saved.terms.map((term) => withY(term!)), addends: saved.addends.map(valueOf), inPlace: false});
      return [{output, expensive: false, from}];
    },
    gradient: ({value: dv}, saved) => ({
      terms: termGradients(dv, saved.terms.map((term, i) => ways[i] === "deferred" ? undefined : withY(term!)), ways), // prettier-ignore
      addends: addends.map((addend) => addendGradient(dv, addend)),
    }),
  });
  return {
    value,
    statistics: terms.map(({statistics: s}, i) => ("groups" in s ? (s.known ?? statistics[i]) : undefined)),
  };
}

/** Σ BN_i(y_i) + Σ a_j; an addend of [B, ...] where others are [T·B, ...] enters at every timestep. */
export const normalisedSum = compiled({definition, kernel: run});
