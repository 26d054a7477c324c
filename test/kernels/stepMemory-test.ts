import assert from "node:assert";
import {snasnet} from "../../src/architectures/architecture.js";
import {parseCell} from "../../src/architectures/cell.js";
import {graphOf} from "../../src/architectures/description.js";
import {fourierMemory} from "../../src/kernels/fourierPlan.js";
import {kernelReport, useBackend} from "../../src/kernels/index.js";
import {rematerialisation} from "../../src/kernels/rematerialise.js";
import {keptMapsBudget} from "../../src/networks/keptMaps.js";
import {disposeNetwork, initialise} from "../../src/networks/parameters.js";
import {randomKey} from "../../src/random.js";
import {backend, dispose, ones, tidy, zeros} from "../../src/tf.js";
import {lossAndGradients} from "../../src/training/step.js";

type Wasm = {_malloc(bytes: number): number; _free(at: number): void};

/** The most bytes that were allocated at once while `use` ran, beyond those before it. */
function highWater(use: () => void): number {
  const {wasm} = backend() as unknown as {readonly wasm: Wasm};
  const {_malloc, _free} = wasm;
  const live = new Map<number, number>();
  let [bytes, most] = [0, 0];
  wasm._malloc = (wanted) => {
    const at = _malloc(wanted);
    live.set(at >>> 0, wanted);
    bytes += wanted;
    most = Math.max(most, bytes);
    return at;
  };
  wasm._free = (at) => {
    bytes -= live.get(at >>> 0) ?? 0;
    live.delete(at >>> 0);
    _free(at);
  };
  try {
    use();
  } finally {
    [wasm._malloc, wasm._free] = [_malloc, _free];
  }
  return most;
}

/** A quarter of the channels that are measured where speed is, and of every limit. */
const QUARTER = 4;
const usual = {fourier: {...fourierMemory}, kept: {...keptMapsBudget}, rematerialisation: {...rematerialisation}};

describe("memory of a training step", function () {
  this.timeout(120_000);
  before(async function () {
    await useBackend("wasm");
    if (kernelReport().engine === "off") this.skip();
    for (const one of [fourierMemory, keptMapsBudget, rematerialisation] as Record<string, number>[])
      for (const name of Object.keys(one)) one[name]! /= QUARTER;
  });
  after(() => {
    Object.assign(fourierMemory, usual.fourier);
    Object.assign(keptMapsBudget, usual.kept);
    Object.assign(rematerialisation, usual.rematerialisation);
  });

  const [T, B, C] = [5, 32, 16];
  /** Bytes of a value of cell 1's nodes at all timesteps. */
  const VALUE = 4 * T * B * 32 * 32 * C;

  /** Bytes that a step of the cell with k×k kernels allocates at most, but for those of the gradients of all parameters. */
  function stepBytes(k: number): number {
    const cell = parseCell("0333 0012 0003 0000".replaceAll("3", `${k}`));
    const network = initialise(graphOf(snasnet({cell, channels: C, T})), randomKey(1));
    const [x, labels] = [ones([B, 32, 32, 3]), zeros([B], "int32")];
    const step = (): void => {
      const {gradients, statistics, logits} = lossAndGradients(network, x as never, labels as never);
      const updated = Object.entries(statistics).filter(([key, value]) => network.statistics[key] !== value);
      dispose([logits, ...Object.values(gradients), ...updated.map(([, value]) => value)]);
    };
    tidy(step); // links the kernels, whose allocator is measured
    const all = highWater(() => tidy(step));
    const parameters = 4 * Object.values(network.parameters).reduce((sum, {size}) => sum + size, 0);
    disposeNetwork(network);
    dispose([x, labels]);
    return all - parameters;
  }

  // When the forward pass ends three values of cell 1 are there (its sum and two of the maps it is made from) and eight of cell 2,
  // half as large; the stem's map and its normalised one are the same at each timestep, a fifth of a value each. The rest are bits,
  // gradients of parameters and the head.
  it("is that of eight and a quarter values of the first cell's nodes, for large kernels too", () => {
    for (const k of [3, 7]) {
      const values = stepBytes(k) / VALUE;
      assert.ok(values < 8.25, `k=${k}: ${values.toFixed(2)} values`);
    }
  });

  it("is more where more maps are kept", () => {
    keptMapsBudget.bytes += 2 * VALUE;
    assert.ok(stepBytes(7) / VALUE > 8.25);
  });
});
