// Values and gradients of one function on one backend, as plain arrays.

import {useBackend} from "../../src/kernels/index.js";
import {randomNormal, randomUniform, tensor, type Tensor, tidy, valueAndGrads, type BackendName} from "../../src/tf.js";

export type Case = {readonly [name: string]: {readonly shape: number[]; readonly values: Float32Array}};
type Outcome = {readonly outputs: Float32Array[]; readonly gradients: Float32Array[]};

let seed = 1;

/** Normal values, the same for every backend. */
export const normal = (shape: number[], mean = 0, deviation = 1): Case[string] =>
  tidy(() => ({shape, values: randomNormal(shape, mean, deviation, "float32", ++seed).dataSync() as Float32Array}));

/** Zeros, and ones at the rate `density`. */
export const bits = (shape: number[], density: number): Case[string] =>
  tidy(() => ({
    shape,
    values: Float32Array.from(randomUniform(shape, 0, 1, "float32", ++seed).dataSync(), (u) => (u < density ? 1 : 0)),
  }));

/** Runs `f` on `backend`; the loss whose gradients are taken weighs output i by `weights[i]`. */
export async function evaluate(
  backend: BackendName,
  f: (...inputs: Tensor[]) => Tensor[],
  inputs: Case[string][],
  weights: Case[string][],
): Promise<Outcome> {
  await useBackend(backend);
  const xs = inputs.map(({values, shape}) => tensor(values, shape));
  const cs = weights.map(({values, shape}) => tensor(values, shape));
  let outputs: Float32Array[] = [];
  const {value, grads} = valueAndGrads((...args: Tensor[]) => {
    const ys = f(...args);
    outputs = ys.map((y) => Float32Array.from(y.dataSync())); // the cpu backend keeps a cast boolean as bytes
    return ys
      .slice(0, cs.length)
      .map((y, i) => y.mul(cs[i]!).sum())
      .reduce((a, b) => a.add(b));
  })(xs);
  const gradients = grads.map((g) => g.dataSync() as Float32Array);
  for (const t of [value, ...grads, ...xs, ...cs]) t.dispose();
  return {outputs, gradients};
}
