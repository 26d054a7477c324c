// Energy of one inference, estimated from operation counts.
//
//   E = E_MAC · macs + E_AC · acs                              arithmetic alone
//       + Σ_m e(size_m) · moved_m                              `memory`: weights, activations and state (graphs/traffic.ts)
//
// A layer whose input is binary adds without multiplying, so its operations count as acs; every other layer's count as macs.
// e(size): the energy of a byte in the smallest memory of 45 nm that holds a store of that size. Leakage and control are in no
// estimate. A number without its estimator's name means nothing, so the two travel together; a record keeps the estimate of every
// entry of this table.
//
// The ANN that matches a spiking network of T timesteps has its shape, and activations of b = ⌈log2(T + 1)⌉ bits: as many levels as
// a neuron has spike counts. A product with b bits is b additions at the most, so there
//
//   E_ANN = E_MAC · macs of the stem + min(E_MAC, b · E_AC) · other macs
//
// The spiking network breaks even at the firing rate at which its own energy is that one: b/T where every neuron has as many
// targets, nothing is padded and a multiplication costs more than b additions.

import {check} from "../check.js";
import {constantNodes} from "../graphs/constant.js";
import {macsOf, macsOfNode, worstCaseAcs} from "../graphs/cost.js";
import type {Graph} from "../graphs/graph.js";
import {weightedNodes} from "../graphs/populations.js";
import {type Store, type Traffic, trafficOf} from "../graphs/traffic.js";

export type Estimator = {
  /** Stands beside every number that it made. */
  readonly name: string;
  /** Energy of one multiply-accumulate, in pJ; 0 where nothing multiplies. */
  readonly macPJ: number;
  /** Energy of one accumulate, in pJ. */
  readonly acPJ: number;
  /** Whether memory traffic is in it. */
  readonly memory?: true;
};

/** 32-bit floating point in 45 nm: multiplication 3.7 pJ, addition 0.9 pJ (M. Horowitz, ISSCC 2014). */
export const HOROWITZ_45NM: Estimator = {name: "45 nm fp32, MAC 4.6 pJ, AC 0.9 pJ", macPJ: 4.6, acPJ: 0.9};

/** 8-bit integers in 45 nm: multiplication 0.2 pJ, addition 0.03 pJ (ibid.). */
const HOROWITZ_45NM_INT8: Estimator = {name: "45 nm int8, MAC 0.23 pJ, AC 0.03 pJ", macPJ: 0.23, acPJ: 0.03};

/** The same arithmetic in 32 bits, and the memories below. */
const HOROWITZ_45NM_MEMORY: Estimator = {
  name: "45 nm fp32, MAC 4.6 pJ, AC 0.9 pJ, with memory traffic",
  macPJ: 4.6,
  acPJ: 0.9,
  memory: true,
};

/** Loihi's least energy of a synaptic operation (M. Davies et al., IEEE Micro 38, 2018); it has no analog stem to price. */
const LOIHI: Estimator = {name: "Loihi, 23.6 pJ per synaptic operation, stem not counted", macPJ: 0, acPJ: 23.6};

/** By the key under which a record keeps an estimate. */
export const ESTIMATORS = {
  fp32: HOROWITZ_45NM,
  int8: HOROWITZ_45NM_INT8,
  memory: HOROWITZ_45NM_MEMORY,
  loihi: LOIHI,
} as const satisfies Readonly<Record<string, Estimator>>;
export type EstimatorName = keyof typeof ESTIMATORS;

/** Memories of 45 nm, 64 bits an access (Horowitz, ibid.): SRAM of 8 KB 10 pJ, 32 KB 20 pJ, 1 MB 100 pJ; DRAM 1.3 nJ at the least. */
export const MEMORIES: readonly {readonly bytes: number; readonly accessPJ: number}[] = [
  {bytes: 8 * 2 ** 10, accessPJ: 10},
  {bytes: 32 * 2 ** 10, accessPJ: 20},
  {bytes: 2 ** 20, accessPJ: 100},
  {bytes: Infinity, accessPJ: 1300},
];
const ACCESS_BYTES = 8;

