// Convolutions with stride 1 as products of transforms, and their gradients: the multiplications do not grow with k.
//
//   y = F⁻¹[F x · conj F w]      dx = Σ_e F⁻¹[F dy_e · F w_e]      dw_e = F⁻¹[F x · conj F dy_e]
//
// A transform need be no longer than H + ⌊k/2⌋, since what wraps around falls where nothing is read. Images go through in blocks:
// their rows are transformed (assembly/fourierRows.ts), then one frequency of the rows after the other passes through the columns,
// the products over channels and back (fourierColumns.ts, fourierProducts.ts): planes exist for one of them at a time, those of
// filters (fourierFilters.ts) once for all images of a block, those of images for a few at a time. Spikes need no transform of their
// rows: fourierSpikes.ts.

import {kernel, withScratch} from "./engine.js";
import {
  eight,
  fixedBytes,
  four,
  groupsOf,
  lineBytes,
  type Part,
  type Plan,
  planOf,
  spikeBytes,
  type Width,
} from "./fourierPlan.js";
import {writeTable} from "./fourierTable.js";

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

/** A part of the workspace at its place; `step` bytes from one frequency or plane to the next. */
type Placed = Part & {readonly at: Address};

type Workspace = {
  readonly plan: Plan;
  readonly tableX: Address;
  readonly tableY: Address;
  readonly tables: Address;
  readonly work: Address;
} & {readonly [K in keyof Plan["parts"]]: Plan["parts"][K] extends Part ? Placed : readonly Placed[]};

function withWorkspace(plan: Plan, fixed: readonly number[], use: (workspace: Workspace) => void): void {
  withScratch(plan.bytes, (base) => {
    let next = base >>> 0;
    const take = (bytes: number): Address => {
      const at = Math.ceil(next / 64) * 64;
      next = at + bytes;
      return at;
    };
    const place = (one: Part): Placed => ({...one, at: take(one.bytes)});
    const [tableX, tableY, tables, work] = fixed.map(take) as [Address, Address, Address, Address];
    writeTable(tableX, plan.nx);
    writeTable(tableY, plan.ny);
    const {filters, gradients, u, v, inputs, result, spikes, data, products, xData} = plan.parts;
    use({
      ...{plan, tableX, tableY, tables, work},
      filters: filters.map(place),
      gradients: gradients.map(place),
      u: u.map(place),
      v: v.map(place),
      inputs: inputs.map(place),
      result: place(result),
      spikes: place(spikes),
      data: place(data),
      products: place(products),
      xData: place(xData),
    });
  });
}

/** Channels of an edge's filter, rotated or not, and its input. */
type Input = Width & {
  readonly x: Address;
  readonly w: Address;
  readonly dw?: Address | undefined;
};

