// The value of a node: batch normalisations of the convolutions that end there, and what else does, in one sum.
//
//   v = Σ_i BN_i(y_i) + Σ_j a_j
//
// No normalised map exists by itself; the backward pass keeps y_i, or what it takes to make a large one again, and its statistics.

import {batchNormEvaluate, batchNormTrain} from "../layers/batchNorm.js";
import {addN, engine, type Tensor, type Tensor2D, type TensorInfo} from "../tf.js";
import {
  batchNormGradients,
  evaluationGradients,
  type NormTerm,
  pieceOf,
  statisticsOf,
  withFactors,
} from "./batchNorm.js";
import {address, engineOn, kernel, output, outputIn} from "./engine.js";
import {composite, largeRecipeOf, operation, recipeOf, remake} from "./register.js";
import {sumRepeats} from "./sumRepeats.js";
import type {NormBefore} from "./spiking.js";

export type Term = NormBefore & {
  /** [T·B, H, W, C]. */
  readonly y: Tensor;
};

export type NormalisedSum = {
  readonly value: Tensor;
  /** The statistics of each term, [G, C], where it was normalised with its own. */
  readonly statistics: ({readonly mean: Tensor2D; readonly variance: Tensor2D} | undefined)[];
};

/** An addend of [B, ...] where the terms are [T·B, ...] enters at every timestep. */
export function normalisedSumDefinition(terms: readonly Term[], addends: readonly Tensor[]): NormalisedSum {
  const statistics: NormalisedSum["statistics"] = [];
  const parts = terms.map(({y, gamma, beta, statistics: given}) => {
    if ("mean" in given) {
      statistics.push(undefined);
      return batchNormEvaluate(y, gamma, beta, given.mean, given.variance);
    }
    const C = gamma.size;
    const normalised = batchNormTrain(y.reshape([given.groups, y.size / C / given.groups, C]), gamma, beta);
    statistics.push({mean: normalised.mean, variance: normalised.variance});
    return normalised.y.reshape(y.shape);
  });
  const rows = Math.max(...[...parts, ...addends].map((part) => part.shape[0]));
  for (const a of addends) parts.push(a.shape[0] === rows ? a : a.tile([rows / a.shape[0], ...a.shape.slice(1).map(() => 1)])); // prettier-ignore
  return {value: parts.length === 1 ? parts[0]! : addN(parts), statistics};
}

type Inputs = Record<string, Tensor>;

/** What is saved of a term; β, to make v again. */
const PARTS = ["y", "gamma", "mean", "variance", "beta"] as const;

/** v from y_i, γ_i, β_i, mean_i, variance_i and a_j. */
const sum = operation<Inputs, {readonly terms: number; readonly addends: number; readonly last: boolean}>({
  name: "NormalisedSum",
  saves: {inputs: []},
  forward: (inputs, {terms, addends, last}): TensorInfo => {
    const scales = Array.from({length: terms}, (_, i) => ({
      y: address(inputs[`y${i}`]!),
      gamma: inputs[`gamma${i}`]!,
      beta: inputs[`beta${i}`]!,
      mean: inputs[`mean${i}`]!,
      variance: inputs[`variance${i}`]!,
    }));
    const others = Array.from({length: addends}, (_, i) => inputs[`a${i}`]!);
    const largest = [...(terms ? [inputs.y0!] : []), ...others].reduce((a, b) => (b.size > a.size ? b : a));
    // Its first term is read, piece by piece, before the value is written there.
    const v = last && largest === inputs.y0 ? outputIn(largest) : output(largest.shape);
    const [size, to] = [largest.size, address(v)];
    const [apply, add] = [kernel("batchNormApply"), kernel("addFloats")];
    const C = largest.shape.at(-1)!;
    const run = (index: number, factors: number[]): void => {
      if (index < terms) return withFactors(scales[index]!, (f) => run(index + 1, [...factors, f]));
      // Pieces end where a group of statistics or a repeated addend does.
      const ends = [...scales.map(({mean}) => (size / mean.size) * C), ...others.map((a) => a.size)];
      for (let at = 0, length = 0; at < size; at += length) {
        length = Math.min(size - at, pieceOf(C), ...ends.map((end) => end - (at % end)));
        scales.forEach(({y, mean}, i) => {
          const group = Math.floor(at / ((size / mean.size) * C));
          apply(y + 4 * at, to + 4 * at, factors[i]! + 12 * C * group, length / C, C, i > 0 ? 1 : 0);
        });
        others.forEach((a, i) => void add(address(a) + 4 * (at % a.size), to + 4 * at, length, terms + i > 0 ? 1 : 0));
      }
    };
    run(0, []);
    return v;
  },
});

