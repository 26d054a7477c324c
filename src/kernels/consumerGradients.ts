// Gradients of spikes, filters and scales, from those of what consumers made of the spikes.
//
// Where a normalised map was not kept, its convolution goes backwards group by group of images, which have statistics of their own:
// a group's part of the map, and of its gradient, is all that exists at a time.

import type {Consumer, ConvConsumer, Statistics} from "../layers/consumers.js";
import {type Tensor, type Tensor1D, type Tensor4D, tidy} from "../tf.js";
import type {SavedConsumer} from "./consumers.js";
import {unwritten, writeImages} from "./inputGradient.js";
import {poolGradient} from "./pool.js";
import {pooledNormGradient} from "./pooledNorm.js";
import {isLarge} from "./rematerialise.js";
import {spikeConv, type Spikes} from "./spikeConv.js";
import {spikeConvGradients} from "./spikeConvGradients.js";
import {spikesOfGroups} from "./spikeTrain.js";

type ParameterGradients = {readonly w?: Tensor; readonly gamma?: Tensor; readonly beta?: Tensor};

/** A convolution, its number among the consumers, and the gradient of what it gave. */
type Edge = {
  readonly number: number;
  readonly consumer: ConvConsumer;
  readonly dy: Tensor4D;
  readonly normalised: SavedConsumer["normalised"];
};
type NormalisedEdge = Edge & {
  readonly normalised: Statistics & {readonly gamma: Tensor1D; readonly map: Tensor | undefined};
};

/** The gradient of the spikes as parts of it are added up, and whether there are any yet. */
type Sum = {readonly ds: Tensor; begun: boolean};

const strideOf = ({consumer}: Edge): 1 | 2 => consumer.stride ?? 1;
const poolOf = ({consumer}: Edge): number => consumer.pooledNorm?.p ?? 1;

/** Edges by what `key` says of them. */
function partition<E>(edges: readonly E[], key: (edge: E) => string): E[][] {
  const parts = new Map<string, E[]>();
  for (const edge of edges) parts.set(key(edge), [...(parts.get(key(edge)) ?? []), edge]);
  return [...parts.values()];
}

/** A group's part of the gradient of an edge's map, and of γ and β. */
function mapGradient(spikes: Spikes, group: number, edge: NormalisedEdge) {
  const {map, ...scale} = edge.normalised;
  const y = map ?? spikeConv(spikes, edge.consumer.w, {stride: strideOf(edge)}).y;
  const {dy, dgamma, dbeta} = pooledNormGradient({dv: edge.dy, y, ...scale, group, p: poolOf(edge)});
  if (!map) y.dispose();
  return {dy: dy as Tensor4D, gamma: dgamma, beta: dbeta};
}

/** Adds to the gradient of the spikes; gives the parameters' gradients. The edges have one stride and as many groups. */
function normalisedGradients(spikes: Spikes, edges: readonly NormalisedEdge[], sum: Sum): ParameterGradients[] {
  const groups = edges[0]!.normalised.mean.shape[0];
  const images = spikes.shape[0]! / groups;
  const totals = edges.map(({consumer: {w}, normalised: {gamma}}) =>
    [w, gamma, gamma].map(({shape}) => unwritten(shape)),
  );
  spikesOfGroups(spikes, groups).forEach((own, g) =>
    tidy(() => {
      const found = edges.map((edge) => mapGradient(own, g, edge));
      const convs = edges.map(({consumer: {w}}, e) => ({dy: found[e]!.dy, w}));
      const place = {to: sum.ds, from: g * images, add: sum.begun};
      const dws = spikeConvGradients(own, convs, strideOf(edges[0]!), place);
      found.forEach(({gamma, beta}, e) =>
        [dws[e]!, gamma, beta].forEach((x, i) => writeImages({x, to: totals[e]![i]!, from: 0, add: g > 0})),
      );
    }),
  );
  sum.begun = true;
  return totals.map(([w, gamma, beta]) => ({w: w!, gamma: gamma!, beta: beta!}));
}

/** The same of edges without normalisation. */
function plainGradients(spikes: Spikes, edges: readonly Edge[], sum: Sum): ParameterGradients[] {
  const convs = edges.map(({dy, consumer: {w}}) => ({dy, w}));
  const place = {to: sum.ds, from: 0, add: sum.begun};
  const dws = spikeConvGradients(spikes, convs, strideOf(edges[0]!), place);
  sum.begun = true;
  return dws.map((w) => ({w}));
}

const pooledGradient = (spikes: Spikes, p: number, dy: Tensor): Tensor =>
  p === 1 ? dy.reshape([...spikes.shape]) : poolGradient({dy, shape: spikes.shape, p});

/** Adds that of the rates: every timestep has a T-th of it. */
function rateGradient(dy: Tensor, T: number, sum: Sum): void {
  const share = dy.div(T);
  for (let t = 0; t < T; ++t) writeImages({x: share, to: sum.ds, from: t * dy.shape[0], add: sum.begun});
  share.dispose();
  sum.begun = true;
}

const isNormalised = (edge: Edge): edge is NormalisedEdge => edge.normalised !== undefined;

/** Normalised edges go together where they have as many groups, and a group's maps are not large. */
function partOf(edge: NormalisedEdge): string {
  const groups = edge.normalised.mean.shape[0];
  const alone = isLarge((edge.dy.size * poolOf(edge) ** 2) / groups);
  return `${strideOf(edge)} ${groups} ${alone ? edge.number : ""}`;
}

const isConv = (consumer: Consumer): consumer is ConvConsumer => consumer.kind === "conv";

/** The gradients of spikes and of each consumer's parameters from those of what it made, dys, which may be freed. */
export function consumerGradients(
  spikes: Spikes,
  saved: readonly SavedConsumer[],
  dys: readonly Tensor[],
): {readonly ds: Tensor; readonly parameters: ParameterGradients[]} {
  const parameters: ParameterGradients[] = saved.map(() => ({}));
  const pools = saved.flatMap(({consumer}, i) => (consumer.kind === "pool" ? [{p: consumer.p, dy: dys[i]!}] : []));
  if (saved.length === 1 && pools.length === 1)
    return {ds: pooledGradient(spikes, pools[0]!.p, pools[0]!.dy), parameters};
  const edges = saved.flatMap(({consumer, normalised}, number) =>
    isConv(consumer) ? [{number, consumer, normalised, dy: dys[number] as Tensor4D}] : [],
  );
  const sum: Sum = {ds: unwritten(spikes.shape), begun: false};
  const note = (part: readonly Edge[], found: ParameterGradients[]): void =>
    part.forEach(({number}, i) => (parameters[number] = found[i]!));
  for (const part of partition(edges.filter(isNormalised), partOf)) note(part, normalisedGradients(spikes, part, sum));
  const plain = edges.filter((edge) => !isNormalised(edge));
  for (const part of partition(plain, (edge) => `${strideOf(edge)}`)) note(part, plainGradients(spikes, part, sum));
  for (const {p, dy} of pools) {
    writeImages({x: pooledGradient(spikes, p, dy), to: sum.ds, from: 0, add: sum.begun});
    sum.begun = true;
  }
  saved.forEach(({consumer}, i) => {
    if (consumer.kind === "rate") rateGradient(dys[i]!, consumer.T, sum);
  });
  return {ds: sum.ds, parameters};
}
