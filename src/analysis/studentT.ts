// Student's t distribution for a whole number ν of degrees of freedom, by its finite series (Abramowitz & Stegun 26.7.3, 26.7.4).
//
//   A(t | ν) = P(|X| < t),  φ = atan(t/√ν)
//   ν odd    A = 2/π · (φ + sin φ · (cos φ + 2/3 cos³φ + … + 2·4⋯(ν−3)/(3·5⋯(ν−2)) cos^(ν−2) φ)),  ν = 1: 2φ/π
//   ν even   A = sin φ · (1 + 1/2 cos²φ + 1·3/(2·4) cos⁴φ + … + 1·3⋯(ν−3)/(2·4⋯(ν−2)) cos^(ν−2) φ)
//
// Exact to rounding, ν terms long: seeds and folds are few.

import {check, checkInteger} from "../check.js";

/** P(|X| < t) for t >= 0. */
function central(t: number, df: number): number {
  const phi = Math.atan2(t, Math.sqrt(df));
  const cosine = Math.cos(phi);
  const odd = df % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = df === 1 ? 0 : term;
  for (let power = odd ? 3 : 2; power <= df - 2; power += 2) {
    term *= ((power - 1) / power) * cosine * cosine;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (phi + Math.sin(phi) * sum) : Math.sin(phi) * sum;
}

/** The t below which a share `p` of the distribution lies, 0 < p < 1, by bisection. */
export function studentQuantile(p: number, df: number): number {
  check("probability", p, p > 0 && p < 1, "a number between 0 and 1");
  checkInteger("degrees of freedom", df);
  if (p < 0.5) return -studentQuantile(1 - p, df);
  let [low, high] = [0, 1];
  while (central(high, df) < 2 * p - 1) [low, high] = [high, 2 * high];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (central(middle, df) < 2 * p - 1) low = middle;
    else high = middle;
  }
}