/** e(size) in pJ. */
export const bytePJ = (size: number): number => MEMORIES.find(({bytes}) => size <= bytes)!.accessPJ / ACCESS_BYTES;

/** Operations of one inference, and the traffic that an estimate with memory needs. */
export type Operations = {readonly macs: number; readonly acs: number; readonly traffic?: Traffic};

export type Energy = {
  readonly pJ: number;
  /** The name of the estimator. */
  readonly estimator: string;
};

const storePJ = ({size, moved}: Store): number => bytePJ(size) * moved;
const trafficPJ = ({weights, activations, state}: Traffic): number =>
  storePJ(weights) + storePJ(activations) + storePJ(state);

/** The energy of these operations. */
export function energyOf({macs, acs, traffic}: Operations, estimator: Estimator = HOROWITZ_45NM): Energy {
  check("macs", macs, Number.isFinite(macs) && macs >= 0, "a number >= 0");
  check("acs", acs, Number.isFinite(acs) && acs >= 0, "a number >= 0");
  if (estimator.memory) check("traffic", traffic, traffic !== undefined, `bytes, which "${estimator.name}" prices`);
  const arithmetic = estimator.macPJ * macs + estimator.acPJ * acs;
  return {pJ: arithmetic + (estimator.memory ? trafficPJ(traffic!) : 0), estimator: estimator.name};
}

/** The energy of these operations by every estimator. */
export const energiesOf = (operations: Operations): Record<EstimatorName, Energy> =>
  Object.fromEntries(
    Object.entries(ESTIMATORS).map(([key, estimator]) => [key, energyOf(operations, estimator)]),
  ) as Record<EstimatorName, Energy>;

/** The operations of a graph that accumulates so often, with their traffic; `macs`: those of its analog values unless given. */
export function operationsOf(
  graph: Graph,
  {macs = macsOf(graph), acs}: {readonly macs?: number; readonly acs: number},
): Operations {
  return {macs, acs, traffic: trafficOf(graph, {macs, acs})};
}

export type MatchedAnn = Energy & {
  /** b, of its activations. */
  readonly bits: number;
  /** The firing rate at which the spiking network takes as much: the mean over synapses; 0 where it cannot. */
  readonly breakEvenRate: number;
};

/** b = ⌈log2(T + 1)⌉. */
export const matchedBits = (T: number): number => Math.ceil(Math.log2(T + 1));

/** A b-bit ANN's traffic: weights as they are, narrower activations, no state. */
function annTraffic(graph: Graph, macs: number, bits: number): Traffic {
  const {weights, activations} = trafficOf({...graph, T: 1}, {macs, acs: 0});
  const narrow = ({size, moved}: Store): Store => ({size: (size * bits) / 32, moved: (moved * bits) / 32});
  return {weights, activations: narrow(activations), state: {size: 0, moved: 0}};
}

/** The ANN that matches a spiking graph, of which no value is skipped. */
export function matchedAnn(graph: Graph, estimator: Estimator = HOROWITZ_45NM): MatchedAnn {
  const constant = constantNodes(graph);
  const macsIn = (stem: boolean): number =>
    weightedNodes(graph).reduce((sum, node) => (constant.has(node.id) === stem ? sum + macsOfNode(graph, node) : sum), 0); // prettier-ignore
  const bits = matchedBits(graph.T);
  const {macPJ, acPJ, name} = estimator;
  const productPJ = macPJ > 0 ? Math.min(macPJ, bits * acPJ) : bits * acPJ;
  const [stem, others] = [macsIn(true), macsIn(false)];
  const moved = estimator.memory ? trafficPJ(annTraffic(graph, stem + others, bits)) : 0;
  const pJ = macPJ * stem + productPJ * others + moved;
  const most = worstCaseAcs(graph);
  const [least, full] = [0, most].map((acs) => energyOf(operationsOf(graph, {acs}), estimator).pJ) as [number, number];
  return {pJ, bits, breakEvenRate: most > 0 ? Math.max(0, (pJ - least) / (full - least)) : 0, estimator: name};
}
