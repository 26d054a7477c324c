// How many trained networks is a score worth? A predictor that learns from n of them is the yardstick.
//
//   n networks and their validation accuracy → random forest on path features → τ with the test accuracy of others
//
// A training-free score with the τ that n = 100 reaches spares its user the training of about 100 networks.

import {pathFeatures} from "../architectures/pathFeatures.js";
import {SPIKENAS_BENCH_OPS, spikenasBenchCell} from "../architectures/spikenasBench.js";
import {check, checkInteger} from "../check.js";
import type {BenchNetwork} from "../datasets/spikenasBench.js";
import {random, type RandomKey} from "../random.js";
import {kendallTau} from "./correlation.js";
import {trainForest} from "./forest.js";
import {meanInterval} from "./interval.js";

export type PredictorRow = {
  /** Networks learnt from. */
  readonly trained: number;
  /** Samples of them; the interval is over these. */
  readonly n: number;
  readonly tau: number;
  readonly tauLow: number | undefined;
  readonly tauHigh: number | undefined;
};

/** τ for each number of trained networks, over `repeats` samples, on `held` networks that were not learnt from. */
export function predictorCurve(
  networks: readonly BenchNetwork[],
  {
    key,
    sizes = [20, 50, 100, 300, 1000],
    repeats = 5,
    held = 2000,
    onSize,
  }: {key: RandomKey; sizes?: readonly number[]; repeats?: number; held?: number; onSize?: ((done: number, total: number, note: string) => void) | undefined}, // prettier-ignore
): PredictorRow[] {
  checkInteger("repeats", repeats);
  check("trained networks", sizes, sizes.length > 0 && sizes.every((size, i) => size > (sizes[i - 1] ?? 1)), "ascending numbers >= 2"); // prettier-ignore
  const features = pathFeatures(4, SPIKENAS_BENCH_OPS);
  return sizes.map((trained, i) => {
    check("trained networks", trained, trained >= 2 && trained + held <= networks.length, `2 to ${networks.length - held}`); // prettier-ignore
    const taus = Array.from({length: repeats}, (_, repeat) => {
      const own = key.split("predictor", trained, repeat);
      const order = random(own).permutation(networks.length);
      const take = (from: number, to: number) => Array.from(order.subarray(from, to), (k) => networks[k]!);
      const [learnt, others] = [take(0, trained), take(trained, trained + held)];
      const encode = ({id}: BenchNetwork) => features.of(spikenasBenchCell(id));
      const {predict} = trainForest(learnt.map(encode), learnt.map(({validationFinal}) => validationFinal), {key: own}); // prettier-ignore
      return kendallTau(others.map((other) => predict(encode(other))), others.map(({test}) => test)); // prettier-ignore
    });
    onSize?.(i + 1, sizes.length, `predictor of ${trained} networks`);
    const {n, mean, low, high} = meanInterval(taus);
    return {trained, n, tau: mean, tauLow: low, tauHigh: high};
  });
}

/**
 * The number of trained networks whose predictor has this τ, by straight lines between the rows in log n. Under the first row or
 * over the last, only a bound is known: `{less: 20}`, `{more: 1000}`.
 */
export function worthOf(
  tau: number,
  curve: readonly PredictorRow[],
): {networks: number} | {less: number} | {more: number} {
  check("curve", curve.length, curve.length > 0, "one row or more");
  const next = curve.findIndex((row) => row.tau >= tau);
  if (next === 0) return {less: curve[0]!.trained};
  if (next < 0) return {more: curve.at(-1)!.trained};
  const [a, b] = [curve[next - 1]!, curve[next]!];
  const share = (tau - a.tau) / (b.tau - a.tau);
  return {networks: Math.round(a.trained * (b.trained / a.trained) ** share)};
}
