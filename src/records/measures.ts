// Measured quantities: one table. From it come the columns of CSV files and DataFrames, the tables of the terminal, summary
// statistics, axis titles and captions; what an evaluation measures is also written into the record and read back by it.
//
// An entry's key names the quantity in summaries. A record holds it unscaled under `field`; people read value · scale in `unit`.

import {ESTIMATORS} from "../architectures/energy.js";
import type {Evaluation} from "../training/evaluate.js";
import {fieldOf} from "./field.js";

export type Measure = {
  /** Where a record holds it: its field, or a dotted path. */
  readonly field: string;
  /** The column of a table of trials, which holds it unscaled; `field` unless given. */
  readonly column?: string;
  /** In titles and captions. */
  readonly title: string;
  readonly unit: string;
  readonly scale: number;
  /** After the point, as people read it. */
  readonly digits: number;
  /** Which direction is to be preferred; absent where neither is. */
  readonly better?: "higher" | "lower";
  /**
   * closed    a closed form of the architecture: known before anything is trained
   * measured  of a trained network
   * run       may differ between two runs of one trial (time, memory)
   */
  readonly kind: "closed" | "measured" | "run";
  /** What a trial's evaluation on test images says of it, written under `field`. */
  readonly from?: (evaluation: Evaluation) => number | undefined;
  /** The unit and scale of an axis, where a table's would be unreadable there. */
  readonly axis?: {readonly unit: string; readonly scale: number};
  /** How it was counted or estimated: a sentence of captions. */
  readonly note?: string;
};

const PERCENT = {unit: "%", scale: 100, digits: 1} as const;
const COUNT = {unit: "", scale: 1, digits: 0} as const;
const MICROJOULE = {unit: "µJ", scale: 1e-6, digits: 2} as const;
const MILLIONS = {unit: "millions", scale: 1e-6} as const;
const ARITHMETIC =
  "Stem as multiply-accumulates once, all spikes as accumulates, also those before average pooling; of a DNN, multiply-accumulates of values that are not 0.";
const MEMORY_NOT_IN = `${ARITHMETIC} Memory traffic is not in it.`;

