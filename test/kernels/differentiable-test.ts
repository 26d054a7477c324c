// What kernels/differentiable.ts and patches/accumulate.ts rely on in tfjs: a version that does otherwise fails here.

import assert from "node:assert";
import {differentiable} from "../../src/kernels/differentiable.js";
import {kernelReport, useBackend} from "../../src/kernels/index.js";
import {cheapSource, valueOf} from "../../src/kernels/rematerialise.js";
import {addN, customGrad, grad, memory, type Tensor, tensor, tidy, valueAndGrads} from "../../src/tf.js";
import {assertClose} from "../assert.js";

/** c·x, with a gradient of its own. */
const times = (x: Tensor, c: number): Tensor =>
  differentiable({
    inputs: {x},
    forward: () => ({outputs: {y: x.mul(c)}, saved: {}}),
    gradient: ({y: dy}) => ({x: dy.mul(c)}),
  }).y;

/** The sum of tensors, which saves nothing. */
const total = (xs: Tensor[]): Tensor =>
  differentiable({
    inputs: {xs},
    forward: () => ({outputs: {y: addN(xs)}, saved: {}}),
    gradient: ({y: dy}) => ({xs: xs.map(() => dy.clone())}),
  }).y;

/** x itself; `look` runs when its gradient is asked for. */
const watched = (x: Tensor, look: () => void): Tensor =>
  customGrad((value) => ({
    value: (value as Tensor).mul(1),
    gradFunc: (dy) => {
      look();
      return dy.mul(1);
    },
  }))(x);

/** Buffers in use when the gradient of what `f` reads is complete. */
function buffersAfter(f: (x: Tensor) => Tensor): number {
  let buffers = 0;
  const x = tensor([1, 2, 3]);
  grad((value: Tensor) => f(watched(value, () => (buffers = memory().numDataBuffers))).sum())(x).dispose();
  x.dispose();
  return buffers;
}

describe("kernels/differentiable", () => {
  before(async function () {
    await useBackend("wasm");
    if (kernelReport().engine === "off") this.skip();
  });

  it("gives gradients by name, through outputs and saved tensors at any depth; those of unused outputs are zeros", () => {
    const f = (a: Tensor, b: Tensor): Tensor => {
      const {list, unused} = differentiable({
        inputs: {a, deep: [{b}]},
        forward: () => ({
          outputs: {list: [a.mul(b), a.add(b)], unused: a.mul(7)},
          saved: {pair: {a, b}, factor: 3, nothing: undefined},
        }),
        gradient: ({list: [dy, dz], unused: du}, {pair, factor, nothing}) => {
          assert.deepStrictEqual([factor, nothing], [3, undefined]);
          assert.deepStrictEqual([...du.dataSync()], [0, 0]);
          return {a: dy!.mul(pair.b).add(dz), deep: [{b: dy!.mul(pair.a).add(dz)}]};
        },
      });
      void unused;
      return list[0]!.mul(2).add(list[1]).sum();
    };
    const {grads} = valueAndGrads(f)([tensor([2, 3]), tensor([5, 7])]);
    assert.deepStrictEqual(grads.map((g) => [...g.dataSync()]), [[11, 15], [5, 7]]); // prettier-ignore
  });

  it("frees what was saved and received as soon as the gradient is computed", () => {
    const x = tensor([1, 2, 3]);
    let [during, after] = [0, 0];
    grad((value: Tensor) => {
      const first = watched(value, () => (after = memory().numTensors));
      const y = differentiable({
        inputs: {first},
        forward: () => ({outputs: {y: first.mul(2)}, saved: {kept: [first.add(1), first.add(2)]}}),
        gradient: ({y: dy}) => {
          during = memory().numTensors;
          return {first: dy.mul(2)};
        },
      }).y;
      return y.sum();
    })(x).dispose();
    assert.strictEqual(after, during + 1 - 3); // its gradient is there; dy and two saved tensors are not
    x.dispose();
  });

  it("lets a later operation make an output again from what was saved, after the tensor itself was freed", () => {
    let made = 0;
    const f = (x: Tensor): Tensor => {
      const {y} = differentiable({
        inputs: {x},
        forward: () => ({outputs: {y: x.mul(3)}, saved: {sum: x.add(0)}}),
        rematerialise: ({y: output}) => [{output, expensive: false, from: ({sum}) => (++made, sum.mul(3))}],
        gradient: ({y: dy}) => ({x: dy.mul(3)}),
      });
      const square = differentiable({
        inputs: {y},
        forward: () => ({outputs: {z: y.square()}, saved: {y: cheapSource(y)}}),
        gradient: ({z: dz}, saved) => ({y: dz.mul(valueOf(saved.y)).mul(2)}),
      }).z;
      y.dispose();
      return square.sum();
    };
    const before = memory();
    tidy(() => {
      assert.deepStrictEqual([...grad(f)(tensor([1, 2])).dataSync()], [18, 36]);
      assert.strictEqual(made, 1);
      f(tensor([1, 2])); // without a gradient nothing is noted
      assert.strictEqual(made, 1);
    });
    assert.strictEqual(memory().numTensors, before.numTensors);
    assert.strictEqual(memory().numDataBuffers, before.numDataBuffers);
  });

  it("adds the gradients of what several of its operations read in place: they take the memory of one", () => {
    const sumOf = (n: number) => (x: Tensor) => total(Array.from({length: n}, (_, i) => times(x, i + 1)));
    const single = buffersAfter(sumOf(1));
    for (const n of [2, 3, 5]) {
      assert.strictEqual(buffersAfter(sumOf(n)), single, `${n} readers`);
      const x = tensor([1, 2, 3]);
      const gradient = grad((value: Tensor) => sumOf(n)(value).sum())(x);
      assertClose(gradient.dataSync(), new Float32Array(3).fill((n * (n + 1)) / 2));
      x.dispose();
      gradient.dispose();
    }
  });

  it("leaves sums of gradients of two passes alone: both are still there afterwards", () => {
    const x = tensor([1, 2]);
    const gradient = (): Tensor => grad((value: Tensor) => times(value, 2).sum())(x);
    const [first, second] = [gradient(), gradient()];
    const sum = first.add(second);
    assert.deepStrictEqual([sum, first, second].map((t) => [...t.dataSync()]), [[4, 4], [2, 2], [2, 2]]); // prettier-ignore
  });
});
