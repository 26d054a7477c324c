// Convolutions with stride 1 as products of transforms, and their gradients: the multiplications do not grow with k.
//
//   y = F⁻¹[F x · conj F w]      dx = Σ_e F⁻¹[F dy_e · F w_e]      dw_e = F⁻¹[F x · conj F dy_e]
//
// A transform need be no longer than H + ⌊k/2⌋, since what wraps around falls where nothing is read. Images go through in blocks:
// their rows are transformed (assembly/fourierRows.ts), then one frequency of the rows after the other passes through the columns,
// the products over channels and back (fourierColumns.ts, fourierProducts.ts): planes exist for one of them at a time.

import {kernel, withScratch} from "./engine.js";
import {eight, four, groupsOf, type Part, type Plan, planOf, type Width, workBytes} from "./fourierPlan.js";
import {tableBytes, writeTable} from "./fourierTable.js";

type Address = number;

export type FourierMaps = {readonly images: number; readonly H: number; readonly W: number};

/** An edge that reads x [N, H, W, Ci]: its dy [N, H, W, Co], its filter w [k, k, Ci, Co], and where the gradient of that goes. */
export type FourierEdge = {
  readonly dy: Address;
  readonly w: Address;
  readonly dw?: Address;
  readonly k: number;
  readonly Co: number;
};

/** Images as lines or planes; `step` bytes from one frequency or plane to the next. */
type Placed = Part & {readonly at: Address};

type Workspace = {
  readonly plan: Plan;
  readonly tableX: Address;
  readonly tableY: Address;
  readonly work: Address;
  readonly filters: readonly Placed[];
  readonly gradients: readonly Placed[];
  readonly inputs: readonly Placed[];
  readonly x: Placed;
  readonly u: Placed;
  readonly data: Placed;
  readonly products: Placed;
  readonly xData: Placed;
  readonly v: Placed;
};

function withWorkspace(plan: Plan, use: (workspace: Workspace) => void): void {
  const {nx, ny, parts} = plan;
  withScratch(plan.bytes, (base) => {
    let next = base >>> 0;
    const take = (bytes: number): Address => {
      const at = Math.ceil(next / 64) * 64;
      next = at + bytes;
      return at;
    };
    const place = (one: Part): Placed => ({...one, at: take(one.bytes)});
    const [tableX, tableY, work] = [take(tableBytes(nx)), take(tableBytes(ny)), take(workBytes(plan))];
    writeTable(tableX, nx);
    writeTable(tableY, ny);
    const {filters, gradients, inputs, x, u, data, products, xData, v} = parts;
    use({
      plan,
      tableX,
      tableY,
      work,
      filters: filters.map(place),
      gradients: gradients.map(place),
      inputs: inputs.map(place),
      x: place(x),
      u: place(u),
      data: place(data),
      products: place(products),
      xData: place(xData),
      v: place(v),
    });
  });
}

/** Channels of an edge's filter, rotated or not, and its input. */
type Input = Width & {
  readonly x: Address;
  readonly bits: boolean;
  readonly w: Address;
  readonly dw?: Address | undefined;
};

type Run = {
  readonly inputs: readonly Input[];
  readonly maps: FourierMaps;
  /** true: inputs are gradients of outputs, filters go from S to R. */
  readonly rotated: boolean;
  /** For the gradients of filters: the bits of x, whose channels are S. */
  readonly spikes?: Address | undefined;
};

/** Where the lines of a finished block are, and what they take to be images. */
type Block = {
  readonly lines: Address;
  readonly jump: number;
  readonly from: number;
  readonly count: number;
  readonly first: number;
  readonly scale: number;
  readonly table: Address;
  readonly work: Address;
};

/** Bytes of an image of C channels, or of its bits. */
const imageBytes = ({H, W}: FourierMaps, C: number, bits: boolean): number =>
  4 * H * W * (bits ? Math.ceil(C / 32) : C);

/** The rows of images from … of a map, to lines. */
function rows(
  {tableX, work}: Workspace,
  {at, step}: Placed,
  {x, bits, C}: {readonly x: Address; readonly bits: boolean; readonly C: number},
  maps: FourierMaps,
  from: number,
  count: number,
): void {
  const first = x + from * imageBytes(maps, C, bits);
  kernel(bits ? "fourierBitRows" : "fourierRows")(first, count, maps.H, maps.W, C, at, step, tableX, work);
}

/** Where the first row and column of a result are, as the origin of filters is their first tap. */
const firstPlace = ({inputs, rotated}: Run): number => (rotated ? 1 : -1) * (inputs[0]!.k >> 1);

