// What a parameter is for: optimisers, passes and terms choose parameters by role.

import {checkName} from "../check.js";
import type {Graph} from "../graphs/graph.js";
import {type Network, type ParameterShape, parameterShapes} from "../networks/parameters.js";

export type Role = ParameterShape["role"];

/** Every role and what has it. */
export const ROLES: Readonly<Record<Role, string>> = {
  conv: "filters of convolutions",
  gamma: "scales of batch normalisations",
  beta: "shifts of batch normalisations",
  linear: "weights of linear layers",
  bias: "biases of linear layers",
  neuron: "learnt parameters of neurons",
};

export const checkRoles = (what: string, roles: readonly string[]): void =>
  roles.forEach((role) => void checkName(what, role, ROLES));

const known = new WeakMap<Graph, ReadonlyMap<string, Role>>();

/** The role of each parameter, by name and in order of computation. */
export function rolesOf({graph}: Pick<Network, "graph">): ReadonlyMap<string, Role> {
  let roles = known.get(graph);
  if (!roles) {
    roles = new Map(parameterShapes(graph).map(({name, role}) => [name, role]));
    known.set(graph, roles);
  }
  return roles;
}
