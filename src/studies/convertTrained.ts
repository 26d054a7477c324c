// A trained DNN out of a file, converted and measured over time beside the DNN that it was.

import {type Balance, checkConvertible, convertNetwork, type READOUTS, type STARTS} from "../conversion/convert.js";
import {PERCENTILE, scalesOf} from "../conversion/scales.js";
import {latencyOf, simulate} from "../conversion/simulate.js";
import type {Dataset, Progress} from "../datasets/dataset.js";
import type {TrainedNetwork} from "../files/networkText.js";
import {graphCost} from "../graphs/cost.js";
import {MOST_AT_ONCE} from "../networks/stepwise.js";
import {disposeNetwork} from "../networks/parameters.js";
import {inRange} from "../ranges.js";
import type {ConversionRecord} from "../records/conversion.js";
import {packageVersion} from "../root.js";
import {getBackend, type Tensor} from "../tf.js";
import {batchOf} from "../training/batches.js";
import {evaluate} from "../training/evaluate.js";
import {dataFor} from "./evaluateNetwork.js";

export type ConvertOptions = {
  /** Timesteps, 200 unless given. */
  readonly T?: number;
  /** Above which percentile of a layer's positive activations they saturate; 99.9 unless given. */
  readonly percentile?: number;
  /** `thresholds` unless given. */
  readonly balance?: Balance;
  /** `zero` unless given. */
  readonly start?: keyof typeof STARTS;
  /** `potentials` unless given. */
  readonly readout?: keyof typeof READOUTS;
  /** Training images that the scales come from, 1,000 unless given. */
  readonly images?: number;
  /** The data set; that of the trial which made the DNN unless given. */
  readonly data?: string;
  /** The first n test images; as many as the trial had unless given. */
  readonly testCount?: number;
  readonly dataDir?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: Progress;
};

const BATCH = 100;

/** Training images, scaled, a batch at a time. */
function* trainingBatches(data: Dataset, count: number, scale: TrainedNetwork["sample"]["scale"]): Generator<Tensor> {
  for (let start = 0; start < count; start += BATCH) {
    const chosen = Array.from({length: Math.min(BATCH, count - start)}, (_, i) => start + i);
    const {x, labels} = batchOf(data, data.train, chosen, {scale});
    labels.dispose();
    yield x;
  }
}

/**
 * Converts a DNN and runs both on test images. The caller disposes the spiking network; its file is read by `evaluate` and `predict`.
 *
 * @example const {network, record} = await convertTrained(await loadNetwork("dnn.safetensors"), {T: 200})
 */
export async function convertTrained(
  dnn: TrainedNetwork,
  {T = 200, percentile = PERCENTILE, images = 1000, signal, onProgress, from = "", ...options}: ConvertOptions & {readonly from?: string} = {}, // prettier-ignore
): Promise<{readonly network: TrainedNetwork; readonly record: ConversionRecord}> {
  const {balance = "thresholds", start = "zero", readout = "potentials", ...source} = options;
  inRange("timesteps", T);
  inRange("percentile", percentile);
  inRange("images", images);
  checkConvertible(dnn.graph);
  const data = await dataFor(dnn, {...source, trainCount: images, ...(signal && {signal})});
  const count = Math.min(images, data.train.labels.length);
  const scales = await scalesOf(dnn, trainingBatches(data, count, dnn.sample.scale), {percentile, samples: count, signal}); // prettier-ignore
  const tests = data.test.labels.length;
  const all = tests * (1 + T); // timesteps of all images, the DNN's one among them
  const converted = convertNetwork(dnn, {T, scales, balance, start, readout});
  try {
    const before = await evaluate(dnn, data, data.test, {
      ...(signal && {signal}),
      onProgress: (done) => onProgress?.(done, all, "evaluating the DNN"),
    });
    const snn = await simulate(converted, data, data.test, {
      signal,
      onProgress: (done, _of, text) => onProgress?.(tests + done * T, all, text),
    });
    const whole = T <= MOST_AT_ONCE ? await evaluate(converted, data, data.test) : undefined; // as its file will be evaluated
    const {activations} = scales;
    const {zeros = 0, zerosByLayer = {}, effectiveMacs = 0, effectiveMacsByLayer = {}} = before.dnn ?? {};
    const {accuracy, n} = before;
    const latency = latencyOf(snn.accuracy, accuracy);
    const record: ConversionRecord = {
      ...{schema: 1, from, percentile, balance, start, readout, images: count, scales: activations},
      data: {name: data.name, checksum: data.checksum, testImages: n},
      dnn: {
        ...{correct: Math.round(accuracy * n), accuracy, macs: graphCost(dnn.graph).dnnMacs},
        ...{effectiveMacs, effectiveMacsByLayer, zeros, zerosByLayer},
      },
      snn,
      ...(latency !== undefined && {latency}),
      ...{backend: getBackend(), version: packageVersion},
    };
    return {record, network: withOrigin(converted, dnn, data, record, whole?.accuracy ?? snn.accuracy.at(-1)!)};
  } catch (error) {
    disposeNetwork(converted);
    throw error;
  }
}

/** The spiking network with what its DNN says of samples, classes and origin. */
function withOrigin(
  converted: Pick<TrainedNetwork, "graph" | "parameters" | "statistics">,
  {sample, classes, bits, made}: TrainedNetwork,
  {name, checksum, provenance}: Dataset,
  {percentile, balance, start, readout, data: {testImages}}: ConversionRecord,
  testAccuracy: number,
): TrainedNetwork {
  const labels = {percentile, balance, start, readout};
  return {
    ...{...converted, sample, classes, bits},
    ...(made && {
      made: {
        ...{id: made.id, study: "convert", labels, seed: made.seed, version: packageVersion, backend: getBackend()},
        data: {...made.data, name, checksum, provenance, testCount: testImages},
        ...{testAccuracy, testImages},
      },
    }),
  };
}
