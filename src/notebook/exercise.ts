// The check of an exercise: says whether an answer is right, and tells the true one only after a try.

/** Within this share of the truth a number counts as right. */
const CLOSE = 0.01;

const same = (yours: unknown, truth: unknown, within: number): boolean =>
  typeof yours === "number" && typeof truth === "number"
    ? Math.abs(yours - truth) <= within * Math.abs(truth)
    : JSON.stringify(yours) === JSON.stringify(truth);

/** Prints yours beside the true answer, and whether they agree; numbers may differ by the share `within`. */
export function checkAnswer(yours: unknown, truth: unknown, {within = CLOSE}: {within?: number} = {}): void {
  if (yours === undefined || yours === null) return console.log("no answer yet: put yours in the place of null");
  const agrees = same(yours, truth, within);
  console.log(`yours ${JSON.stringify(yours)}, true ${JSON.stringify(truth)}: ${agrees ? "right" : "not yet"}`);
}
