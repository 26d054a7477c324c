// What training minimises besides its objective: a weight times a function of the forward result and the network.
//
//   l2           Σ p², over the parameters of some roles: weight decay as a part of the loss, which AdamW's is not (arXiv 1711.05101)
//   logits       mean_b Σ_c z_c², the logit penalty (arXiv 2010.16402): small outputs, which votes of spikes need
//   memory       bits of the weights, on average over what is searched (expectedCost.ts), as a fraction of the network's at 4 bits,
//                or as they are
//   bitSynOps    bit operations of an image, on average over what is searched, as a fraction of those at 4 bits and all T timesteps,
//                or as they are; summed over the batch, as LitE-SNN's code has it, where that is said
//   the others   of activations: activityTerms.ts, regularisers.ts

import type {ActivationSide, ForwardResult} from "../networks/forward.js";
import type {Network} from "../networks/parameters.js";
import {addN, scalar, type Scalar, type Tensor} from "../tf.js";
import {activityTerm, sideOf} from "./activityTerms.js";
import {bitSynOpsCost, memoryCost} from "./expectedCost.js";
import type {ActivityOptions, ActivityTermName, TermName, TermOf, TermOptions} from "./lossSpec.js";
import {timestepWeights} from "./objective.js";
import {rolesOf} from "./parameterRoles.js";
import {REGULARISERS} from "./regularisers.js";
import type {Role} from "./roles.js";

export type Term = {
  readonly name: string;
  readonly weight: number;
  /** A scalar, before the weight; the network with the parameters that are differentiated. */
  readonly value: (result: ForwardResult, network: Network) => Scalar;
  /** The activations that it reads in the result. */
  readonly reads?: ActivationSide;
  /** Whether it reads how many spikes there were (`counts` of the result). */
  readonly counts?: boolean;
};

const WEIGHTS: readonly Role[] = ["conv", "linear"];

type Value<K extends TermName> = (options: TermOptions[K]) => (result: ForwardResult, network: Network) => Scalar;

/** Whether a term is on activations. */
const isOfActivations = (name: TermName): name is ActivityTermName => Object.hasOwn(REGULARISERS, name);

const VALUES: {readonly [K in TermName]: Value<K>} = {
  l2:
    ({roles = WEIGHTS}) =>
    (_result, network) => {
      const chosen = [...rolesOf(network)].filter(([, role]) => roles.includes(role));
      const squares = chosen.map(([name]): Tensor => network.parameters[name]!.square().sum());
      return (squares.length ? addN(squares) : scalar(0)) as Scalar;
    },

  logits:
    () =>
    ({logits}) =>
      logits.square().sum(1).mean(),

  activityL1: activityTerm("activityL1"),
  activityL2: activityTerm("activityL2"),
  hoyerSquare: activityTerm("hoyerSquare"),
  hoyerRatio: activityTerm("hoyerRatio"),
  activityL0: activityTerm("activityL0"),
  activityLp: activityTerm("activityLp"),
  activityPush: activityTerm("activityPush"),

  memory:
    ({unit = "fraction", counting}) =>
    (_result, network) => {
      const cost = memoryCost(network, counting);
      return unit === "fraction" ? cost.bits.div(cost.unit) : cost.bits;
    },

  bitSynOps:
    ({unit = "fraction", batch = "mean"}) =>
    ({logits, counts}, network) => {
      const B = logits.shape[0];
      const p = timestepWeights(network, network.graph.T);
      const cost = bitSynOpsCost(network, counts, {B, p});
      const value: Scalar = unit === "fraction" ? cost.operations.div(cost.unit || 1) : cost.operations;
      return batch === "mean" ? value : value.mul(B);
    },
};

/** The function of a named term. */
export function termOf<K extends TermName>(spec: TermOf<K>): Term {
  const value: Value<K> = VALUES[spec.name];
  const {name, weight} = spec;
  return {
    name,
    weight,
    value: value(spec),
    counts: name === "bitSynOps",
    ...(isOfActivations(name) && {reads: sideOf(name, spec as ActivityOptions)}),
  };
}
