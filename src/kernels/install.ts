// Everything that the compiled kernels change in tfjs, in one place. Importing this library changes nothing; `installKernels` does,
// and `startBackend` and `useBackend` (backend.ts) call it where the wasm backend starts.
//
//   registered   the compiled operations, by the names Spikebook…, and Conv2DBackpropFilter, which tfjs's wasm backend lacks
//   replaced     kernels of the wasm backend: Add, Identity, BatchMatMul, SplitV, Tile
//                gradients: Identity, Tile; tfjs has one of each for all backends, so on others they call the gradient that was there

import {patchAdd} from "./patches/accumulate.js";
import {registerFilterGradient} from "./patches/filterGradient.js";
import {patchIdentity} from "./patches/identity.js";
import {patchBatchMatMul} from "./patches/matMul.js";
import {patchSplit} from "./patches/split.js";
import {patchTile} from "./patches/tile.js";
import {switchOn} from "./engine.js";
import {registerOperations} from "./operation.js";

let installed = false;

/** Makes tfjs's wasm backend run the compiled kernels; later calls change nothing. */
export function installKernels(): void {
  if (installed) return;
  installed = true;
  registerOperations();
  registerFilterGradient();
  patchAdd();
  patchIdentity();
  patchBatchMatMul();
  patchSplit();
  patchTile();
  switchOn();
}
