// Every figure of src/plots, drawn from made-up records with fixed values: what snapshots-test.ts compares and judges.

import {join} from "node:path";
import {
  accuracyOverTimeFigure,
  accuracySparsityFigure,
  activityEnergyFigure,
  layerActivityFigure,
  macsSynOpsFigure,
} from "../../src/plots/activityRegularization.js";
import {recordOf} from "../records/record.js";
import {convNet} from "../../src/architectures/convNet.js";
import {neuronOf} from "../../src/graphs/neuron.js";
import {budgetCurve} from "../../src/analysis/budgetCurve.js";
import type {PredictorRow} from "../../src/analysis/predictorCurve.js";
import {tradeoff} from "../../src/analysis/tradeoff.js";
import type {TruthRow} from "../../src/analysis/truthTable.js";
import {snasnet} from "../../src/architectures/architecture.js";
import {parseCell} from "../../src/architectures/cell.js";
import {spikenasBenchOps} from "../../src/architectures/spikenasBench.js";
import type {Dataset} from "../../src/datasets/dataset.js";
import type {BenchNetwork} from "../../src/datasets/spikenasBench.js";
import {activityFrontFigure, frontFigure} from "../../src/plots/activityFront.js";
import {firingRatesFigure} from "../../src/plots/activity.js";
import {convEdgesFigure, operationFigure} from "../../src/plots/benchTables.js";
import {budgetCurveFigure} from "../../src/plots/budgetCurve.js";
import {cellFigure} from "../../src/plots/cellGraph.js";
import {networkFigure} from "../../src/plots/networkGraph.js";
import {differenceFigure, measureFigure, memoryFigure, receptiveFieldFigure} from "../../src/plots/comparison.js";
import {compressionFigure, sensitivityFigure} from "../../src/plots/compression.js";
import {conversionFigure} from "../../src/plots/conversion.js";
import {confusionFigure} from "../../src/plots/confusion.js";
import {contactSheetFigure} from "../../src/plots/contactSheet.js";
import {trainingCurveFigure} from "../../src/plots/curves.js";
import type {Figure} from "../../src/plots/figure.js";
import {membraneFigure, potentialsOf} from "../../src/plots/membrane.js";
import {encodingFigure, firingRateCurveFigure, surrogateFigure} from "../../src/plots/neuronPlots.js";
import {predictorFigure} from "../../src/plots/predictor.js";
import {rasterFigure} from "../../src/plots/raster.js";
import {scoreNoiseFigure} from "../../src/plots/scoreNoise.js";
import {memoryGateFigure, scoreMemoryFigure, searchHistoryFigure} from "../../src/plots/search.js";
import {searchRaceFigure} from "../../src/plots/searchRace.js";
import {selectionFigure} from "../../src/plots/selection.js";
import {setMemoryFigure} from "../../src/plots/setMemory.js";
import {speedUpFigure} from "../../src/plots/speedup.js";
import {tradeoffFigure} from "../../src/plots/tradeoff.js";
import {truthFigure} from "../../src/plots/truthTable.js";
import type {Comparison} from "../../src/records/comparison.js";
import type {ConversionRecord} from "../../src/records/conversion.js";
import {
  bitsByEpochFigure,
  bitsByPartFigure,
  compressionFrontFigure,
  timestepsByEpochFigure,
} from "../../src/plots/searched.js";
import {COMPCONV} from "../../src/architectures/weightPlan.js";
import {recipe} from "../../src/training/recipe.js";
import type {RaceTrace} from "../../src/records/race.js";
import type {ScoreRecord} from "../../src/records/score.js";
import type {SearchResult} from "../../src/records/search.js";
import type {SpeedUpPair} from "../../src/records/speedup.js";
import type {TrialRecord} from "../../src/records/trial.js";
import {packageRoot} from "../../src/root.js";
import {CHOSEN_BY} from "../../src/studies/finalTraining.js";
import {readRecords} from "../../src/studies/journal.js";
import {
  KERNEL_SIZE,
  kernelAccuracyFigure,
  kernelDifferenceFigure,
  kernelEnergyFigure,
  kernelMemoryFigure,
  kernelReceptiveFieldFigure,
  kernelSynOpsFigure,
} from "../../src/studies/kernelImpact.js";
import {KERNEL_SET, WITHOUT_OP} from "../../src/studies/sampledSpaces.js";

