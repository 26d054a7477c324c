// The gradients of convolutions that read one spike train, of the spikes and of their filters.
//
// Where both go by transforms (kernels/fourier.ts) they go together, and share those of dy and of the spikes.

import {addN, dispose, type Tensor, type Tensor4D} from "../tf.js";
import {methodOf} from "./convolutions.js";
import {address, output} from "./engine.js";
import {fourierGradients} from "./fourier.js";
import {type Edge, inputGradientSum} from "./inputGradient.js";
import {operation} from "./operation.js";
import {spikeConvFilterGradient, type Spikes} from "./spikeConv.js";

type Gradients = {readonly ds: Tensor; readonly dws: readonly Tensor[]};

const together = operation(
  "SpikeConvGradients",
  ({spikes, edges}: {readonly spikes: Spikes; readonly edges: readonly Edge[]}) => {
    const [images, H, W, Ci] = spikes.shape as [number, number, number, number];
    const ds = output(spikes.shape);
    const dws = edges.map(({w}) => output(w.shape));
    const placed = edges.map(({dy, w}, e) => ({
      dy: address(dy),
      w: address(w),
      dw: address(dws[e]!),
      k: w.shape[0],
      Co: w.shape[3],
    }));
    fourierGradients(placed, {images, H, W, Ci}, {dx: address(ds), spikes: address(spikes.bits)});
    return {ds, dws};
  },
);

/** ds of the spikes, and dw [k, k, Ci, Co] of each edge; all edges have the same stride. */
export function spikeConvGradients(spikes: Spikes, edges: readonly Edge[], stride: 1 | 2): Gradients {
  const byFourier = edges.filter(({w}) => stride === 1 && methodOf(w.shape, spikes.shape) === "fourier");
  const others = edges.filter((edge) => !byFourier.includes(edge));
  const dws = new Map<Edge, Tensor>();
  const parts: Tensor[] = [];
  for (const edge of others) dws.set(edge, spikeConvFilterGradient(spikes, edge.dy, edge.w.shape[0], stride));
  if (others.length) parts.push(inputGradientSum(others, spikes.shape, stride));
  if (byFourier.length) {
    const found = together({spikes, edges: byFourier}) as Gradients;
    byFourier.forEach((edge, e) => dws.set(edge, found.dws[e]!));
    parts.push(found.ds);
  }
  const ds = parts.length === 1 ? parts[0]! : addN(parts as Tensor4D[]);
  if (parts.length > 1) dispose(parts);
  return {ds, dws: edges.map((edge) => dws.get(edge)!)};
}
