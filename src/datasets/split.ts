// Training and validation sets out of one labelled set, disjoint and reproducible.
//
// Balanced: n images of K classes are ⌊n/K⌋ of each class and one more of n mod K classes, drawn at random within a
// class. Balance keeps the accuracy of a small validation set from depending on which classes it happened to hold.

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

/** A label-balanced split: within each part, the numbers of images of two classes differ by at most 1. */
export function balancedSplit(
  labels: ArrayLike<number>,
  {classes, sizes, key}: {readonly classes: number; readonly sizes: SplitSizes; readonly key: RandomKey},
): Split {
  checkSizes(sizes, labels.length);
  const members = Array.from({length: classes}, (): number[] => []);
  for (let i = 0; i < labels.length; ++i) {
    const of = members[labels[i]!];
    if (!of) throw invalid(`label of image ${i}`, labels[i], `0 to ${classes - 1}`);
    of.push(i);
  }
  // Classes with more images take the odd ones; ties are drawn. Validation's odd ones go on where training's end.
  const rank = [...random(key.split("classes")).permutation(classes)];
  rank.sort((a, b) => members[b]!.length - members[a]!.length);
  const [train, validation]: number[][] = [[], []];
  rank.forEach((label, r) => {
    const n = share(sizes.train, classes, r);
    const m = share(sizes.validation, classes, (r - (sizes.train % classes) + classes) % classes);
    const own = random(key.split("class", label)).shuffle(members[label]!);
    if (n + m > own.length)
      throw invalid(
        "split sizes",
        `${sizes.train} training + ${sizes.validation} validation images`,
        `at most ${Math.min(...members.map(({length}) => length)) * classes} together: the rarest of ${classes} ` +
          `classes has ${Math.min(...members.map(({length}) => length))} images among the ${labels.length} held`,
      );
    train!.push(...own.slice(0, n));
    validation!.push(...own.slice(n, n + m));
  });
  return {train: Int32Array.from(train!).sort(), validation: Int32Array.from(validation!).sort()};
}
