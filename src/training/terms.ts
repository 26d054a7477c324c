// What training minimises besides its objective: a weight times a function of the forward result and the network.
//
//   l2       Σ p², over the parameters of some roles: weight decay as a part of the loss, which AdamW's is not (arXiv 1711.05101)
//   logits   mean_b Σ_c z_c², the logit penalty (arXiv 2010.16402): small outputs, which votes of spikes need
//
// A term on spikes needs a firing rate in the forward result that can be differentiated; it is then one more entry.

import type {ForwardResult} from "../networks/forward.js";
import type {Network} from "../networks/parameters.js";
import {addN, scalar, type Scalar, type Tensor} from "../tf.js";
import type {TermName, TermOf, TermOptions} from "./lossSpec.js";
import {rolesOf} from "./parameterRoles.js";
import type {Role} from "./roles.js";

export type Term = {
  readonly name: string;
  readonly weight: number;
  /** A scalar, before the weight; the network with the parameters that are differentiated. */
  readonly value: (result: ForwardResult, network: Network) => Scalar;
};

const WEIGHTS: readonly Role[] = ["conv", "linear"];

type Value<K extends TermName> = (options: TermOptions[K]) => (result: ForwardResult, network: Network) => Scalar;

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
};

/** The function of a named term. */
export function termOf<K extends TermName>(spec: TermOf<K>): Term {
  const value: Value<K> = VALUES[spec.name];
  return {name: spec.name, weight: spec.weight, value: value(spec)};
}
