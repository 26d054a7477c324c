// What a layer's activations cost: functions of the sizes a >= 0 of one sample's n activations, which are what ReLUs give, firing
// rates, or absolute values of what ReLUs get.
//
//   activityL1     Σ a
//   activityL2     Σ a²                      a control: what only makes activations smaller, a conversion to rates scales back
//   hoyerSquare    (Σ a)² / Σ a²             from 1 to n, the same at any scale of a (DeepHoyer, arXiv 1908.09979)
//   hoyerRatio     Σ a / √Σ a²               from 1 to √n (Hoyer, JMLR 5, 2004)
//   activityL0     Σ a / (a + ε)             as ε goes to 0, how many are not 0
//   activityLp     Σ (a + ε)^p,  p < 1
//   activityPush   Σ max(0, z + m)           of what a ReLU gets, z: up to m below its threshold it is pushed further down
//
// These are the standard forms. Which ones the study of activity regularisation compared (arXiv 2204.01460) is not known.

import type {Tensor1D, Tensor2D} from "../tf.js";
import type {ActivityTermName, TermOptions} from "./lossSpec.js";

/** Sizes [B, n] → [B]. */
export type Regulariser = (a: Tensor2D) => Tensor1D;

/** In place of 0/0 in a silent layer; far below the squares of activations. */
const TINY = 1e-12;

const sum = (a: Tensor2D): Tensor1D => a.sum(1);
const squares = (a: Tensor2D): Tensor1D => a.square().sum(1);

export const REGULARISERS: {readonly [K in ActivityTermName]: (options: TermOptions[K]) => Regulariser} = {
  activityL1: () => sum,
  activityL2: () => squares,
  hoyerSquare: () => (a) => sum(a).square().div(squares(a).add(TINY)),
  hoyerRatio: () => (a) => sum(a).div(squares(a).add(TINY).sqrt()),
  activityL0:
    ({epsilon = 0.1}) =>
    (a) =>
      sum(a.div(a.add(epsilon))),
  activityLp:
    ({p = 0.5, epsilon = 1e-3}) =>
    (a) =>
      sum(a.add(epsilon).pow(p)),
  activityPush:
    ({margin = 0.1}) =>
    (z) =>
      sum(z.add(margin).relu()),
};
