// Training and validation sets out of one labelled set, disjoint and reproducible.
//
// Balanced: n images of K classes are ⌊n/K⌋ of each class and one more of n mod K classes, drawn at random within a
// class. Balance keeps the accuracy of a small validation set from depending on which classes it happened to hold. Where a data
// set's authors keep samples for validation (other speakers), those are drawn from these, and training from the others.

import {invalid} from "../check.js";
import {inRange} from "../ranges.js";
import {random, type RandomKey} from "../random.js";

/** Indices into the split set, in ascending order. */
export type Split = {readonly train: Int32Array; readonly validation: Int32Array};

export type SplitSizes = {readonly train: number; readonly validation: number};

function checkSizes({train, validation}: SplitSizes, held: number): void {
  inRange("train", train, "train size");
  inRange("validation", validation, "validation size");
  if (train + validation > held)
    throw invalid(
      "split sizes",
      `${train} training + ${validation} validation images`,
      `at most ${held} together, the number of images held`,
    );
}

const share = (n: number, classes: number, rank: number): number => Math.floor(n / classes) + +(rank < n % classes);

export type SplitRequest = {
  readonly classes: number;
  readonly sizes: SplitSizes;
  readonly key: RandomKey;
  /** Samples, by index, of which alone validation is drawn, and training of the others; absent: both of all. */
  readonly reserved?: ArrayLike<number> | undefined;
};

/** The samples of each class. */
function membersOf(labels: ArrayLike<number>, classes: number): number[][] {
  const members = Array.from({length: classes}, (): number[] => []);
  for (let i = 0; i < labels.length; ++i) {
    const of = members[labels[i]!];
    if (!of) throw invalid(`label of image ${i}`, labels[i], `0 to ${classes - 1}`);
    of.push(i);
  }
  return members;
}

/** What a split that asks for too many could have. */
function tooMany({train, validation}: SplitSizes, members: readonly number[][], kept: ReadonlySet<number> | undefined) {
  const rarest = (counted: (i: number) => boolean): number =>
    Math.min(...members.map((own) => own.filter(counted).length));
  const all = rarest(() => true);
  const held = members.reduce((sum, {length}) => sum + length, 0);
  const most = kept
    ? `at most ${rarest((i) => !kept.has(i)) * members.length} and ${rarest((i) => kept.has(i)) * members.length}: its authors keep ${kept.size} of the ${held} held for validation, and equally many of each class are drawn` // prettier-ignore
    : `at most ${all * members.length} together: the rarest of ${members.length} classes has ${all} images among the ${held} held`; // prettier-ignore
  return invalid("split sizes", `${train} training + ${validation} validation images`, most);
}

/** A label-balanced split: within each part, the numbers of images of two classes differ by at most 1. */
export function balancedSplit(labels: ArrayLike<number>, {classes, sizes, key, reserved}: SplitRequest): Split {
  checkSizes(sizes, labels.length);
  const members = membersOf(labels, classes);
  const kept = reserved && new Set(Array.from(reserved));
  // Classes with more images take the odd ones; ties are drawn. Validation's odd ones go on where training's end.
  const rank = [...random(key.split("classes")).permutation(classes)];
  rank.sort((a, b) => members[b]!.length - members[a]!.length);
  const [train, validation]: number[][] = [[], []];
  rank.forEach((label, r) => {
    const n = share(sizes.train, classes, r);
    const m = share(sizes.validation, classes, (r - (sizes.train % classes) + classes) % classes);
    const own = random(key.split("class", label)).shuffle(members[label]!);
    const forTraining = kept ? own.filter((i) => !kept.has(i)) : own;
    const forValidation = kept ? own.filter((i) => kept.has(i)) : own.slice(n);
    if (n > forTraining.length || m > forValidation.length) throw tooMany(sizes, members, kept);
    train!.push(...forTraining.slice(0, n));
    validation!.push(...forValidation.slice(0, m));
  });
  return {train: Int32Array.from(train!).sort(), validation: Int32Array.from(validation!).sort()};
}
