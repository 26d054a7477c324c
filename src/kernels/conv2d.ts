// Convolution on the wasm backend: forward by spikes where that is faster, with the gradients that tfjs lacks there.
//
//   forward          spikes   lookup table or events (assembly/spikeConv.ts), by their measured order
//                    else     tfjs's dense convolution
//   filter gradient  spikes   rows of dy, added; else multiplied (assembly/filterGradient.ts)
//   input gradient            dense convolution of dy with the filter turned by 180°, zeros between dy's entries at stride 2
//
// Input gradients that nobody asks for are not computed: tfjs does not call their thunk.

import {conv2d as definition} from "../layers/conv2d.js";
import {pad, reverse, type Tensor, type Tensor4D, tidy, transpose} from "../tf.js";
import {address, engineOn, kernel, output, withScratch} from "./engine.js";
import "./filterGradient.js";
import {operation} from "./register.js";

export type ConvOptions = {
  /** Promises that every x is 0 or 1. */
  readonly spikes?: boolean;
  /** false: nobody needs dL/dx. Not needed where x depends on no variable. */
  readonly inputGradient?: boolean;
};

type Attributes = {readonly stride: 1 | 2; readonly spikes: boolean};

/** N, H, W, Cin, OH, OW, Cout, k, stride: what every compiled convolution reads last. */
type Sizes = readonly [number, number, number, number, number, number, number, number, number];

function sizes(x: Tensor, k: number, Co: number, stride: number): Sizes {
  const [N, H, W, Ci] = x.shape as [number, number, number, number];
  return [N, H, W, Ci, Math.ceil(H / stride), Math.ceil(W / stride), Co, k, stride];
}

/** Below these rates of spikes events are faster than look-ups, and than multiplying densely. */
const EVENTS_BELOW_TABLE = 0.2;
const EVENTS_BELOW_DENSE = 0.4;
/** Above this size a table leaves the second-level cache. */
const TABLE_BYTES = 1 << 20;

/** Bytes of x as bits; see assembly/bits.ts. */
const bitBytes = (x: Tensor): number => 4 * (x.size / x.shape[3]!) * Math.ceil(x.shape[3]! / 32);

/** Lends x as bits, with its rate of spikes. */
function withBits<R>(x: Tensor, use: (bits: number, rate: number) => R): R {
  const C = x.shape[3]!;
  return withScratch(bitBytes(x), (bits) => use(bits, kernel("packSpikes")(address(x), bits, x.size / C, C) / x.size));
}

function spikeForward(x: Tensor4D, w: Tensor4D, stride: 1 | 2): ReturnType<typeof output> | undefined {
  const [k, , Ci, Co] = w.shape;
  const tableBytes = 16 * w.size;
  const tabled = Ci % 8 === 0 && Co % 16 === 0 && tableBytes <= TABLE_BYTES;
  const eventful = Co % 32 === 0;
  if (!tabled && !eventful) return undefined;
  return withBits(x, (bits, rate) => {
    const all = sizes(x, k, Co, stride);
    const [N, , , , OH, OW] = all;
    if (eventful && rate < (tabled ? EVENTS_BELOW_TABLE : EVENTS_BELOW_DENSE)) {
      const y = output([N, OH, OW, Co]);
      kernel("spikeConvEvents")(bits, address(w), address(y), ...all);
      return y;
    }
    if (!tabled) return undefined;
    const y = output([N, OH, OW, Co]);
    withScratch(tableBytes, (table) => {
      kernel("spikeConvTable")(address(w), table, k * k, Ci, Co);
      kernel("spikeConvLookup")(bits, table, address(y), ...all);
    });
    return y;
  });
}

const filterGradient = operation<{x: Tensor; dy: Tensor}, Attributes & {readonly k: number}>({
  name: "ConvFilterGradient",
  saves: {inputs: []},
  forward: ({x, dy}, {k, stride, spikes}) => {
    const [Ci, Co] = [x.shape[3]!, dy.shape[3]!];
    const dw = output([k, k, Ci, Co]);
    const all = sizes(x, k, Co, stride);
    const run = (name: string, at: number): void => void kernel(name)(at, address(dy), address(dw), ...all);
    if (!spikes) run("filterGradientDense", address(x));
    else
      withBits(x, (bits, rate) =>
        rate < EVENTS_BELOW_DENSE ? run("filterGradientSpikes", bits) : run("filterGradientDense", address(x)),
      );
    return dw;
  },
});

/** dL/dx of an input of `shape`, from dy and the filter. */
function inputGradient(dy: Tensor4D, w: Tensor4D, shape: readonly number[], stride: 1 | 2): Tensor4D {
  return tidy(() => {
    const turned = transpose(reverse(w, [0, 1]), [0, 1, 3, 2]);
    return definition(stride === 1 ? dy : spread(dy, shape[1]!, shape[2]!), turned);
  });
}

/** dy's entries at even places of an [N, H, W, C] of zeros. */
function spread(dy: Tensor4D, H: number, W: number): Tensor4D {
  const [N, h, w, C] = dy.shape;
  const wide = pad(dy.reshape([N * h * w, 1, C]), [[0, 0], [0, 1], [0, 0]]).reshape([N * h, 1, 2 * w * C]); // prettier-ignore
  const both = pad(wide, [[0, 0], [0, 1], [0, 0]]).reshape<Tensor4D>([N, 2 * h, 2 * w, C]); // prettier-ignore
  return both.slice([0, 0, 0, 0], [N, H, W, C]);
}

const convolve = operation<{x: Tensor; w: Tensor}, Attributes>({
  name: "Conv2D",
  saves: {inputs: ["x", "w"]},
  forward: ({x, w}, {stride, spikes}) =>
    (spikes ? spikeForward(x as Tensor4D, w as Tensor4D, stride) : undefined) ??
    definition(x as Tensor4D, w as Tensor4D, stride),
  gradient: ([dy], [x, w], {stride, spikes}) => ({
    x: () => inputGradient(dy as Tensor4D, w as Tensor4D, x!.shape, stride),
    w: () => filterGradient({x: x!, dy: dy!}, {k: w!.shape[0], stride, spikes})[0]!,
  }),
});

/** x [N, H, W, Cin], w [k, k, Cin, Cout] → [N, ⌈H/stride⌉, ⌈W/stride⌉, Cout]. */
export function conv2d(x: Tensor4D, w: Tensor4D, stride: 1 | 2 = 1, {spikes = false}: ConvOptions = {}): Tensor4D {
  if (!engineOn()) return definition(x, w, stride);
  return convolve({x, w}, {stride, spikes})[0] as Tensor4D;
}