/** Twelve trials: kernel sizes 1, 3, 5 and 7, three seeds each. */
const trials = readRecords(join(packageRoot, "test/fixtures/kernel-impact"));
const found = tradeoff(trials, {budget: {maxParams: 300_000}});

/** The same trials under another label: one value for each kernel size. */
const relabelled = (label: string, values: readonly string[]): TrialRecord[] =>
  trials.map((record) => ({...record, labels: {[label]: values[(Number(record.labels.kernelSize) - 1) / 2]!}}));

const comparison = (study: Comparison, records: readonly TrialRecord[]): Record<string, () => Figure> => ({
  [`${study.label}-accuracy`]: () => measureFigure(study, records, "accuracy"),
  [`${study.label}-difference`]: () => differenceFigure(study, records),
});

const cell = parseCell("0312 0013 0003 0000");
const image = {name: "procedural-4", procedural: true, classes: ["stripes", "discs"]} as const;
const sheet: Dataset = {
  ...image,
  sampleShape: [4, 4, 3],
  modality: "image",
  mean: [0.5, 0.5, 0.5],
  sd: [0.25, 0.25, 0.25],
  train: {samples: Uint8Array.from({length: 4 * 48}, (_, i) => (37 * i) % 256), labels: Uint8Array.of(0, 1, 0, 1)},
  test: {samples: new Uint8Array(48), labels: Uint8Array.of(1)},
  checksum: "made up",
  provenance: "made up",
};

/** Ids of the bench with made-up measurements; 0 is dead. */
const networks = [0, 1, 5, 3906, 7812, 12617, 14862, 15624].map((id, i): BenchNetwork => {
  const rate = (20 + 13 * i) / 1000;
  const test = id === 0 ? 10 : 78 + 1.7 * i - 0.3 * (i % 3);
  const validation = {10: test - 30, 20: test - 20, 40: test - 12, 60: test - 6};
  return {
    ...{id, ops: spikenasBenchOps(id), params: 17_179_620 + 738_048 * (i % 4), epochs: 100, seconds: 8000},
    ...{validation, validationFinal: test - 1, validationBest: test - 0.5, test},
    ...{firingRates: Array<number>(15).fill(rate), meanFiringRate: rate},
  };
});

const truth: readonly TruthRow[] = [
  ["params", "all", 15_284, 0.37, 0.01],
  ["longestConvPath", "all", 15_284, 0.6, 0.008],
  ["sahd", "all", 300, -0.05, 0.08],
  ["params", "top 10 %", 1_566, 0.02, 0.04],
  ["longestConvPath", "top 10 %", 1_566, 0.11, 0.03],
  ["constant", "all", 300, NaN, NaN],
  ["params, as coarse as sahd", "all, as coarse as sahd", 300, 0.3, 0.05],
].map(([score, scope, n, tau, half]) => ({
  ...{score: score as string, scope: scope as string, n: n as number, tau: tau as number},
  ...{tauLow: (tau as number) - (half as number), tauHigh: (tau as number) + (half as number)},
  ...{spearman: 1.4 * (tau as number), "regret@10": 0.8},
}));

const predictor: readonly PredictorRow[] = [
  {trained: 20, n: 10, tau: 0.46, tauLow: 0.42, tauHigh: 0.5},
  {trained: 100, n: 10, tau: 0.59, tauLow: 0.57, tauHigh: 0.61},
  {trained: 500, n: 10, tau: 0.7, tauLow: 0.69, tauHigh: 0.71},
];

const traces: readonly RaceTrace[] = ["evolution", "random"].flatMap((algorithm, a) =>
  [1, 2, 3].map((seed) => ({
    ...{algorithm, seed, spent: 10, seconds: 80_000},
    points: [1, 2, 5, 10].map((queries, i) => {
      const test = 85 + i + 0.1 * seed - 0.4 * a + 0.05 * i * seed;
      return {queries, id: 100 * seed + i, validation: test - 0.7, test};
    }),
  })),
);

const scores: readonly ScoreRecord[] = [31.5, 36.25, null, 33, 40.125].map((value, i) => ({
  ...{
    schema: 1 as const,
    id: `score${i}`,
    score: "sahd",
    seed: 1,
    repeats: 2,
    status: value === null ? ("silent" as const) : ("ok" as const),
  },
  ...{value, values: [value, value], architecture: snasnet({cell, T: 4}), architectureId: `network${i}`},
  data: {name: "procedural-16", checksum: "made up", procedural: true, batch: 32},
  ...{params: 40_000 + 15_000 * i, macs: 442_368, worstCaseAcs: 9_000_000, firingRates: {"cell1.n0": 0.1}},
  ...{backend: "wasm", version: "0.1.0", run: {seconds: 0.5}},
}));

