// One step of training: the passes of the plan in order, each a loss and its gradients over the shards of a batch, and the
// groups of parameters that it updates. A later pass sees what earlier ones changed.

import type {RandomKey} from "../random.js";
import {dispose, tidy} from "../tf.js";
import type {Batch} from "./batches.js";
import {clipped} from "./clip.js";
import {chosen, type Group, type Plan} from "./plan.js";
import {averaged, shardsOf, type StepOutcome} from "./shards.js";
import type {Team} from "./threads.js";
import type {Training} from "./training.js";
import {updateParameters} from "./update.js";

export type StepContext = {
  readonly team: Team;
  /** Parts of a batch. */
  readonly shards: number;
  /** Steps before this one in the whole training. */
  readonly step: number;
  /** Names the dropout masks. */
  readonly dropout: RandomKey;
  /** The batch of each kind of images that the passes ask for. */
  readonly batches: Readonly<Record<"same" | "other", Batch | undefined>>;
};

/** What the first pass of a step saw. */
export type StepReport = Pick<StepOutcome, "loss" | "terms" | "correct">;

/** The groups that pass number `pass` updates at a step. */
const activeAt = ({groups}: Plan, pass: number, step: number): Group[] =>
  groups.filter(({passes, firstStep}) => passes.includes(pass) && step >= firstStep);

/** Takes a step: the training's network and optimisers are the next ones, the old tensors are disposed. */
export async function takeStep(training: Training, context: StepContext): Promise<StepReport> {
  let report: StepReport | undefined;
  for (const pass of training.plan.passes.keys()) {
    const active = activeAt(training.plan, pass, context.step);
    if (pass > 0 && active.length === 0) continue;
    const {loss, terms, correct} = await takePass(training, pass, active, context);
    report ??= {loss, terms, correct};
  }
  return report!;
}

async function takePass(
  training: Training,
  pass: number,
  active: readonly Group[],
  {team, shards: count, step, dropout, batches}: StepContext,
): Promise<StepReport> {
  const {loss, images} = training.plan.passes[pass]!;
  const {x, labels} = batches[images]!;
  const shards = shardsOf(x, labels, pass === 0 ? dropout : dropout.split("pass", pass), count);
  try {
    const names = namesOf(training, active);
    const outcome = averaged(await team.outcomes(training.network, shards, {loss, names}));
    dispose(Object.values(training.network.statistics));
    training.network = {...training.network, statistics: outcome.statistics};
    for (const group of active) update(training, group, outcome, step);
    dispose(Object.values(outcome.gradients));
    return outcome;
  } finally {
    dispose(shards.flatMap((shard) => [shard.x, shard.labels]));
  }
}

/** The parameters of some groups, in their order in the network. */
function namesOf({network}: Training, groups: readonly Group[]): string[] {
  const names = new Set(groups.flatMap((group) => group.names));
  return Object.keys(network.parameters).filter((name) => names.has(name));
}

function update(training: Training, group: Group, {gradients}: StepOutcome, step: number): void {
  const {network, optimisers, plan} = training;
  const at = plan.groups.indexOf(group);
  const own = chosen(network.parameters, group.names);
  let next!: ReturnType<typeof updateParameters>;
  tidy(() => {
    const bounded = clipped(chosen(gradients, group.names), group.clipNorm);
    next = updateParameters(group.optimiser, optimisers[at]!, own, bounded, group.rateAt(step));
  });
  training.network = {...network, parameters: {...network.parameters, ...next.parameters}};
  training.optimisers = optimisers.with(at, next.state);
}
