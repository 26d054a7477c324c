// A trained network compressed and measured: accuracy on test images beside the network as it was, bytes and bit-SynOps.
//
// What is chosen (bits of layers, whether statistics are measured anew) is chosen on validation images; where neither the file nor a
// journal beside it says which those were, on training images. Test images choose nothing.

import {existsSync} from "node:fs";
import {basename, dirname, join} from "node:path";
import {accuracyInterval, pairedInterval} from "../analysis/interval.js";
import {compress, type CompressedNetwork, type Compression} from "../compression/compress.js";
import {compressedOf} from "../compression/madeWeights.js";
import {type BitsStep, type Judge, type Judgement, mixedBits} from "../compression/mixedBits.js";
import {measuredStatistics} from "../compression/recalibrate.js";
import {sensitivity} from "../compression/sensitivity.js";
import {type BitsByLayer, variantsOf} from "../compression/variants.js";
import type {Dataset, Progress} from "../datasets/dataset.js";
import {loadNetwork} from "../files/networkFile.js";
import type {TrainedNetwork} from "../files/networkText.js";
import {packedSizes} from "../files/packed.js";
import {weightBytes, weightsOfNode} from "../graphs/cost.js";
import {weightedNodes} from "../graphs/populations.js";
import {disposeNetwork, type Network, type Tensors} from "../networks/parameters.js";
import type {CompressionRow, SensitivityRecord} from "../records/compression.js";
import {type BackendName, dispose} from "../tf.js";
import {evaluate, type Evaluation} from "../training/evaluate.js";
import {dataFor} from "./evaluateNetwork.js";
import {splitOf} from "./evaluateTrial.js";
import {readRecords, TRIALS} from "./journal.js";
import {findNetworkFile} from "./networkFiles.js";

export type CompressOptions = {
  /** The data set; that of the trial which made the network unless given. */
  readonly data?: string;
  /** The first n test images. */
  readonly testCount?: number;
  /** Images that choose, at most. */
  readonly validationCount?: number;
  /** Training images on which running statistics are measured anew, where that lowers the loss of the images that choose; 0: never. */
  readonly recalibrate?: number;
  readonly dataDir?: string;
  readonly backend?: BackendName;
  readonly signal?: AbortSignal;
  readonly onProgress?: Progress;
};

/** A network with the images that measure, choose and calibrate, and what it says of the first of them. */
export type Workbench = {
  readonly network: TrainedNetwork;
  /** The trial that made it; the file's name where it does not say. */
  readonly name: string;
  readonly data: Dataset;
  readonly choosing: {readonly indices: Int32Array; readonly of: "validation" | "training"};
  readonly calibrating: Int32Array;
  readonly original: Evaluation;
  readonly options: CompressOptions;
};

export const RECALIBRATE = 1000;
export const VALIDATION = 1000;

/** The sizes of the split that trained a network: of its file, or of the journal beside it. */
function splitSizes(path: string, {made}: TrainedNetwork): {train: number; validation: number} | undefined {
  if (!made) return undefined;
  const {train, validation} = made.data;
  if (train !== undefined && validation !== undefined) return {train, validation};
  const folder = dirname(dirname(path));
  if (basename(dirname(path)) !== "networks" || !existsSync(join(folder, TRIALS.file))) return undefined;
  return readRecords(folder).find(({id}) => id === made.id)?.data;
}

/** The training and validation images of a network; of data that did not make it, all are for training. */
function imagesOf(
  path: string,
  network: TrainedNetwork,
  data: Dataset,
  same: boolean,
): {train: Int32Array; validation: Int32Array} {
  // prettier-ignore
  const sizes = same ? splitSizes(path, network) : undefined;
  const all = Int32Array.from(data.train.labels, (_, i) => i);
  if (!sizes || sizes.validation === 0) return {train: all, validation: new Int32Array(0)};
  const {made} = network;
  return splitOf({...made!.data, ...sizes}, data);
}

/** Every k-th of a list, so that at most `count` are left, spread over all of it. */
const spread = (list: Int32Array, count: number): Int32Array =>
  list.length <= count
    ? list
    : Int32Array.from({length: count}, (_, i) => list[Math.floor((i * list.length) / count)]!);

/** The network with the weights that its forward pass would make; as it is where they are its parameters. */
function withWeightsMade(network: TrainedNetwork): TrainedNetwork {
  if (!network.graph.nodes.some(({weights}) => weights?.quantiser !== undefined)) return network;
  try {
    return compressedOf(network);
  } finally {
    disposeNetwork(network);
  }
}

