// Rematerialisation: the backward pass computes a tensor again, from what the operation that made it saved, instead of keeping it.
// Operations that read a tensor go backwards before the one that made it, so what that one saved is still there.

import type {Tensor} from "../tf.js";

export type Rematerialisation = {
  readonly make: () => Tensor;
  /** Whether that is a convolution's work; otherwise it takes no more time than reading the tensor twice. */
  readonly expensive: boolean;
};

const known = new WeakMap<Tensor, Rematerialisation>();

/** Notes how to rematerialise a tensor. */
export const noteRematerialisation = (x: Tensor, how: Rematerialisation): void => void known.set(x, how);

/** Bytes from which on a map is worth the convolution that rematerialises it. */
export const rematerialisation = {from: 16 * 2 ** 20};

/** Whether a map of so many floats is large enough for that. */
export const isLarge = (floats: number): boolean => 4 * floats >= rematerialisation.from;

/** A tensor for the backward pass: saved, or rematerialised there. */
export type Source =
  | {readonly saved: Tensor; readonly make?: undefined}
  | {readonly saved?: undefined; readonly make: () => Tensor};

const sourceOf = (x: Tensor, wanted: (how: Rematerialisation) => boolean): Source => {
  const how = known.get(x);
  return how && wanted(how) ? {make: how.make} : {saved: x};
};

/** Saves a tensor unless it is cheap to rematerialise. */
export const cheapSource = (x: Tensor): Source => sourceOf(x, ({expensive}) => !expensive);

/** Saves a map unless it is large and can be rematerialised, at any expense. */
export const largeSource = (y: Tensor): Source => sourceOf(y, () => isLarge(y.size));

export const valueOf = ({saved, make}: Source): Tensor => saved ?? make();