const result = {
  ...{algorithm: "spikenas", source: "arXiv 2402.11322, a reconstruction", score: "sahd", seed: 1, repeats: 2},
  budget: {maxParams: 90_000},
  counts: {drawn: 12, refused: 4, duplicates: 3, evaluated: 5, unusable: 1, workDrawn: 1.2e8, workEvaluated: 4e7},
  scoringSeconds: 2.5,
  best: {value: 33, params: 85_000},
} as unknown as SearchResult;

const draws = (["scored", "duplicate", "refused"] as const).flatMap((fate, f) =>
  [5, 3, 4]
    .slice(f, f + 1)
    .flatMap((n) => Array.from({length: n}, (_, i) => ({fate, params: 40_000 + 30_000 * f + 9_000 * i}))),
);

const pairs: readonly SpeedUpPair[] = [1, 2, 3].map((seed) => {
  const reasons = {fewerCandidates: 5, smallerOpSet: 1 + 0.1 * seed, budgetRejections: 1.5, duplicates: 1.25, cheaperNetworks: 0.8, fewerRepeats: 2}; // prettier-ignore
  return {
    ...{...reasons, total: Object.values(reasons).reduce((a, b) => a * b, 1)},
    ...{algorithm: "spikenas", baseline: "snasnet", score: "sahd", seed, scored: 40, baselineScored: 200},
    ...{seconds: 10 + seed, baselineSeconds: 150, baselineSecondsAsPublished: 180},
    ...{found: 40 + seed, baselineFound: 41, baselineFoundWithin: 39, params: 80_000, baselineParams: 120_000},
    ...{baselineParamsWithin: 85_000, cells: "0312", baselineCells: "0333", baselineCellsWithin: "0311"},
  };
});

