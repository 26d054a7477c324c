// The gradients of convolutions that read one spike train, of the spikes and of their filters.
//
// Where both go by transforms (kernels/fourier.ts) they go together, and share those of dy and of the spikes.

import type {Tensor} from "../tf.js";
import {methodOf} from "./convolutions.js";
import {address, output} from "./engine.js";
import {fourierGradients} from "./fourier.js";
import {addressOf, type Edge, type Place, writeInputGradientSum} from "./inputGradient.js";
import {operation} from "./operation.js";
import {spikeConvFilterGradient, type Spikes} from "./spikeConv.js";

type Call = {readonly spikes: Spikes; readonly edges: readonly Edge[]; readonly place: Place};

const together = operation("SpikeConvGradients", ({spikes, edges, place}: Call) => {
  const [images, H, W, Ci] = spikes.shape as [number, number, number, number];
  const dws = edges.map(({w}) => output(w.shape));
  const placed = edges.map(({dy, w}, e) => ({
    dy: address(dy),
    w: address(w),
    dw: address(dws[e]!),
    k: w.shape[0],
    Co: w.shape[3],
  }));
  const ds = {dx: addressOf(place), add: place.add, spikes: address(spikes.bits)};
  fourierGradients(placed, {images, H, W, Ci}, ds);
  return {dws};
});

/** Writes ds of the spikes to a place; dw [k, k, Ci, Co] of each edge. All edges have the same stride. */
export function spikeConvGradients(
  spikes: Spikes,
  edges: readonly Edge[],
  stride: 1 | 2,
  place: Place,
): readonly Tensor[] {
  const byFourier = edges.filter(({w}) => stride === 1 && methodOf(w.shape, spikes.shape) === "fourier");
  const others = edges.filter((edge) => !byFourier.includes(edge));
  const dws = new Map<Edge, Tensor>();
  for (const edge of others) dws.set(edge, spikeConvFilterGradient(spikes, edge.dy, edge.w.shape[0], stride));
  if (others.length) writeInputGradientSum(others, spikes.shape, stride, place);
  if (byFourier.length) {
    const onto = {...place, add: place.add || others.length > 0};
    const found = together({spikes, edges: byFourier, place: onto}) as {readonly dws: readonly Tensor[]};
    byFourier.forEach((edge, e) => dws.set(edge, found.dws[e]!));
  }
  return edges.map((edge) => dws.get(edge)!);
}