/**
 * Σ BN_i(y_i) + Σ a_j; an addend of [B, ...] where others are [T·B, ...] enters at every timestep. `last`: nothing reads the terms
 * after this, and without a gradient the value takes the place of one.
 */
export function normalisedSum(terms: readonly Term[], addends: readonly Tensor[], {last = false} = {}): NormalisedSum {
  if (!engineOn()) return normalisedSumDefinition(terms, addends);
  const inputs: Inputs = {};
  terms.forEach(({y, gamma, beta, statistics: s}, i) => {
    Object.assign(inputs, {[`y${i}`]: y, [`gamma${i}`]: gamma, [`beta${i}`]: beta});
    if ("mean" in s) Object.assign(inputs, {[`mean${i}`]: s.mean, [`variance${i}`]: s.variance});
  });
  addends.forEach((a, i) => (inputs[`a${i}`] = a));
  const own = terms.map(({statistics}) => "groups" in statistics);
  const shapes = addends.map(({shape}) => shape);
  // Of large maps the value is kept, and they are made again once it is no longer needed. Of small ones the value is made again,
  // unless it has addends that must be saved for that and take more memory than it does.
  const again = terms.map(({y}) => largeRecipeOf(y));
  const expensive = again.some((recipe) => recipe !== undefined);
  const cheap = addends.map(recipeOf);
  const saves = addends.filter((_, j) => cheap[j] === undefined);
  const remade = !expensive && terms.length > 0 && saves.length <= 1;
  const partsOf = (i: number) => (again[i] ? PARTS.slice(1) : PARTS);
  const recorded = engine().isTapeOn();
  const results = composite<Inputs>({
    inputs,
    forward: (save) => {
      const all = {...inputs};
      const found = terms.flatMap(({y, statistics}, i) => {
        if (!("groups" in statistics)) return [];
        if (statistics.known) {
          Object.assign(all, {[`mean${i}`]: statistics.known.mean, [`variance${i}`]: statistics.known.variance});
          return [];
        }
        const C = y.shape.at(-1)!;
        const [mean, variance] = statisticsOf(
          {x: y.reshape([statistics.groups, y.size / C / statistics.groups, C])},
          {},
        );
        Object.assign(all, {[`mean${i}`]: mean, [`variance${i}`]: variance});
        return [mean!, variance!];
      });
      const names = terms.flatMap((_, i) => partsOf(i).map((part) => `${part}${i}`));
      save([...names.map((name) => all[name]!), ...(remade ? saves : [])]);
      return [...sum(all, {terms: terms.length, addends: addends.length, last: last && !recorded}), ...found];
    },
    gradient: ([dv], saved) => {
      const gradients: Record<string, Tensor> = {};
      const mine: (NormTerm & {readonly i: number})[] = [];
      let at = 0;
      own.forEach((isOwn, i) => {
        const x = again[i] ? again[i]() : saved[at++]!;
        const [gamma, mean, variance] = saved.slice(at) as [Tensor, Tensor, Tensor];
        at += 4;
        if (isOwn) {
          mine.push({i, x, gamma, mean, variance});
          return;
        }
        const thunks = evaluationGradients(dv!, x, {gamma, mean, variance});
        const names = {x: "y", gamma: "gamma", beta: "beta", mean: "mean", variance: "variance"} as const;
        for (const [theirs, ours] of Object.entries(names))
          gradients[`${ours}${i}`] = thunks[theirs as keyof typeof thunks]();
      });
      for (const {i, dx, dgamma, dbeta} of batchNormGradients(dv!, mine))
        Object.assign(gradients, {[`y${i}`]: dx, [`gamma${i}`]: dgamma, [`beta${i}`]: dbeta});
      shapes.forEach((shape, j) => {
        const repeats = dv!.shape[0] / shape[0];
        gradients[`a${j}`] = repeats === 1 ? dv!.clone() : sumRepeats({dy: dv!}, {repeats})[0]!;
      });
      return gradients;
    },
  });
  if (remade)
    remake(results, (saved) => {
      const parts = terms.flatMap((_, i) => PARTS.map((part, j) => [`${part}${i}`, saved[5 * i + j]!] as const));
      let at = 5 * terms.length;
      const rest = shapes.map((_, j) => [`a${j}`, cheap[j]?.() ?? saved[at++]!] as const);
      return sum(Object.fromEntries([...parts, ...rest]), {
        terms: terms.length,
        addends: shapes.length,
        last: false,
      })[0]!;
    });
  const [value, ...seen] = results;
  return {
    value: value!,
    statistics: terms.map(({statistics}) => {
      if (!("groups" in statistics)) return undefined;
      return statistics.known ?? {mean: seen.shift() as Tensor2D, variance: seen.shift() as Tensor2D};
    }),
  };
}
