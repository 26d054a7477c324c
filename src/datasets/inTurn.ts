// An order for data sets that have none: the first of each class, then the second of each, and so on, so that the first n
// samples are balanced by class for as long as every class has some left.

/** The first of each list, then the second of each, and so on. */
export function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({length: longest}, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat();
}

/** One sample of five is a test sample where a data set is not split by its author; at least one. */
export const testShare = (count: number): number => Math.max(1, Math.round(count / 5));

/** Samples of which equally many of each class can be drawn: as many classes as the rarest has samples. */
export const balancedCount = (perClass: readonly number[]): number => perClass.length * Math.min(...perClass);