/** Loads a network and its data. Give the workbench back with `closeWorkbench`. */
export async function openWorkbench(path: string, options: CompressOptions = {}): Promise<Workbench> {
  const {backend, signal, onProgress, validationCount = VALIDATION, recalibrate = RECALIBRATE} = options;
  const network = withWeightsMade(await loadNetwork(path, {backend}));
  try {
    const data = await dataFor(network, options);
    const same = data.checksum === network.made?.data.checksum;
    const {train, validation} = imagesOf(path, network, data, same);
    const [list, of] = validation.length > 0 ? [validation, "validation" as const] : [train, "training" as const];
    const original = await evaluate(network, data, data.test, {...(signal && {signal}), ...(onProgress && {onProgress})}); // prettier-ignore
    return {
      ...{network, data, original, options},
      name: network.made?.id ?? basename(path).replace(/\.[^.]*$/, ""),
      choosing: {indices: spread(list, validationCount), of},
      calibrating: spread(train, recalibrate),
    };
  } catch (error) {
    disposeNetwork(network);
    throw error;
  }
}

export const closeWorkbench = ({network}: Workbench): void => disposeNetwork(network);

/** A network on the images that choose. */
const judged = async ({data, choosing, options: {signal}}: Workbench, network: Network): Promise<Judgement> => {
  const {indices} = choosing;
  const {loss, accuracy, n} = await evaluate(network, data, data.train, {indices, activityImages: 0, ...(signal && {signal})}); // prettier-ignore
  return {loss, accuracy, n};
};

/** Running statistics measured anew, where the images that choose have less loss with them. */
async function betterStatistics(
  bench: Workbench,
  network: Network,
  most = Infinity,
): Promise<{statistics: Tensors | undefined; judgement: Judgement}> {
  // prettier-ignore
  const {data, calibrating, options} = bench;
  const before = await judged(bench, network);
  if (calibrating.length === 0 || Object.keys(network.statistics).length === 0) return {statistics: undefined, judgement: before}; // prettier-ignore
  const statistics = await measuredStatistics(network, data, {
    indices: spread(calibrating, most),
    signal: options.signal,
  });
  const after = await judged(bench, {...network, statistics});
  if (after.loss < before.loss) return {statistics, judgement: after};
  dispose(Object.values(statistics));
  return {statistics: undefined, judgement: before};
}

/** Images on which a judge measures statistics: it is asked often. */
const JUDGE_CALIBRATES = 300;

/** A judge for searches: a network at its better statistics. */
const judgeOf =
  (bench: Workbench): Judge =>
  async (network) => {
    const {statistics, judgement} = await betterStatistics(bench, network, JUDGE_CALIBRATES);
    dispose(Object.values(statistics ?? {}));
    return judgement;
  };

const percentText = (fraction: number): string => `${Number((100 * fraction).toPrecision(3))} %`;

/** "4 bits, 50 % kept, T = 3": what was done. */
export function compressionText({bits = 32, kept = 1, ends, timesteps}: Compression, mixed?: string): string {
  const width = mixed ?? (bits === 32 ? undefined : bits === 1 ? "1 bit" : `${bits} bits`);
  const parts = [
    width,
    ends !== undefined && ends !== bits && `first and last layer ${ends}`,
    kept < 1 && `${percentText(kept)} kept`,
    timesteps !== undefined && `T = ${timesteps}`,
  ];
  return parts.filter(Boolean).join(", ") || "float32";
}

export type Compressed = {readonly network: CompressedNetwork<TrainedNetwork>; readonly row: CompressionRow};

/** Compresses and measures. Free the network with `disposeNetwork`. */
export async function compressAndMeasure(bench: Workbench, options: Compression, mixed?: string): Promise<Compressed> {
  const small = {...compress(bench.network, options), compressed: compressionText(options, mixed)};
  try {
    const {statistics} = await betterStatistics(bench, small);
    if (statistics) dispose(Object.keys(statistics).map((name) => small.statistics[name]!));
    const network = {...small, statistics: {...small.statistics, ...statistics}};
    const {data, options: {signal}} = bench; // prettier-ignore
    const evaluation = await evaluate(network, data, data.test, {...(signal && {signal})});
    const bits = mixed === undefined ? (options.bits ?? 32) : "mixed";
    return {network, row: rowOf(bench, network, evaluation, {form: small.compressed, bits, recalibrated: statistics !== undefined})}; // prettier-ignore
  } catch (error) {
    disposeNetwork(small);
    throw error;
  }
}

const keptOf = ({graph}: Network): number => {
  const nodes = weightedNodes(graph).map((node) => [weightsOfNode(graph, node), node.weights?.kept ?? 1] as const);
  return nodes.reduce((sum, [n, kept]) => sum + n * kept, 0) / nodes.reduce((sum, [n]) => sum + n, 0);
};

