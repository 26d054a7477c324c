// The forward pass of a network over T timesteps: its graph's steps, in order.
//
// Values are folded, [T·B, ...] with time the slowest: convolutions, pooling and linear layers see one large batch, and only
// neurons and batch normalisation look at T. What is the same at every timestep is computed once.

import {check} from "../check.js";
import {inputOf} from "../graphs/graph.js";
import {keep, type Tensor, type Tensor2D, tidy} from "../tf.js";
import {applyNode} from "./apply.js";
import {type Given, runPopulation, runSum} from "./fused.js";
import type {Network, Tensors} from "./parameters.js";
import {type MeanActivations, meanActivationsOf, newPass, type NormUpdate, type Observed, type Pass, type PassOptions} from "./pass.js"; // prettier-ignore
import {outputsOf, planOf, type Step} from "./plan.js";
import {runStepped} from "./stepped.js";

export type {ActivationSide, MeanActivations, NormUpdate, Observed} from "./pass.js";
export type ForwardOptions = PassOptions;

export type ForwardResult = {
  /** Mean over time of the outputs, voted where the network votes, [B, classes]. */
  readonly logits: Tensor2D;
  /** Output units at each timestep, [T, B, units]. */
  readonly outputs: Tensor;
  /** In training, the statistics that each batch normalisation saw; `runningStatistics` applies them. */
  readonly updates: Readonly<Record<string, NormUpdate>>;
  /** By node, what `observe` asked for. */
  readonly observed: Observed;
  /** What `meanActivations` asked for. */
  readonly meanActivations: MeanActivations;
  /** By population, spikes of all samples at each of the T timesteps, where `observe` asked for counts. */
  readonly counts: Readonly<Record<string, readonly number[]>>;
};

/** The values that a step gives. */
function run(step: Step, valueOf: (id: string) => Tensor, pass: Pass): Given {
  switch (step.kind) {
    case "population":
      return runPopulation(step, valueOf(step.input), pass);
    case "sum":
      return [[step.node.id, runSum(step, valueOf, pass)]];
    case "stepped":
      return runStepped(step, valueOf, pass);
    case "apply": {
      const inputs = step.node.inputs.map(({from}) => valueOf(from));
      return [[step.node.id, applyNode(step.node, inputs, pass)]];
    }
  }
}

/** Throws unless x is what the network's input reads. */
function checkInput({graph}: Pick<Network, "graph">, x: Tensor): void {
  const {shape, op} = inputOf(graph);
  const timed = op.encoding === "none";
  const expected = timed ? `[${graph.T}, B, ${shape.join(", ")}]` : `[B, ${shape.join(", ")}]`;
  const fits =
    `${x.shape.slice(timed ? 2 : 1)}` === `${shape}` &&
    x.rank === shape.length + (timed ? 2 : 1) &&
    (!timed || x.shape[0] === graph.T);
  check("input shape", x.shape, fits, `${expected} for the encoding ${op.encoding}`);
}

/**
 * Samples x, already scaled: [B, H, W, C], or [T, B, H, W, C] where they have time of their own (encoding `none`). The caller
 * disposes what is returned, or calls this in a tidy.
 */
export function forward(network: Network, x: Tensor, options: ForwardOptions): ForwardResult {
  checkInput(network, x);
  const {graph} = network;
  const input = inputOf(graph);
  const pass = newPass(network, x.shape[input.op.encoding === "none" ? 1 : 0]!, options);
  const values = tidy(() => {
    const values = new Map<string, Tensor>([[input.id, applyNode(input, [x], pass)]]);
    const valueOf = (id: string): Tensor => values.get(id)!;
    for (const step of planOf(graph)) {
      for (const [id, value] of run(step, valueOf, pass)) values.set(id, value);
      for (const id of step.frees) {
        values.get(id)!.dispose();
        values.delete(id);
      }
    }
    const last = valueOf(outputsOf(graph));
    const times = pass.constant.has(outputsOf(graph)) ? 1 : graph.T;
    const unfolded = last.reshape([times, last.shape[0] / times, ...last.shape.slice(1)]);
    const logits = valueOf(graph.nodes.at(-1)!.id) as Tensor2D;
    const outputs = times === graph.T ? unfolded : unfolded.tile([graph.T, 1, 1]);
    return {logits, outputs, meanActivations: meanActivationsOf(pass)};
  });
  return {...values, ...pass.notes};
}

/** The running statistics after a training pass; the old ones are not disposed. */
export function runningStatistics(
  statistics: Tensors,
  updates: Readonly<Record<string, NormUpdate>>,
  update: (running: Tensor, stats: Tensor2D, rows: number) => Tensor,
): Tensors {
  const next: Record<string, Tensor> = {};
  for (const [name, {mean, variance, rows}] of Object.entries(updates)) {
    next[`${name}.mean`] = keep(update(statistics[`${name}.mean`]!, mean, 0));
    next[`${name}.variance`] = keep(update(statistics[`${name}.variance`]!, variance, rows));
  }
  return {...statistics, ...next};
}
