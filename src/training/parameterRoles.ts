// The roles of a network's parameters.

import type {Graph} from "../graphs/graph.js";
import {type Network, parameterShapes} from "../networks/parameters.js";
import type {Role} from "./roles.js";

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
