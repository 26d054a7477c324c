// The kernels, one module. It lives in the memory of tfjs's wasm backend: no static data, no allocation, addresses only.

export {batchNormForward, batchNormBackward, batchNormApply} from "./batchNorm";
export {neuronForward, neuronBackward} from "./neuron";
export {packSpikes} from "./bits";
export {hammingDistances} from "./hamming";
export {filterGradientSpikes, filterGradientDense} from "./filterGradient";
export {spikeConvEvents, spikeConvTable, spikeConvLookup} from "./spikeConv";
export {sumRepeats} from "./repeat";
export {avgPool3} from "./pool";
