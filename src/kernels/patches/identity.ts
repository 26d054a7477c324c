// Clones that share their values. Tensors are immutable, so tfjs's other backends count references; its wasm backend copies,
// and every tensor that a gradient needs is cloned once. A clone's gradient is the one that it receives; tfjs casts that to the
// type it has, which on the wasm backend is a copy that lives until the whole network has gone backwards.

import {getBackend, type KernelBackend, type Tensor} from "../../tf.js";
import {replaceGradient, replaceKernel} from "./replace.js";

export function patchIdentity(): void {
  replaceKernel("Identity", (earlier) => (call) => {
    const x = call.inputs.x!;
    if (x.dtype === "string") return earlier(call);
    (call.backend as KernelBackend).incRef(x.dataId);
    return {dataId: x.dataId, shape: x.shape, dtype: x.dtype};
  });
  replaceGradient("Identity", (earlier) => (dy, saved, attributes) => {
    if (getBackend() !== "wasm") return earlier(dy, saved, attributes);
    return {x: () => dy as Tensor};
  });
}
