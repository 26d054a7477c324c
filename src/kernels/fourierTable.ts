// Lengths of transforms, and the table of factors that assembly/fourierLine.ts reads.

import {floats, words} from "./engine.js";

/** Radices of the passes, in order: those that make few passes first. */
const RADICES = [6, 4, 2, 3, 5] as const;

/** The radices of passes for a length; undefined where it has other prime factors than 2, 3 and 5. */
export function radicesOf(n: number): number[] | undefined {
  const radices: number[] = [];
  for (const r of RADICES) for (; n % r === 0; n /= r) radices.push(r);
  return n === 1 ? radices : undefined;
}

/** The least even length from `least` on of factors 2, 3 and 5. */
export function fourierLength(least: number): number {
  for (let n = 2 * Math.ceil(least / 2); ; n += 2) if (radicesOf(n)) return n;
}

/** Bytes of the table: n − 1 twiddles at most in all passes together, and n roots. */
export const tableBytes = (n: number): number => 64 + 8 * n + 8 * n;

const HEADER = [
  Math.sin(Math.PI / 3),
  0.5,
  ...[Math.cos, Math.sin].flatMap((f) => [1, 2].map((i) => f((2 * Math.PI * i) / 5))),
];

export function writeTable(at: number, n: number): void {
  const radices = radicesOf(n)!;
  words(at, 8).set([n, radices.length, ...radices]);
  const twiddles: number[] = [];
  let length = n;
  for (const r of radices) {
    for (let p = 0; p < length / r; ++p)
      for (let k = 1; k < r; ++k) {
        const angle = (-2 * Math.PI * p * k) / length;
        twiddles.push(Math.cos(angle), Math.sin(angle));
      }
    length /= r;
  }
  floats(at + 32, HEADER.length).set(HEADER);
  floats(at + 64, twiddles.length).set(twiddles);
  const angles = Array.from({length: n}, (_, j) => (-2 * Math.PI * j) / n);
  floats(at + 64 + 8 * n, 2 * n).set(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
}
