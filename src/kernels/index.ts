// The definitions of `layers` and `neurons`, at the speed that the backend in use allows: same values, same gradients.

export {startBackend, useBackend} from "./backend.js";
export {batchNormEvaluate, batchNormTrain} from "./batchNorm.js";
export {neuron, spikesOverTime, type SpikesOverTime} from "./neuron.js";
export {installKernels} from "./install.js";
export {kernelReport, type KernelReport} from "./report.js";
export {conv2d, type ConvOptions} from "./conv2d.js";
export {normalisedSum, type NormalisedSum, type Term} from "./normalisedSum.js";
export {adamStep, sgdStep} from "./optimiser.js";
export {updateRunning} from "./runningStatistics.js";
export type {PooledNorm, Consumer, Statistics} from "./consumers.js";
export {type NormBefore, spiking, type SpikingLayer, type SpikingResult} from "./spiking.js";
export {avgPool, avgPool3} from "./pool.js";
export {withSpikeTrain, type OnSpikes, type SpikeTrain} from "./spikeTrain.js";
export {type Distances, hammingDefinition, hammingDistances} from "./hamming.js";