/** One frequency j of the rows: columns, products and back. */
function frequency(run: Run, space: Workspace, j: number, count: number, adds: boolean): void {
  const {inputs, maps, rotated, spikes} = run;
  const {H} = maps;
  const {plan, tableY, work, filters, gradients, u, data, products, xData, v} = space;
  const {nx, ny} = plan;
  const frequencies = j === 0 || j === nx / 2 ? ny / 2 + 1 : ny;
  const {S} = inputs[0]!;
  const columns = kernel("fourierColumns");
  const back = kernel("fourierColumnsBack");
  const line = ({at, step}: Placed): Address => at + j * step;
  const images = (from: Placed, C: number, to: Placed, minus: boolean): unknown =>
    columns(line(from), count * (eight(C) / 4), H, to.at, to.step, frequencies, Number(minus), tableY, work);
  if (spikes !== undefined) images(space.x, S, xData, true);
  inputs.forEach(({k, R}, e) => {
    images(space.inputs[e]!, R, data, !rotated);
    columns(line(filters[e]!), R * (eight(S) / 4), k, u.at, u.step, frequencies, 0, tableY, work);
    kernel("fourierProducts")(
      ...[data.at, data.step, 4 * eight(R), u.at, u.step, products.at, products.step],
      ...[3 * frequencies, four(count), R, eight(S), Number(e > 0)],
    );
    if (spikes === undefined) return;
    kernel("fourierFilterProducts")(
      ...[xData.at, xData.step, 4 * eight(S), data.at, data.step, v.at, v.step],
      ...[3 * frequencies, count, four(S), eight(R)],
    );
    const lines = [line(gradients[e]!), S * (eight(R) / 4)] as const;
    back(v.at, v.step, frequencies, 1, ...lines, k, -(k >> 1), Number(adds), tableY, work);
  });
  const lines = [line(space.inputs[0]!), count * (eight(S) / 4)] as const;
  back(products.at, products.step, frequencies, Number(!rotated), ...lines, H, firstPlace(run), 0, tableY, work);
}

/** All images, block by block; `finish` makes images of each block's lines. */
function runFourier(run: Run, finish: (block: Block) => void): void {
  const {inputs, maps, rotated, spikes} = run;
  const plan = planOf(inputs, {...maps, filterGradients: spikes !== undefined});
  const {S} = inputs[0]!;
  const scale = 1 / (4 * plan.nx * plan.ny);
  withWorkspace(plan, (space) => {
    const {tableX: table, work} = space;
    inputs.forEach(({w, k, R}, e) => {
      const {at, step} = space.filters[e]!;
      kernel("fourierFilterRows")(w, k, ...(rotated ? [S, R] : [R, S]), Number(rotated), at, step, table, work);
    });
    for (let from = 0; from < maps.images; from += plan.block) {
      const count = Math.min(plan.block, maps.images - from);
      inputs.forEach((input, e) => rows(space, space.inputs[e]!, {...input, C: input.R}, maps, from, count));
      if (spikes !== undefined) rows(space, space.x, {x: spikes, bits: true, C: S}, maps, from, count);
      for (let j = 0; j <= plan.nx / 2; ++j) frequency(run, space, j, count, from > 0);
      const {at: lines, step: jump} = space.inputs[0]!;
      finish({lines, jump, from, count, first: firstPlace(run), scale, table, work});
    }
    inputs.forEach(({dw, k, R}, e) => {
      if (dw === undefined || spikes === undefined) return;
      const {at, step} = space.gradients[e]!;
      kernel("fourierFilterRowsBack")(at, step, dw, k, S, R, scale, table, work);
    });
  });
}

/**
 * dx [N, H, W, Ci] of an input that all edges read, onto what it holds where `add` is set; with `spikes`, the bits of that input, the
 * gradients of their filters as well.
 */
export function fourierGradients(
  edges: readonly FourierEdge[],
  maps: FourierMaps & {readonly Ci: number},
  {dx, add = false, spikes}: {readonly dx: Address; readonly add?: boolean; readonly spikes?: Address | undefined},
): void {
  const {H, W, Ci} = maps;
  const inputs = edges.map(({dy, w, dw, k, Co}) => ({x: dy, bits: false, w, dw, k, R: Co, S: Ci}));
  groupsOf(inputs, {...maps, filterGradients: spikes !== undefined}).forEach((group, g) =>
    runFourier(
      {inputs: group, maps, rotated: true, spikes},
      ({lines, jump, from, count, first, scale, table, work}) => {
        const to = dx + from * imageBytes(maps, Ci, false);
        kernel("fourierRowsBack")(lines, jump, to, count, H, W, Ci, first, scale, Number(add || g > 0), table, work);
      },
    ),
  );
}

export type ForwardOptions = {
  /** How many images have mean and variance together, 0 for none; where these go, and 20 bytes a channel for their sums. */
  readonly statistics: readonly [perGroup: number, mean: Address, variance: Address, sums: Address];
  readonly pool: number;
  /** For pool > 1: room for a map of one image. */
  readonly whole: Address;
};

/** y [N, H, W, Co] of x [N, H, W, Ci], values or the bits of spikes, and w [k, k, Ci, Co]; as `spikeConvEvents` for the rest. */
export function fourierForward(
  {x, bits, w, y}: {readonly x: Address; readonly bits: boolean; readonly w: Address; readonly y: Address},
  maps: FourierMaps & {readonly k: number; readonly Ci: number; readonly Co: number},
  {statistics, pool, whole}: ForwardOptions,
): void {
  const {H, W, k, Ci, Co} = maps;
  const step = 4 * Math.floor(H / pool) * Math.floor(W / pool) * Co;
  const run = {inputs: [{x, bits, w, k, R: Ci, S: Co}], maps, rotated: false};
  runFourier(run, ({lines, jump, from, count, first, scale, table, work}) =>
    kernel("fourierForwardBack")(
      ...[lines, jump, y + from * step, from, count, H, W, Co, first, scale, table, work],
      ...[...statistics, pool, whole],
    ),
  );
}