/** In the order of columns. */
export const MEASURES = {
  accuracy: {
    field: "testAccuracy",
    title: "test accuracy",
    ...{...PERCENT, better: "higher", kind: "measured"},
    from: ({accuracy}: Evaluation) => accuracy,
  },
  validation: {
    field: "validationAccuracy",
    title: "validation accuracy",
    ...{...PERCENT, better: "higher", kind: "measured"},
  },
  loss: {
    field: "testLoss",
    title: "test loss (mean cross-entropy)",
    ...{unit: "nats", scale: 1, digits: 3, better: "lower", kind: "measured"},
    from: ({loss}: Evaluation) => loss,
  },
  params: {field: "params", title: "parameters", ...COUNT, better: "lower", kind: "closed"},
  paramsWithoutHead: {
    field: "paramsWithoutHead",
    title: "parameters without the head",
    ...{...COUNT, better: "lower", kind: "closed"},
  },
  weightBytes: {
    field: "weightBytes",
    title: "memory of the weights",
    ...{...COUNT, unit: "bytes", better: "lower", kind: "closed"},
  },
  receptiveField: {
    field: "receptiveField",
    title: "receptive field of the longest path",
    ...{...COUNT, unit: "px", kind: "closed"},
  },
  macs: {field: "macs", title: "multiply-accumulates per image", ...COUNT, better: "lower", kind: "closed"},
  worstCaseAcs: {
    field: "worstCaseAcs",
    title: "accumulates per image if all neurons fired",
    ...{...COUNT, better: "lower", kind: "closed", axis: MILLIONS},
  },
  synOps: {
    field: "synOps",
    title: "synaptic operations per image",
    ...{...COUNT, better: "lower", kind: "measured", axis: MILLIONS},
    from: ({synOps}: Evaluation) => synOps,
    note: "Spikes times fan-out, counted on test images, exact at borders.",
  },
  bitSynOps: {
    field: "bitSynOps",
    title: "bit operations per image",
    ...{...COUNT, better: "lower", kind: "measured", axis: MILLIONS},
    from: ({bitSynOps}: Evaluation) => bitSynOps,
    note: "Bit operations: spikes times fan-out times the bits that a weight takes on average, where pruned ones take none.",
  },
  firingRate: {
    field: "meanFiringRate",
    title: "mean firing rate (spikes per neuron and timestep)",
    ...{unit: "", scale: 1, digits: 3, better: "lower", kind: "measured"},
    from: ({meanFiringRate}: Evaluation) => meanFiringRate,
  },
  spikes: {
    field: "spikesPerImage",
    title: "spikes per image",
    ...{...COUNT, better: "lower", kind: "measured"},
    from: ({spikes}: Evaluation) => spikes,
  },
  zeros: {
    field: "zeros",
    title: "zeros among activations",
    ...{...PERCENT, better: "higher", kind: "measured"},
    from: ({dnn}: Evaluation) => dnn?.zeros,
    note: "Of what the ReLUs of a DNN give, on test images.",
  },
  effectiveMacs: {
    field: "effectiveMacs",
    title: "multiply-accumulates per image, zeros skipped",
    ...{...COUNT, better: "lower", kind: "measured", axis: MILLIONS},
    from: ({dnn}: Evaluation) => dnn?.effectiveMacs,
    note: "Values that are not 0 times fan-out, counted where weights read them on test images, exact at borders.",
  },
  latency: {
    field: "conversion.latency",
    column: "latency",
    title: "timesteps to within one point of the DNN",
    ...{...COUNT, better: "lower", kind: "measured"},
  },
  latencySynOps: {
    field: "conversion.latencySynOps",
    column: "latencySynOps",
    title: "synaptic operations per image at latency",
    ...{...COUNT, better: "lower", kind: "measured", axis: MILLIONS},
    note: "Of the converted network up to the first timestep within one point of its DNN.",
  },
  energy: {
    field: "energy.pJ",
    column: "energyPJ",
    title: "energy estimate per image",
    ...{...MICROJOULE, better: "lower", kind: "measured", note: MEMORY_NOT_IN},
  },
  energyInt8: {
    field: "energies.int8.pJ",
    column: "energyInt8PJ",
    title: `energy estimate per image (${ESTIMATORS.int8.name})`,
    ...{...MICROJOULE, better: "lower", kind: "measured", note: MEMORY_NOT_IN},
  },
  energyMemory: {
    field: "energies.memory.pJ",
    column: "energyMemoryPJ",
    title: `energy estimate per image (${ESTIMATORS.memory.name})`,
    ...{...MICROJOULE, better: "lower", kind: "measured"},
    note: `${ARITHMETIC} Weights, activations and state move without reuse between arithmetic and the smallest memory that holds each.`,
  },
  energyLoihi: {
    field: "energies.loihi.pJ",
    column: "energyLoihiPJ",
    title: `energy estimate per image (${ESTIMATORS.loihi.name})`,
    ...{...MICROJOULE, better: "lower", kind: "measured"},
  },
  seconds: {field: "run.seconds", column: "seconds", title: "wall time", unit: "s", scale: 1, digits: 1, kind: "run"},
  imagesPerSecond: {
    field: "run.imagesPerSecond",
    column: "imagesPerSecond",
    title: "training speed (images per second)",
    ...{...COUNT, kind: "run"},
  },
  peakMemoryBytes: {
    field: "run.peakMemoryBytes",
    column: "peakMemoryBytes",
    title: "peak memory of the process",
    ...{...COUNT, unit: "bytes", kind: "run"},
  },
} as const satisfies Readonly<Record<string, Measure>>;

export type MeasureName = keyof typeof MEASURES;
export const MEASURE_NAMES = Object.keys(MEASURES) as readonly MeasureName[];
export const measureOf = (name: MeasureName): Measure => MEASURES[name];

/** Fields of the record that an evaluation writes. */
export type EvaluatedField = {
  [K in MeasureName]: (typeof MEASURES)[K] extends {readonly from: unknown; readonly field: infer F} ? F : never;
}[MeasureName];

const EVALUATED = MEASURE_NAMES.map(measureOf).filter(({from}) => from !== undefined);
export const EVALUATED_FIELDS = EVALUATED.map(({field}) => field) as readonly EvaluatedField[];

/** What a record holds of an evaluation; what only DNNs have is absent of others. */
export function evaluatedFields(evaluation: Evaluation): Partial<Record<EvaluatedField, number>> {
  const measured = EVALUATED.map(({field, from}) => [field, from!(evaluation)] as const);
  return Object.fromEntries(measured.filter(([, value]) => value !== undefined));
}

/** What a record holds of a quantity, unscaled; undefined where it has none (a trial without a result, an older record). */
export function valueOf(record: Readonly<Record<string, unknown>>, name: MeasureName): number | undefined {
  const value = fieldOf(record, MEASURES[name].field);
  return typeof value === "number" ? value : undefined;
}

/** "energy per image (µJ)": a quantity's title and unit; on an axis that of axes. */
export function titled(name: MeasureName, {axis = false}: {axis?: boolean} = {}): string {
  const {title, unit, ...measure} = measureOf(name);
  const shown = (axis && measure.axis?.unit) || unit;
  return shown ? `${title} (${shown})` : title;
}
