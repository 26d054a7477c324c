// What training minimises besides its objective: a weight times a function of the forward result and the network.
//
//   l2       Σ p², over the parameters of some roles: weight decay as a part of the loss, which AdamW's is not (arXiv 1711.05101)
//   logits   mean_b Σ_c z_c², the logit penalty (arXiv 2010.16402): small outputs, which votes of spikes need
//
// A term on spikes needs a firing rate in the forward result that can be differentiated; it is then one more entry.

import {checkAbove, checkName, checkOptions} from "../check.js";
import type {ForwardResult} from "../networks/forward.js";
import type {Network} from "../networks/parameters.js";
import {addN, scalar, type Scalar, type Tensor} from "../tf.js";
import {checkRoles, type Role, rolesOf} from "./roles.js";

export type Term = {
  readonly name: string;
  readonly weight: number;
  /** A scalar, before the weight; the network with the parameters that are differentiated. */
  readonly value: (result: ForwardResult, network: Network) => Scalar;
};

type Options = {
  readonly l2: {
    /** Whose parameters; filters and linear weights by default. */
    readonly roles?: readonly Role[];
  };
  readonly logits: object;
};
export type TermName = keyof Options;
type SpecOf<K extends TermName> = {[P in K]: {readonly name: P; readonly weight: number} & Options[P]}[K];
/** A named term with its weight, as plain data. */
export type TermSpec = SpecOf<TermName>;

type Entry<K extends TermName> = {
  /** In captions and reports. */
  readonly title: string;
  readonly options: {readonly [O in keyof Options[K]]-?: (value: NonNullable<Options[K][O]>) => unknown};
  readonly value: (options: Options[K]) => (result: ForwardResult, network: Network) => Scalar;
};

const WEIGHTS: readonly Role[] = ["conv", "linear"];

export const TERMS: {readonly [K in TermName]: Entry<K>} = {
  l2: {
    title: "sum of squared weights",
    options: {roles: (roles) => checkRoles("role", roles)},
    value:
      ({roles = WEIGHTS}) =>
      (_result, network) => {
        const chosen = [...rolesOf(network)].filter(([, role]) => roles.includes(role));
        const squares = chosen.map(([name]): Tensor => network.parameters[name]!.square().sum());
        return (squares.length ? addN(squares) : scalar(0)) as Scalar;
      },
  },
  logits: {
    title: "sum of squared logits",
    options: {},
    value:
      () =>
      ({logits}) =>
        logits.square().sum(1).mean(),
  },
};

/** Throws unless the data name a term with options that it has. */
export function checkTerm(spec: TermSpec): void {
  const {name, weight, ...options} = spec;
  const checks: Readonly<Record<string, (value: never) => unknown>> = TERMS[checkName("term", name, TERMS)].options;
  checkAbove(`weight of ${name}`, weight);
  checkOptions(name, options, Object.keys(checks));
  for (const [option, value] of Object.entries(options)) checks[option]!(value as never);
}

/** The function of a named term. */
export function termOf<K extends TermName>(spec: SpecOf<K>): Term {
  const entry: Entry<K> = TERMS[spec.name];
  return {name: spec.name, weight: spec.weight, value: entry.value(spec)};
}
