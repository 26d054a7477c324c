// What a parameter is for: optimisers, passes and terms choose parameters by role.

import {checkName} from "../check.js";
import {type Network, type ParameterShape, parameterShapes} from "../networks/parameters.js";

export type Role = ParameterShape["role"];

/** Every role and what has it. */
export const ROLES: Readonly<Record<Role, string>> = {
  conv: "filters of convolutions",
  gamma: "scales of batch normalisations",
  beta: "shifts of batch normalisations",
  linear: "weights of linear layers",
  bias: "biases of linear layers",
  plif: "learnt parameters of neurons",
};

export const checkRoles = (what: string, roles: readonly string[]): void =>
  roles.forEach((role) => void checkName(what, role, ROLES));

/** A network's plain description. */
type Described = Network["architecture"];
const known = new WeakMap<Described, ReadonlyMap<string, Role>>();

/** The role of each parameter, by name and in order of computation. */
export function rolesOf({architecture}: {readonly architecture: Described}): ReadonlyMap<string, Role> {
  let roles = known.get(architecture);
  if (!roles) {
    roles = new Map(parameterShapes(architecture).map(({name, role}) => [name, role]));
    known.set(architecture, roles);
  }
  return roles;
}