type Named = Pick<CompressionRow, "form" | "bits" | "recalibrated">;

/** A network's row beside the original. */
function rowOf(bench: Workbench, network: TrainedNetwork, evaluation: Evaluation, named: Named): CompressionRow {
  const {original, data, name} = bench;
  const right = ({predicted}: Evaluation): number[] =>
    predicted.map((label, i) => Number(label === data.test.labels[i]));
  const [own, before] = [right(evaluation), right(original)];
  const difference = pairedInterval(own, before);
  const correct = own.reduce((sum, one) => sum + one, 0);
  const {accuracy, low, high, n} = accuracyInterval(correct, own.length);
  const sizes = packedSizes(network);
  return {
    ...{form: named.form, network: name, bits: named.bits, kept: keptOf(network), timesteps: network.graph.T},
    ...{accuracy, accuracyLow: low, accuracyHigh: high, n},
    difference: difference.mean,
    differenceLow: difference.low ?? difference.mean,
    differenceHigh: difference.high ?? difference.mean,
    agreement: evaluation.predicted.filter((label, i) => label === original.predicted[i]).length / n,
    weightBytes: weightBytes(network.graph),
    ...{denseBytes: sizes.dense, bitmaskBytes: sizes.bitmask, entropyBytes: sizes.entropy, fileBytes: sizes.shortest},
    ...{synOps: evaluation.synOps, bitSynOps: evaluation.bitSynOps},
    recalibrated: named.recalibrated,
  };
}

/** The row of the network as it was trained. */
export const originalRow = (bench: Workbench): CompressionRow =>
  rowOf(bench, bench.network, bench.original, {form: "original", bits: 32, recalibrated: false});

/** Each layer alone at each of `widths`, on the images that choose. */
export async function measureSensitivity(
  bench: Workbench,
  widths: readonly number[],
  options: Compression = {},
  onProgress?: Progress,
): Promise<SensitivityRecord[]> {
  const variants = variantsOf(bench.network, [...new Set([32, ...widths])], options);
  const total = widths.length * variants.layers.length;
  let done = 0;
  try {
    const onRow = ({layer, bits}: {layer: string; bits: number}): void => onProgress?.(++done, total, `${layer}, ${bits} bits`); // prettier-ignore
    return await sensitivity(variants, {widths, judge: judgeOf(bench), onRow});
  } finally {
    variants.dispose();
  }
}

export type BudgetChoice = {readonly bits: BitsByLayer; readonly steps: readonly BitsStep[]};

/** Bits of each layer for a file of at most `maxBytes`, by the loss of the images that choose. */
export async function chooseBits(
  bench: Workbench,
  {widths, maxBytes, ...options}: Compression & {readonly widths: readonly number[]; readonly maxBytes: number},
  onStep?: (step: BitsStep) => void,
): Promise<BudgetChoice> {
  const mixed = mixedText(maxBytes);
  const named = {...bench.network, compressed: compressionText(options, mixed)};
  const variants = variantsOf(named, widths, options);
  try {
    return await mixedBits(variants, {widths, maxBytes, judge: judgeOf(bench), ...(onStep && {onStep})});
  } finally {
    variants.dispose();
  }
}

/** What mixed bits are called in a row and in the network's file. */
export const mixedText = (maxBytes: number): string => `mixed bits for ${maxBytes} bytes`;

/**
 * The rows of several networks of a study, each beside its own original: what bits, pruning or fewer timesteps cost them.
 *
 * @example const rows = await compressStudy("results/kernel-impact/quick", ids, [{bits: 8}, {bits: 4}]);
 */
export async function compressStudy(
  folder: string,
  trialIds: readonly string[],
  ladder: readonly Compression[],
  options: CompressOptions = {},
): Promise<CompressionRow[]> {
  const rows: CompressionRow[] = [];
  const total = trialIds.length * (1 + ladder.length);
  const {onProgress, ...rest} = options;
  let done = 0;
  for (const id of trialIds) {
    const path = findNetworkFile(folder, id);
    if (path === undefined) continue;
    const bench = await openWorkbench(path, rest);
    try {
      rows.push(originalRow(bench));
      onProgress?.(++done, total, `${id} as trained`);
      for (const compression of ladder) {
        const {network, row} = await compressAndMeasure(bench, compression);
        disposeNetwork(network);
        rows.push(row);
        onProgress?.(++done, total, `${id}, ${row.form}`);
      }
    } finally {
      closeWorkbench(bench);
    }
  }
  return rows;
}
