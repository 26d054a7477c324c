// What a described network costs: folds over its graph (graphs/cost.ts).

import type {Convention, Cost} from "../graphs/cost.js";
import * as graphs from "../graphs/cost.js";
import {graphOf, type NetworkDescription} from "./description.js";

export type {Convention, Cost} from "../graphs/cost.js";

/** Trainable parameters. */
export const paramsOf = (d: NetworkDescription): number => graphs.paramsOf(graphOf(d));

/** Parameters of all but the head: what a cell's wiring and kernels decide. */
export const paramsWithoutHead = (d: NetworkDescription): number => graphs.paramsWithoutHead(graphOf(d));

/** Bytes of all parameters at `bits` each, rounded up. */
export const weightBytes = (d: NetworkDescription, bits = 32): number => graphs.weightBytes(graphOf(d), bits);

/** Multiply-accumulates per image. */
export const macsOf = (d: NetworkDescription, convention: Convention = {}): number =>
  graphs.macsOf(graphOf(d), convention);

/** Additions per image when every neuron fires at each of the T timesteps. */
export const worstCaseAcs = (d: NetworkDescription, convention: Convention = {}): number =>
  graphs.worstCaseAcs(graphOf(d), convention);

/** Bytes kept as numbers for one image and timestep at 32 bits. */
export const activationBytes = (d: NetworkDescription): number => graphs.activationBytes(graphOf(d));

/** Bytes that one image carries from a timestep to the next at 32 bits. */
export const stateBytes = (d: NetworkDescription): number => graphs.stateBytes(graphOf(d));

/** All costs in one record. */
export const costOf = (d: NetworkDescription, options: Convention & {readonly bits?: number} = {}): Cost =>
  graphs.graphCost(graphOf(d), options);
