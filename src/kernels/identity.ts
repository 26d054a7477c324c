// Clones that share their values. Tensors are immutable, so tfjs's other backends count references; its wasm backend copies,
// and every tensor that a gradient needs is cloned once. A clone's gradient is the one that it receives; tfjs casts that to the
// type it has, which is a copy that lives until the whole network has gone backwards.

import {type KernelBackend, registerGradient, type Tensor, unregisterGradient} from "../tf.js";
import {replaceKernel} from "./replace.js";

replaceKernel("Identity", (earlier) => (call) => {
  const x = call.inputs.x!;
  if (x.dtype === "string") return earlier(call);
  (call.backend as KernelBackend).incRef(x.dataId);
  return {dataId: x.dataId, shape: x.shape, dtype: x.dtype};
});

unregisterGradient("Identity");
registerGradient({kernelName: "Identity", gradFunc: (dy) => ({x: () => dy as Tensor})});
