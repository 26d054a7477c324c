// The kernels, one module. It lives in the memory of tfjs's wasm backend: no static data, no allocation, addresses only.

export {
  addMoments, batchNormApply, batchNormFactors, batchNormStatistics, gradientApply, gradientFactors, gradientTotals, momentsToStatistics,
} from "./batchNorm";
export {neuronForward, neuronBackward} from "./neuron";
export {packSpikes} from "./bits";
export {hammingDistances} from "./hamming";
export {filterGradientSpikes, filterGradientDense} from "./filterGradient";
export {blockFilters, columnFilters, unblockFilters} from "./filters";
export {eventScratchBytes, spikeConvEvents} from "./events";
export {filterGradientEvents} from "./eventGradient";
export {spikeConvWindows, windowTableBytes} from "./windows";
export {neuronBits, neuronBitsBackward} from "./neuronBits";
export {addFloats, clear, sumRepeats} from "./repeat";
export {avgPool, avgPool3} from "./pool";
export {poolBits, poolGradient} from "./poolBits";
export {winograd, winogradScratchBytes} from "./winograd";
export {winogradFilter, winogradFilterBytes} from "./winogradFilter";
export {pointwise, pointwiseFilter} from "./pointwise";
export {matMul, matMulScratchBytes} from "./matMul";
export {adamStep, sgdStep} from "./optimiser";
export {fourierLine} from "./fourierLine";
export {fourierForwardBack, fourierRows, fourierRowsBack} from "./fourierRows";
export {fourierFilterColumns, fourierFilterColumnsBack, fourierPanels, fourierUnpanel} from "./fourierFilters";
export {fourierSpikeColumns, spikeLines, spikeTables} from "./fourierSpikes";
export {fourierColumns, fourierColumnsBack} from "./fourierColumns";
export {fourierFilterProducts, fourierProducts} from "./fourierProducts";
