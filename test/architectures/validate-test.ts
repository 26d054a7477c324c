import assert from "node:assert";
import {type Architecture, snasnet} from "../../src/architectures/architecture.js";
import {type Cell, parseCell} from "../../src/architectures/cell.js";
import {type Op} from "../../src/architectures/ops.js";
import {type NeuronSpec, SNASNET_NEURON} from "../../src/graphs/neuron.js";
import {validateArchitecture} from "../../src/architectures/validate.js";

const small = snasnet({channels: 16});

/** Every change must be refused with its message. */
function testRefused(cases: readonly (readonly [change: object, message: RegExp])[]): void {
  for (const [change, message] of cases)
    assert.throws(() => validateArchitecture({...small, ...change} as Architecture), {name: "InputError", message});
}

describe("validateArchitecture", () => {
  it("returns an architecture as it is", () => {
    assert.strictEqual(validateArchitecture(small), small);
    for (const change of [
      {T: 1},
      {input: {size: 64, channels: 3}, stemStride: 2 as const},
      {cells: small.cells.slice(0, 1), pool: 32},
      {normalisation: "joint" as const},
      {neuron: {...SNASNET_NEURON, model: "if" as const, tau: 1}},
    ])
      validateArchitecture({...small, ...change});
  });

  it("refuses numbers that no network can have", () =>
    testRefused([
      [{T: 0}, /^invalid T: 0; expected an integer from 1 to 100000$/],
      [{T: 2.5}, /^invalid T: 2.5/],
      [{T: undefined}, /^invalid T: undefined/],
      [{channels: 0}, /^invalid channels: 0/],
      [{channels: NaN}, /^invalid channels: NaN/],
      [{classes: 1}, /^invalid classes: 1; expected an integer from 2 to 65536$/],
      [{stemStride: 3}, /^invalid stem stride: 3; expected 1 or 2$/],
      [{head: {...small.head, hidden: -1}}, /^invalid head hidden: -1/],
      [{head: {...small.head, dropout: 1}}, /^invalid head dropout: 1/],
      [{head: undefined}, /^invalid head: undefined; expected a record of hidden, voters, dropout$/],
    ]));

  it("refuses maps whose side would not stay whole", () => {
    testRefused([
      [{pool: 3}, /^invalid input size: 32; expected a multiple of 6 \(stem stride 1 · 2 for 2 cell\(s\) · pool 3\)$/],
      [{pool: 32}, /^invalid input size: 32; expected a multiple of 64/],
      [{cells: Array<Cell>(5).fill(small.cells[0]!)}, /expected a multiple of 64/],
      [{input: {size: 28, channels: 1}}, /^invalid input size: 28; expected a multiple of 8/],
      [{input: {channels: 3}}, /^invalid input size: undefined; expected a number, or height and width$/],
      [{input: {size: "32", channels: 3}}, /^invalid input size: 32; expected a number, or height and width$/],
    ]);
  });

  it("refuses neurons that are none", () => {
    const neuron = (change: Partial<NeuronSpec>): object => ({neuron: {...SNASNET_NEURON, ...change}});
    testRefused([
      [neuron({tau: 1}), /^invalid tau: 1; expected a number > 1 and <= 1000000 \(timesteps\)$/],
      [neuron({tau: -3}), /^invalid tau: -3/],
      [neuron({threshold: 0}), /^invalid threshold: 0/],
      [neuron({model: "izhikevich" as "lif"}), /^unknown neuron model: izhikevich; expected lif, if/],
      [neuron({reset: "none" as "hard"}), /^unknown reset: none; expected hard or soft$/],
      [neuron({surrogate: {name: "atan", alpha: 0}}), /^invalid surrogate alpha: 0/],
      [neuron({surrogate: {name: "atan", b: 3} as never}), /^unknown surrogate option: b; expected name or alpha$/],
      [neuron({surrogate: {name: "relu"} as never}), /^unknown surrogate: relu; expected atan, sigmoid/],
    ]);
  });

  it("refuses what it does not know, by name", () =>
    testRefused([
      [{timesteps: 5}, /^unknown architecture option: timesteps; expected input, /],
      [{input: {size: 32, channels: 3, depth: 1}}, /^unknown input option: depth/],
      [{normalisation: "batch"}, /^unknown normalisation: batch; expected perTimestep or joint$/],
    ]));

  it("refuses cells that are not square matrices of ops", () => {
    const cells = (cell: unknown): object => ({cells: [cell, cell]});
    testRefused([
      [cells([["zeroize", "skip"]]), /^invalid cell 1: .*; expected a square matrix of ops for 2 to 10 nodes$/],
      [cells([["zeroize", "conv4"], ["zeroize", "zeroize"]]), /^invalid op: conv4; expected a kernel size that is an odd number/], // prettier-ignore
      [cells([["skip", "skip"], ["zeroize", "zeroize"]]), /^invalid cell 1 op on node 0 itself: skip/], // prettier-ignore
      [{cells: []}, /^invalid cells: \[\]; expected a list of at least one cell$/],
    ]);
  });

  it("refuses a dead cell by name, unless told that it may be", () => {
    const dead = {...small, cells: [small.cells[0]!, parseCell("0300 0030 0000 0000")]};
    assert.throws(
      () => validateArchitecture(dead),
      /^InputError: invalid cell 2: no path from node 0 \(input\) to node 3 \(output\)/,
    );
    assert.strictEqual(validateArchitecture(dead, {allowDead: true}), dead);
  });

  it("refuses fewer timesteps than the feedback edges on the way", () => {
    const cell = parseCell("0030 0003 0300 0000");
    validateArchitecture({...small, cells: [cell, cell], T: 3});
    testRefused([[{cells: [cell, cell], T: 2}, /^invalid T: 2; expected more than 2: .* over 2 feedback edge/]]);
  });

  it("refuses joint statistics where time is stepped", () =>
    testRefused([
      [{cells: [parseCell("0303 0030 2002 0200")], pool: 8, normalisation: "joint"}, /^invalid normalisation: joint; expected perTimestep/], // prettier-ignore
    ]));

  it("takes every pair of op and its spelling", () => {
    for (const op of ["skip", "avgPool", "conv9", "conv3@1.5"] as Op[])
      validateArchitecture({...small, cells: [[["zeroize", op], ["zeroize", "zeroize"]]]}); // prettier-ignore
  });
});
