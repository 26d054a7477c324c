// The gradient of an input that several convolutions read: each dy_e convolved with its filter rotated by 180°, summed.
//
//   dx[n, h, w, c] = Σ_e Σ_{a, b, o} dy_e[n, i, j, o] · w_e[a, b, c, o],   s·i + a − ⌊k/2⌋ = h,  s·j + b − ⌊k/2⌋ = w
//
// At stride 2 that is the same convolution of dy with zeros between its entries.

import {conv2d as definition} from "../layers/conv2d.js";
import {engine, pad, reverse, type Tensor, type Tensor4D, tidy, transpose} from "../tf.js";
import {type Method, methodOf, withConvolutions} from "./convolutions.js";
import {address, engineOn, kernel, output} from "./engine.js";
import {fourierGradients} from "./fourier.js";
import {operation} from "./operation.js";

/** A convolution: dy [N, OH, OW, Co] of its output, its filter w [k, k, Ci, Co]. */
export type Edge = {readonly dy: Tensor4D; readonly w: Tensor4D};

/** Where a gradient goes: from an image of a larger tensor on, and whether onto what that holds. */
export type Place = {readonly to: Tensor; readonly from: number; readonly add: boolean};

/** The edges by how they go; not both are empty. */
type Sum = {
  readonly direct: readonly Edge[];
  readonly fourier: readonly Edge[];
  readonly H: number;
  readonly W: number;
  readonly place: Place;
};

/** Writes x to a tensor's floats from those of image `from` on, or adds it to them. */
export const writeImages = operation("WriteImages", ({x, to, from, add}: Place & {readonly x: Tensor}) => {
  kernel("addFloats")(address(x), addressOf({to, from}), x.size, add ? 1 : 0);
  return {};
});

/** Where a tensor's image `from` lies. */
export const addressOf = ({to, from}: Pick<Place, "to" | "from">): number =>
  address(to) + (4 * to.size * from) / to.shape[0];

const summed = operation("InputGradientSum", ({direct, fourier, H, W, place}: Sum) => {
  const {dy, w: first} = [...direct, ...fourier][0]!;
  const [images, Ci] = [dy.shape[0], first.shape[2]];
  const dx = addressOf(place);
  const filters = direct.map(({w}) => ({w: address(w), k: w.shape[0], Ci: w.shape[2], Co: w.shape[3]}));
  const dys = direct.map((edge) => address(edge.dy));
  if (direct.length)
    withConvolutions(filters, {H, W, images, rotated: true}, (run) => run(dys, dx, 0, images, place.add));
  if (fourier.length)
    fourierGradients(
      fourier.map((edge) => ({dy: address(edge.dy), w: address(edge.w), k: edge.w.shape[0], Co: edge.w.shape[3]})),
      {images, H, W, Ci},
      {dx, add: place.add || direct.length > 0},
    );
  return {};
});

/** A tensor whose values are yet to be written. */
export const unwritten = (shape: readonly number[]): Tensor => engine().makeTensorFromTensorInfo(output(shape));

/** dL/dx [N, H, W, Ci] of an input of `shape` that all `edges` read with the same stride. */
export function inputGradientSum(edges: readonly Edge[], shape: readonly number[], stride: 1 | 2): Tensor4D {
  const dx = unwritten(shape);
  writeInputGradientSum(edges, shape, stride, {to: dx, from: 0, add: false});
  return dx as Tensor4D;
}

/** The same, to a place. */
export function writeInputGradientSum(
  edges: readonly Edge[],
  shape: readonly number[],
  stride: 1 | 2,
  place: Place,
): void {
  const [, H, W] = shape as [number, number, number, number];
  tidy(() => {
    const wide = edges.map(({dy, w}) => ({dy: stride === 1 ? dy : spread(dy, H, W), w}));
    const by = (method: Method): Edge[] =>
      wide.filter(({w}) => (engineOn() ? methodOf(w.shape, shape) : "definition") === method);
    const [direct, fourier] = [by("direct"), by("fourier")];
    const compiled = direct.length + fourier.length > 0;
    if (compiled) summed({direct, fourier, H, W, place});
    by("definition").forEach(({dy, w}, i) => {
      const x = definition(dy, transpose(reverse(w, [0, 1]), [0, 1, 3, 2]));
      writeImages({x, ...place, add: place.add || compiled || i > 0});
    });
  });
}

/** dy's entries at even places of an [N, H, W, C] of zeros. */
function spread(dy: Tensor4D, H: number, W: number): Tensor4D {
  const [N, h, w, C] = dy.shape;
  const wide = pad(dy.reshape([N * h * w, 1, C]), [[0, 0], [0, 1], [0, 0]]).reshape([N * h, 1, 2 * w * C]); // prettier-ignore
  const both = pad(wide, [[0, 0], [0, 1], [0, 0]]).reshape<Tensor4D>([N, 2 * h, 2 * w, C]); // prettier-ignore
  return both.slice([0, 0, 0, 0], [N, H, W, C]);
}
