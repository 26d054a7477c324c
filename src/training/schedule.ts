// Learning rates over a training, with f the fraction below, w warm-up steps and steps counted from 0:
//
//   η(step) = (η_last + (η_first − η_last)·f) · min(1, (step + 1)/w),   η_last = finalRate·η_first
//
//   cosine          f = (1 + cos(π·step/steps))/2, half a cosine (arXiv 1608.03983)
//   cosineByEpoch   the same of epoch/epochs: changed once an epoch, as PyTorch's CosineAnnealingLR does
//   constant        f = 1
//
// Linear warm-up multiplies the schedule (arXiv 1910.04209): it shortens nothing.

/** A place in a training. */
export type Place = {readonly step: number; readonly steps: number; readonly stepsPerEpoch: number};

export type ScheduleName = "cosine" | "cosineByEpoch" | "constant";

const halfCosine = (fraction: number): number => (1 + Math.cos(fraction)) / 2;

export const SCHEDULES: Readonly<Record<ScheduleName, (place: Place) => number>> = {
  cosine: ({step, steps}) => halfCosine((Math.PI * step) / steps),
  cosineByEpoch: ({step, steps, stepsPerEpoch}) =>
    halfCosine((Math.PI * Math.floor(step / stepsPerEpoch) * stepsPerEpoch) / steps),
  constant: () => 1,
};

export type Schedule = {
  /** Learning rate of the first step, but for warm-up. */
  readonly learningRate: number;
  /** Fraction of it that the schedule ends at. */
  readonly finalRate: number;
  /** `cosine` by default. */
  readonly schedule?: ScheduleName;
  /** Steps of linear warm-up; none by default. */
  readonly warmupSteps?: number;
};

export function learningRateAt(
  place: Place,
  {learningRate, finalRate, schedule = "cosine", warmupSteps = 0}: Schedule,
): number {
  const low = learningRate * finalRate;
  const rate = low + (learningRate - low) * SCHEDULES[schedule](place);
  return place.step < warmupSteps ? rate * ((place.step + 1) / warmupSteps) : rate;
}
