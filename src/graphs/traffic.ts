// Bytes that one inference moves between memory and arithmetic, at 32 bits a number but for weights that say another precision.
//
//   weights       one read for each operation                                  4·(macs + acs)
//   activations   one read for each multiply-accumulate, one write a value     4·macs + Σ_t values
//   state         a read and a write for each accumulate, which goes to its target's potential, and for each neuron's state a
//                 timestep                                                     2·4·acs + 2·T·state
//
// Sums of multiply-accumulates stay in registers, spikes are bits and not counted, and nothing is reused or cached: bounds from
// above, of both kinds of network alike.

import {constantNodes} from "./constant.js";
import {activationBytes, FLOAT_BYTES, numberNodes, stateBytes, weightBytes} from "./cost.js";
import {type Graph, sizeOf} from "./graph.js";

/** A memory's content in bytes, and the bytes that an inference moves in and out of it. */
export type Store = {readonly size: number; readonly moved: number};
export type Traffic = {readonly weights: Store; readonly activations: Store; readonly state: Store};

/** Bytes of values that are written as numbers in one inference; once of what does not change over T. */
function writtenBytes(graph: Graph): number {
  const constant = constantNodes(graph);
  const times = (id: string): number => (constant.has(id) ? 1 : graph.T);
  return numberNodes(graph).reduce((sum, {id, shape}) => sum + FLOAT_BYTES * sizeOf(shape) * times(id), 0);
}

/** The traffic of so many operations. */
export function trafficOf(graph: Graph, {macs, acs}: {readonly macs: number; readonly acs: number}): Traffic {
  const states = stateBytes(graph);
  return {
    weights: {size: weightBytes(graph), moved: FLOAT_BYTES * (macs + acs)},
    activations: {size: activationBytes(graph), moved: FLOAT_BYTES * macs + writtenBytes(graph)},
    state: {size: states, moved: 2 * FLOAT_BYTES * acs + 2 * graph.T * states},
  };
}