const activity = {
  layer: "cell1.n0",
  threshold: 1,
  spikes: [[0, 1, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], // prettier-ignore
  membranes: [[0.75, 1.5, -0.25], [1.125, 0.5, 0], [0.25, 1, 0.5], [1.0625, 2, 0.75]], // prettier-ignore
};

const evaluation = {
  ...{accuracy: 0.75, n: 20, meanFiringRate: 0.125},
  firingRates: {"cell1.n0": 0.1, reduction1: 0.2, head: 0.05},
  synOpsByLayer: {"cell1.n0": 48_000, reduction1: 21_500, head: 640},
  confusion: [[8, 2], [3, 7]], // prettier-ignore
};

const compressed = ["original", "8 bits", "mixed bits for 9000 bytes"].map((form, i) => ({
  ...{form, network: "a1b2", bits: ([32, 8, "mixed"] as const)[i]!, kept: 1, timesteps: 2, recalibrated: i > 0},
  ...{accuracy: 0.9 - 0.1 * i, accuracyLow: 0.8 - 0.1 * i, accuracyHigh: 0.95 - 0.1 * i, n: 20},
  ...{difference: -0.1 * i, differenceLow: -0.1 * i - 0.05, differenceHigh: -0.1 * i + 0.05, agreement: 1 - 0.1 * i},
  ...{weightBytes: 40_000 / 4 ** i, denseBytes: 41_000 / 4 ** i, bitmaskBytes: 41_000 / 4 ** i},
  ...{entropyBytes: 39_000 / 4 ** i, fileBytes: 39_000 / 4 ** i, synOps: 70_000, bitSynOps: 2_240_000 / 4 ** i},
}));

const curve = [1, 2, 3].map((epoch) => ({
  ...{epoch, loss: 2 / epoch, trainAccuracy: 0.2 * epoch, validationAccuracy: 0.15 * epoch},
}));

const correct = [12, 15, 60, 88, 92, 95, 96, 96];

/** A converted network over eight timesteps. */
const conversion: ConversionRecord = {
  ...{
    schema: 1,
    from: "dnn.safetensors",
    percentile: 99.9,
    balance: "thresholds",
    start: "zero",
    readout: "potentials",
  },
  ...{images: 1000, scales: {conv1: 4.5}, data: {name: "procedural-16", checksum: "0", testImages: 120}},
  dnn: {
    ...{correct: 97, accuracy: 97 / 120, macs: 1_200_000, effectiveMacs: 700_000, zeros: 0.6},
    ...{effectiveMacsByLayer: {conv1: 700_000}, zerosByLayer: {conv1: 0.6}},
  },
  snn: {
    ...{T: 8, n: 120, correct, accuracy: correct.map((count) => count / 120), neurons: {conv1: 1000}},
    ...{spikes: correct.map((_, i) => 300 * i), synOps: correct.map((_, i) => 90_000 * i)},
    ...{
      spikesByLayer: {conv1: correct.map((_, i) => 300 * i)},
      synOpsByLayer: {conv1: correct.map((_, i) => 90_000 * i)},
    },
  },
  ...{latency: 7, backend: "wasm", version: "0.0.0"},
};

const choicesOfEpoch = (epoch: number, lean: number) => {
  const towards = (share: number): number[] => [(1 + 2 * share) / 3, (1 - share) / 3, (1 - share) / 3];
  return {timesteps: towards(lean * epoch), "cell1.bits": towards(-0.2 * lean * epoch), "cell2.bits": towards(0.3 * lean * epoch)}; // prettier-ignore
};

/** Two weights of a cost, two seeds each, searched for three epochs. */
const searched: readonly TrialRecord[] = [0, 1].flatMap((lambda2) =>
  [1, 2].map((seed) => {
    const size = {input: {size: 16, channels: 3}, channels: 2, head: {hidden: 8, voters: 10, dropout: 0}};
    const curve = [0, 1, 2].map((epoch) => ({epoch: epoch + 1, loss: 2, trainAccuracy: 0.3, learningRate: 0.01, seconds: 1, choices: choicesOfEpoch(epoch, 0.1 + 0.3 * lambda2)})); // prettier-ignore
    return recordOf({
      ...{id: `${lambda2} ${seed}`, labels: {costs: `λ2 ${lambda2}`, lambda2}, seed, bitSynOps: 9e5 - 4e5 * lambda2},
      ...{testAccuracy: 0.5 - 0.1 * lambda2 + 0.02 * seed, weightBytes: 4000 - 900 * lambda2 + seed},
      architecture: snasnet({...size, T: 3 - lambda2, weights: {...COMPCONV, bits: 4, parts: {cell1: {bits: 2}, cell2: {bits: seed}}}}), // prettier-ignore
      search: {
        ...{architecture: snasnet({...size, T: 3, searchesT: true, weights: COMPCONV}), recipe: recipe({epochs: 3})},
        ...{weights: curve.at(-1)!.choices, curve, validation: {searched: 0.5, decided: 0.4}},
      },
    });
  }),
);

/** What is drawn without records: their captions name no data set and no n. */
export const WITHOUT_RECORDS: readonly string[] = [
  "cell",
  "encoding",
  "firing-rate-curve",
  "membrane",
  "network-graph",
  "surrogate",
];

/** Drawn from records that hold no name of a data set. */
export const WITHOUT_DATA: readonly string[] = ["speed-up"];

/** Exports of src/plots that only hand on to a figure that has its own snapshot, or draw none themselves. */
export const NOT_DRAWN: readonly string[] = ["isFigure", "readFigure", "saveFigure"];

/** DNNs with converted networks, and networks trained as spiking ones, of two regularisers, two λ and two seeds. */
const regularised = (["DNN", "SNN"] as const).flatMap((network) =>
  [
    ["none", 0],
    ["L1", 0.05],
    ["L1", 0.15],
    ["Hoyer-square", 0.05],
    ["Hoyer-square", 0.15],
  ].flatMap(([regulariser, lambda], i) =>
    [1, 2].map((seed): TrialRecord => {
      const synOps = [1, 2, 3, 4].map((t) => 40000 * t * (1 - i / 20));
      const changes = {
        labels: {network, regulariser: regulariser!, lambda: lambda!},
        seed,
        testAccuracy: 0.7 - 0.02 * i + 0.01 * seed,
      };
      const net = convNet({input: {size: 16, channels: 3}, neuron: network === "DNN" ? null : neuronOf("lif"), T: 3});
      if (network === "SNN")
        return recordOf({
          ...changes,
          architecture: net,
          synOps: 60000 - 4000 * i,
          firingRates: {conv1: 0.1, conv3: 0.2, fc5: 0.3 - i / 20},
        });
      return recordOf({
        ...{...changes, architecture: net, zeros: 0.5 + 0.05 * i, effectiveMacs: 190000 - 9000 * i},
        zerosByLayer: {conv1: 0.5, conv3: 0.6, fc5: 0.4 + i / 20},
        effectiveMacsByLayer: {"conv1.conv": 100000, "conv3.conv": 80000 - 9000 * i, "fc5.linear": 10000},
        conversion: {
          ...{
            T: 4,
            percentile: 99.9,
            images: 50,
            testImages: 40,
            dnnAccuracy: 0.7,
            accuracy: [0.1, 0.4, 0.68 - i / 50, 0.7 - i / 50],
            synOps,
          },
          ...{
            latency: 3,
            latencyAccuracy: 0.69 - i / 50,
            latencySynOps: synOps[2]!,
            firingRates: {conv1: 0.05, conv3: 0.06, fc5: 0.04},
          },
          latencyEnergies: {fp32: {pJ: 500000 - 10000 * i, estimator: "45 nm fp32, MAC 4.6 pJ, AC 0.9 pJ"}},
        },
      });
    }),
  ),
);

export const CASES: Readonly<Record<string, () => Figure>> = {
  "activity-sparsity": () => accuracySparsityFigure(regularised),
  "activity-operations": () => macsSynOpsFigure(regularised),
  "activity-energy": () => activityEnergyFigure(regularised),
  "activity-layers": () => layerActivityFigure(regularised),
  "activity-time": () => accuracyOverTimeFigure(regularised),
  activity: () => firingRatesFigure(evaluation, {of: "20 test images of procedural-4"}),
  "activity-front": () => activityFrontFigure(networks),
  "bench-convolutions": () =>
    convEdgesFigure([
      {convEdges: 0, params: 17_179_620, networks: 64, mean: 62.25, best: 81.875, meanFiringRate: 0.0672},
      {convEdges: 1, params: 17_917_668, networks: 576, mean: 72.81, best: 87.28, meanFiringRate: 0.0761},
      {convEdges: 2, params: 18_655_716, networks: 2_160, mean: 80.54, best: 88.78, meanFiringRate: 0.0858},
    ]),
  "bench-front": () => frontFigure(networks.slice(3, 6), 15_284),
  "bench-operations": () =>
    operationFigure([
      {without: "", networks: 15_284, mean: 86.93, best: 89.3},
      {without: "zeroize", networks: 4_096, mean: 87.53, best: 89.21},
      {without: "skip and conv1 and conv3", networks: 64, mean: 87.17, best: 88.27},
    ]),
  conversion: () => conversionFigure(conversion),
  "budget-curve": () => budgetCurveFigure(budgetCurve(trials), trials),
  "network-graph": () =>
    networkFigure(snasnet({cell: parseCell("0303 0030 2002 0200"), cellCount: 1, channels: 4}), {title: "Feedback"}),
  cell: () => cellFigure([cell, parseCell("0303 0030 2002 0200")], {title: "Two cells"}),
  compression: () => compressionFigure(compressed, {of: "20 test images of procedural-4."}),
  sensitivity: () =>
    sensitivityFigure(
      ["stem.conv", "fc1"].flatMap(
        (layer, l) =>
        [8, 2, 1].map((bits) => ({layer, bits, bytes: 40 * bits, loss: 1, accuracy: 0.9 - 0.1 * l - 0.05 * (8 - bits), n: 20})), // prettier-ignore
      ),
      {of: "procedural-4."},
    ),
  confusion: () => confusionFigure(evaluation, image.classes, {of: "test images of procedural-4"}),
  "contact-sheet": () => contactSheetFigure(sheet, {columns: 2}),
  encoding: () =>
    encodingFigure([0, 0.5, 1], {rate: [[0, 1, 1], [0, 0, 1]], latency: [[0, 0, 1], [0, 1, 0]]}), // prettier-ignore
  "firing-rate-curve": () =>
    firingRateCurveFigure(
      [0.5, 1, 1.5],
      {simulated: [0, 0.332, 0.5], closedForm: [0, 1 / 3, 0.5]},
      {of: "LIF, τ = 4/3."},
    ),
  "compression-front": () => compressionFrontFigure(searched, "costs"),
  "searched-bits": () => bitsByEpochFigure(searched, "costs"),
  "searched-bits-by-part": () => bitsByPartFigure(searched, "costs"),
  "searched-timesteps": () => timestepsByEpochFigure(searched, "costs"),
  "kernel-accuracy": () => kernelAccuracyFigure(trials),
  "kernel-difference": () => kernelDifferenceFigure(trials),
  "kernel-energy": () => kernelEnergyFigure(trials),
  "kernel-memory": () => kernelMemoryFigure(trials),
  "kernel-receptive-field": () => kernelReceptiveFieldFigure(trials),
  "kernel-synops": () => kernelSynOpsFigure(trials),
  "kernel-accuracy-one-seed": () => measureFigure(KERNEL_SIZE, trials.filter(({seed}) => seed === 1), "accuracy"), // prettier-ignore
  membrane: () => membraneFigure(potentialsOf(activity, [0, 1]), {of: "Two neurons."}),
  "membrane-soft": () => membraneFigure(potentialsOf(activity, [1], "soft"), {of: "procedural-4, n = 1 image."}),
  predictor: () => predictorFigure(predictor, truth),
  raster: () => rasterFigure([activity, {...activity, layer: "head"}], {neurons: 2, of: "one image of procedural-4"}),
  "receptive-field": () => receptiveFieldFigure(KERNEL_SIZE, trials.slice(0, 4)),
  "sampled-memory": () => memoryFigure(WITHOUT_OP, relabelled("without", ["none", "skip", "conv1", "conv3"])),
  "sampled-synops": () => measureFigure(KERNEL_SET, relabelled("kernels", ["1+3", "1", "3", "1+3+5"]), "synOps"),
  "sampled-energy": () => measureFigure(KERNEL_SET, relabelled("kernels", ["1+3", "1", "3", "1+3+5"]), "energy"),
  ...comparison(WITHOUT_OP, relabelled("without", ["none", "skip", "conv1", "conv3"])),
  ...comparison(KERNEL_SET, relabelled("kernels", ["1+3", "1", "3", "1+3+5"])),
  ...comparison(CHOSEN_BY, relabelled("chosenBy", ["a blind draw", "spikenas by sahd", "snasnet by sahd", "spikernel by sahd, 300 kB"])), // prettier-ignore
  "score-noise": () => scoreNoiseFigure("sahd", [[3, 3.5, 3.25], [1, 1.5, 1.125], [2, 2.25, 2.75]]), // prettier-ignore
  "search-gate": () => memoryGateFigure(draws, result),
  "search-history": () => searchHistoryFigure(scores, result),
  "search-memory": () => scoreMemoryFigure(scores, result),
  "epoch-race": () =>
    searchRaceFigure(
      traces.map(({points, ...trace}) => ({...trace, points: points.map(({queries, ...point}) => ({...point, epochs: 100 * queries}))})), // prettier-ignore
      {unit: "epochs", best: 89.3},
    ),
  "search-race": () => searchRaceFigure(traces, {titles: {evolution: "regularised evolution"}, best: 89.3, bestByValidation: 88.9}), // prettier-ignore
  selection: () => selectionFigure(found, trials),
  "set-memory": () =>
    setMemoryFigure([{set: [1, 3], params: [0.1, 0.25, 0.5]}, {set: [3, 5], params: [0.25, 0.5, 1]}], 0.3), // prettier-ignore
  "speed-up": () => speedUpFigure(pairs),
  surrogate: () =>
    surrogateFigure([
      {name: "atan α = 2", x: [-1, 0, 1], step: [0.0985, 0.5, 0.9015], derivative: [0.092, 1, 0.092]},
      {name: "triangular α = 1", x: [-1, 0, 1], step: [0, 0.5, 1], derivative: [0, 1, 0]},
    ]),
  "tradeoff-energy": () => tradeoffFigure(found, trials, {cost: "energy"}),
  "tradeoff-memory": () => tradeoffFigure(found, trials, {maxParams: 300_000}),
  "tradeoff-work": () => tradeoffFigure(found, trials, {cost: "work", by: "kernelSize"}),
  "training-curve": () => trainingCurveFigure(curve, {chance: 0.5, of: "procedural-4, n = 12 images."}),
  truth: () => truthFigure(truth, {what: "networks of SpikeNAS-Bench"}),
};