type Run = {
  readonly inputs: readonly Input[];
  readonly maps: FourierMaps;
  /** true: inputs are gradients of outputs, filters go from S to R. */
  readonly rotated: boolean;
  /** Whether the inputs are bits of spikes. */
  readonly bits: boolean;
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

/** Where the first row and column of a result are, as the origin of filters is their first tap. */
const firstPlace = ({inputs, rotated}: Run): number => (rotated ? 1 : -1) * (inputs[0]!.k >> 1);

/** The lines of images from … of what is read. */
function linesOf(run: Run, space: Workspace, from: number, count: number): void {
  const {inputs, maps, bits, spikes} = run;
  const {H, W} = maps;
  const {tableX, work} = space;
  const start = (x: Address, C: number, ofBits: boolean): Address => x + from * imageBytes(maps, C, ofBits);
  const spikeLines = (x: Address, C: number): unknown =>
    kernel("spikeLines")(start(x, C, true), count, H, W, C, space.spikes.at);
  if (spikes !== undefined) spikeLines(spikes, inputs[0]!.S);
  if (bits) spikeLines(inputs[0]!.x, inputs[0]!.R);
  else
    inputs.forEach(({x, R}, e) => {
      const {at, step} = space.inputs[e]!;
      kernel("fourierRows")(start(x, R, false), count, H, W, R, at, step, tableX, work);
    });
}

/** One frequency of the rows, and how many there are of its columns: the others are their conjugates where its lines are real. */
type Frequency = {readonly j: number; readonly columns: number};

/** Planes of images from … of the block: of an edge's input, or of spikes. */
function imagePlanes(run: Run, space: Workspace, {j, columns}: Frequency, [from, count]: readonly [number, number]) {
  const {H, W} = run.maps;
  const {tableY, tables, work} = space;
  return {
    ofSpikes(C: number, {at, step}: Placed, minus: boolean): void {
      const lines = space.spikes.at + from * spikeBytes(C, H, W);
      const sizes = [count * (eight(C) / 4), H, Math.ceil(W / 8)] as const;
      kernel("fourierSpikeColumns")(lines, ...sizes, at, step, columns, Number(minus), tables, tableY, work);
    },
    ofInput(e: number, C: number, {at, step}: Placed, minus: boolean): void {
      const lines = space.inputs[e]!.at + j * space.inputs[e]!.step + from * lineBytes(C, H);
      kernel("fourierColumns")(lines, count * (eight(C) / 4), H, at, step, columns, Number(minus), tableY, work);
    },
  };
}

/** The lines of the result. */
const resultOf = ({result, inputs}: Workspace): Placed => (result.bytes ? result : inputs[0]!);

/** One frequency of images from … of the block: columns, products and back. */
function products(run: Run, space: Workspace, of: Frequency, piece: readonly [from: number, count: number]): void {
  const {inputs, maps, rotated, bits, spikes} = run;
  const {u, v, data, products: sums, xData, tableY, work} = space;
  const [from, count] = piece;
  const {j, columns} = of;
  const {S} = inputs[0]!;
  const planes = imagePlanes(run, space, of, piece);
  if (spikes !== undefined) planes.ofSpikes(S, xData, true);
  inputs.forEach(({R}, e) => {
    if (bits) planes.ofSpikes(R, data, !rotated);
    else planes.ofInput(e, R, data, !rotated);
    kernel("fourierProducts")(
      ...[data.at, data.step, 4 * eight(R), u[e]!.at, u[e]!.step, sums.at, sums.step],
      ...[3 * columns, four(count), R, eight(S), Number(e > 0)],
    );
    if (spikes === undefined) return;
    kernel("fourierFilterProducts")(
      ...[xData.at, xData.step, 4 * eight(S), data.at, data.step, v[e]!.at, v[e]!.step],
      ...[3 * columns, count, four(S), eight(R), Number(from > 0)],
    );
  });
  const {at, step} = resultOf(space);
  const lines = [at + j * step + from * lineBytes(S, maps.H), count * (eight(S) / 4)] as const;
  kernel("fourierColumnsBack")(
    ...[sums.at, sums.step, columns, Number(!rotated), ...lines, maps.H, firstPlace(run), 0, tableY, work],
  );
}

/** One frequency of the rows of a block of images; `adds`: there were blocks before. */
function frequency(run: Run, space: Workspace, j: number, count: number, adds: boolean, scale: number): void {
  const {inputs, maps, spikes} = run;
  const {plan, tableX, tableY, tables, work, filters, gradients, u, v} = space;
  const {nx, ny, images} = plan;
  const {S} = inputs[0]!;
  const of = {j, columns: j === 0 || j === nx / 2 ? ny / 2 + 1 : ny};
  if (run.bits || spikes !== undefined) kernel("spikeTables")(maps.W, j, tableX, tables);
  inputs.forEach(({k, R}, e) =>
    kernel("fourierFilterColumns")(
      ...[filters[e]!.at, R * (eight(S) / 4), k, j, u[e]!.at, u[e]!.step, of.columns, tableX, tableY, work],
    ),
  );
  for (let from = 0; from < count; from += images) products(run, space, of, [from, Math.min(images, count - from)]);
  if (spikes === undefined) return;
  inputs.forEach(({k, R}, e) =>
    kernel("fourierFilterColumnsBack")(
      ...[v[e]!.at, v[e]!.step, of.columns, gradients[e]!.at, S * (eight(R) / 4), k, j, scale],
      ...[Number(adds || j > 0), tableX, tableY, work],
    ),
  );
}

/** All images, block by block; `finish` makes images of each block's lines. */
function runFourier(run: Run, finish: (block: Block) => void): void {
  const {inputs, maps, rotated, bits, spikes} = run;
  const options = {...maps, filterGradients: spikes !== undefined, spikes: bits};
  const plan = planOf(inputs, options);
  const {S} = inputs[0]!;
  const scale = 1 / ((bits ? 1 : 2) * plan.nx * plan.ny); // the factor 2 of fourierRows
  withWorkspace(plan, fixedBytes(options, plan, inputs[0]!.k), (space) => {
    const {tableX: table, work, filters, gradients} = space;
    inputs.forEach(({w, k, R}, e) =>
      kernel("fourierPanels")(w, k, ...(rotated ? [S, R] : [R, S]), Number(rotated), filters[e]!.at),
    );
    for (let from = 0; from < maps.images; from += plan.block) {
      const count = Math.min(plan.block, maps.images - from);
      linesOf(run, space, from, count);
      for (let j = 0; j <= plan.nx / 2; ++j) frequency(run, space, j, count, from > 0, scale);
      const {at: lines, step: jump} = resultOf(space);
      finish({lines, jump, from, count, first: firstPlace(run), scale, table, work});
    }
    inputs.forEach(({dw, k, R}, e) => {
      if (dw !== undefined && spikes !== undefined) kernel("fourierUnpanel")(gradients[e]!.at, dw, k, S, R);
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
  const inputs = edges.map(({dy, w, dw, k, Co}) => ({x: dy, w, dw, k, R: Co, S: Ci}));
  groupsOf(inputs, {...maps, filterGradients: spikes !== undefined, spikes: false}).forEach((group, g) =>
    runFourier(
      {inputs: group, maps, rotated: true, bits: false, spikes},
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
  const run = {inputs: [{x, w, k, R: Ci, S: Co}], maps, rotated: false, bits};
  runFourier(run, ({lines, jump, from, count, first, scale, table, work}) =>
    kernel("fourierForwardBack")(
      ...[lines, jump, y + from * step, from, count, H, W, Co, first, scale, table, work],
      ...[...statistics, pool, whole],
    ),
  );
}
