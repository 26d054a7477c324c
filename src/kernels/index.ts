// The definitions of `layers` and `neurons`, at the speed that the backend in use allows: same values, same gradients.

export {compositeWeights} from "../layers/compositeWeights.js";
export type {Consumer, PooledNorm, Statistics} from "../layers/consumers.js";
export type {Distances} from "../layers/hamming.js";
export type {NormalisedSum, Term} from "../layers/normalisedSum.js";
export type {OnSpikes, SpikeTrain} from "../layers/spikeTrain.js";
export type {NormBefore, SpikingLayer, SpikingResult} from "../layers/spiking.js";
export {startBackend, useBackend} from "./backend.js";
export {batchNormEvaluate, batchNormTrain} from "./batchNorm.js";
export {conv2d, type ConvOptions} from "./conv2d.js";
export {gradientWorkspace} from "./convolutions.js";
export {hammingDistances} from "./hamming.js";
export {installKernels} from "./install.js";
export {neuron, spikesOverTime, type SpikesOverTime} from "./neuron.js";
export {normalisedSum} from "./normalisedSum.js";
export {adamStep, sgdStep} from "./optimiser.js";
export {avgPool, avgPool3} from "./pool.js";
export {isLarge} from "./rematerialise.js";
export {engineToCome, kernelReport, type KernelReport} from "./report.js";
export {updateRunning} from "./runningStatistics.js";
export {withSpikeTrain} from "./spikeTrain.js";
export {spiking} from "./spiking.js";
