// What a parameter is for: optimisers, passes and terms choose parameters by role.

import {checkName} from "../check.js";
import type {ParameterShape} from "../networks/parameters.js";

export type Role = ParameterShape["role"];

/** Every role and what has it. */
export const ROLES: Readonly<Record<Role, string>> = {
  conv: "filters of convolutions",
  gamma: "scales of batch normalisations",
  beta: "shifts of batch normalisations",
  linear: "weights of linear layers",
  bias: "biases of linear layers",
  neuron: "learnt parameters of neurons",
  mask: "scores of weights: which of them are kept",
  bits: "choices of how many bits weights have",
  mixture: "weights of choices, before their softmax",
  timesteps: "weights of numbers of timesteps, before their softmax",
};

export const checkRoles = (what: string, roles: readonly string[]): void =>
  roles.forEach((role) => void checkName(what, role, ROLES));
