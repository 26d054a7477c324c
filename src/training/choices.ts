// What a network that is being searched leans to: the weights of its choices, as plain numbers.

import {choiceWeights} from "../layers/mix.js";
import type {Network} from "../networks/parameters.js";
import {type Tensor1D, tidy} from "../tf.js";
import {rolesOf} from "./parameterRoles.js";
import type {Role} from "./roles.js";

/** Roles of the parameters whose softmax weighs choices. */
export const CHOICE_ROLES: readonly Role[] = ["mixture", "bits", "timesteps"];

/** The weights of every choice, which sum to 1, by parameter; empty where nothing is searched. */
export function choicesOfNetwork(network: Network): Record<string, number[]> {
  const searched = [...rolesOf(network)].filter(([, role]) => CHOICE_ROLES.includes(role));
  const weightsOf = (name: string): number[] =>
    tidy(() => [...choiceWeights(network.parameters[name] as Tensor1D).dataSync()]);
  return Object.fromEntries(searched.map(([name]) => [name, weightsOf(name)]));
}
