// What a recipe means for one network: the passes of a step, and groups of parameters with an optimiser and a schedule each.
//
// A group of the recipe is divided where passes update a part of it only, so that an optimiser's state belongs to parameters
// that move together. Roles that no pass names stay as they start.

import {invalid} from "../check.js";
import type {Network, Tensors} from "../networks/parameters.js";
import {type Loss, lossOf} from "./loss.js";
import {optimiserOf, type OptimiserSpec} from "./optimiser.js";
import type {GroupSpec, Recipe} from "./recipe.js";
import {rolesOf} from "./parameterRoles.js";
import type {Role} from "./roles.js";
import {learningRateAt} from "./schedule.js";

export type Pass = {readonly loss: Loss; readonly images: "same" | "other"};

export type Group = {
  /** Its parameters. */
  readonly names: readonly string[];
  readonly optimiser: OptimiserSpec;
  /** Largest length of its gradients; any where it is absent. */
  readonly clipNorm?: number | undefined;
  /** Learning rate at a step of the training, counted from 0. */
  readonly rateAt: (step: number) => number;
  /** The first step that moves it. */
  readonly firstStep: number;
  /** The passes that update it, by number. */
  readonly passes: readonly number[];
};

export type Plan = {
  readonly passes: readonly Pass[];
  /** First those that move as the recipe says, then its groups in their order; none is empty. */
  readonly groups: readonly Group[];
  readonly stepsPerEpoch: number;
  /** Of the whole training. */
  readonly steps: number;
};

/** The plan of `recipe` for `images` training images; `loss` replaces the recipe's. */
export function planOf(
  recipe: Recipe,
  network: Pick<Network, "graph">,
  {images, loss}: {readonly images: number; readonly loss?: Loss},
): Plan {
  const stepsPerEpoch = Math.ceil(images / recipe.batchSize);
  const steps = stepsPerEpoch * recipe.epochs;
  const specs = recipe.passes ?? [{}];
  if (loss && recipe.passes)
    throw invalid("loss", loss.objective.name, "none beside a recipe's passes, which name theirs");
  const passes = specs.map(({objective = recipe.objective, terms = recipe.terms, images = "same"}): Pass => {
    const named = {...(objective && {objective}), ...(terms && {terms})};
    return {loss: loss ?? lossOf(named), images};
  });
  const updates = ({roles}: {roles?: readonly Role[]}, role: Role): boolean => roles?.includes(role) ?? true;
  const passesOf = (role: Role): number[] => specs.flatMap((pass, i) => (updates(pass, role) ? [i] : []));
  const groups = groupsOf(recipe, rolesOf(network)).flatMap(({spec, names}) => {
    const {optimiser, weightDecay, clipNorm, startEpoch = 0, ...schedule} = {...recipe, ...spec};
    const group = {
      optimiser: optimiserOf(optimiser, weightDecay),
      clipNorm,
      rateAt: (step: number) => learningRateAt({step, steps, stepsPerEpoch}, schedule),
      firstStep: startEpoch * stepsPerEpoch,
    };
    return byPasses(names, passesOf).map((part): Group => ({...group, ...part}));
  });
  if (groups.length === 0) throw invalid("passes", recipe.passes, "passes that update a parameter of this network");
  return {passes, groups, stepsPerEpoch, steps};
}

type Names = readonly (readonly [name: string, role: Role])[];

/** The recipe's groups with their parameters: first of the roles that none names. */
function groupsOf({groups = []}: Recipe, roles: ReadonlyMap<string, Role>): {spec: Partial<GroupSpec>; names: Names}[] {
  const own = new Set(groups.flatMap((group) => group.roles));
  const having = (test: (role: Role) => boolean): Names => [...roles].filter(([, role]) => test(role));
  return [
    {spec: {}, names: having((role) => !own.has(role))},
    ...groups.map((spec) => ({spec, names: having((role) => spec.roles.includes(role))})),
  ];
}

/** Parameters apart by the passes that update them; without those that none does. */
function byPasses(names: Names, passesOf: (role: Role) => number[]): {names: string[]; passes: number[]}[] {
  const parts = new Map<string, {names: string[]; passes: number[]}>();
  for (const [name, role] of names) {
    const passes = passesOf(role);
    if (passes.length === 0) continue;
    const key = passes.join();
    parts.set(key, {passes, names: [...(parts.get(key)?.names ?? []), name]});
  }
  return [...parts.values()];
}

/** The parameters of some names, in their order among all. */
export const chosen = (parameters: Tensors, names: readonly string[]): Tensors =>
  Object.fromEntries(names.map((name) => [name, parameters[name]!]));
