// What describes a network: SNASNet's macro network around searched cells, a plain list of layers, or LitE-SNN's backbone. Each family is an entry that
// checks a description and makes its graph; whatever reads graphs knows no family.

import {checkName, invalid} from "../check.js";
import type {Graph} from "../graphs/graph.js";
import type {Architecture} from "./architecture.js";
import {type ConvNet, convNetGraph, validateConvNet} from "./convNet.js";
import {snasnetGraph} from "./snasnetGraph.js";
import {formatLayers} from "./layerList.js";
import {formatLiteCell} from "./liteCell.js";
import {liteGraph, type LiteNet, validateLiteNet} from "./liteNet.js";
import {formatCells} from "./networkSpace.js";
import {parseArchitecture, validateArchitecture} from "./validate.js";
import {formatPlan, withPlan} from "./weightPlan.js";

/** An architecture has no `family`: records and hashes of it are older than other families. */
export type NetworkDescription = Architecture | ConvNet | LiteNet;

type Family<D> = {
  readonly validate: (description: D) => D;
  readonly graph: (description: D) => Graph;
  /** What a search or a list of layers decides: its cells or its layers, as text. */
  readonly wiring: (description: D) => string;
  /** The wiring and what is around it. */
  readonly title: (description: D) => string;
  /** What trials of one study share of it. */
  readonly setting: (description: D) => string;
};

const FAMILIES: {
  readonly snasnet: Family<Architecture>;
  readonly convNet: Family<ConvNet>;
  readonly lite: Family<LiteNet>;
} = {
  snasnet: {
    validate: validateArchitecture,
    graph: snasnetGraph,
    wiring: ({cells}) => formatCells(cells),
    title: ({cells, channels, T}) => `${cells.length} cell(s) ${formatCells(cells)}, ${channels} channels, T = ${T}`,
    setting: ({channels, T}) => `C = ${channels}, T = ${T}`,
  },
  convNet: {
    validate: validateConvNet,
    graph: convNetGraph,
    wiring: ({layers}) => formatLayers(layers),
    title: ({layers, T}) => `layers ${formatLayers(layers)}, T = ${T}`,
    setting: ({T}) => `T = ${T}`,
  },
  lite: {
    validate: validateLiteNet,
    graph: liteGraph,
    wiring: ({edges}) => formatLiteCell(edges),
    title: ({path, edges, filters, T}) =>
      `LitE-SNN of ${path.length} cell(s) ${formatLiteCell(edges)}, ${filters} filters, T = ${T}`,
    setting: ({filters, T}) => `F = ${filters}, T = ${T}`,
  },
};

/** The family of a description. */
export const familyOf = (description: NetworkDescription): keyof typeof FAMILIES =>
  "family" in description ? checkName("network family", description.family, FAMILIES) : "snasnet";

const entryOf = (description: NetworkDescription): Family<NetworkDescription> =>
  FAMILIES[familyOf(description)] as unknown as Family<NetworkDescription>;

/** Whether a description is of SNASNet's macro network. */
export const isArchitecture = (description: NetworkDescription): description is Architecture =>
  familyOf(description) === "snasnet";

const graphs = new WeakMap<NetworkDescription, Graph>();

/** The graph that a description stands for. */
export function graphOf(description: NetworkDescription): Graph {
  let graph = graphs.get(description);
  if (!graph) graphs.set(description, (graph = withPlan(entryOf(description).graph(description), description.weights)));
  return graph;
}

/** The graph of a description, or the graph itself. */
export const asGraph = (network: NetworkDescription | Graph): Graph =>
  "nodes" in network ? network : graphOf(network);

/** Returns the description, or throws an InputError that says what to change. */
export const validateDescription = <D extends NetworkDescription>(description: D): D =>
  entryOf(description).validate(description) as D;

/** Its cells or its layers as text. */
export const wiringOf = (description: NetworkDescription): string => entryOf(description).wiring(description);

/** The network in a line. */
export const titleOf = (description: NetworkDescription): string => {
  const {weights} = description;
  return `${entryOf(description).title(description)}${weights ? `, weights of ${formatPlan(weights)}` : ""}`;
};

/** What the networks of a study share, in a few words. */
export const settingOf = (description: NetworkDescription): string => entryOf(description).setting(description);

/** A description out of a file. Cells in which no path reaches the output pass: searches draw them. */
export function parseDescription(value: unknown): NetworkDescription {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid("network", value, "a record that describes one");
  const description = value as NetworkDescription;
  return isArchitecture(description) ? parseArchitecture(description) : validateDescription(description);
}
