// Plain sequential networks: a list of layers each, trained with the same seeds and compared.
//
// What SNASNet's macro network has besides (cells, channels, stem, pooling, hidden units) is said by the layers here; timesteps,
// neuron, encoding, normalisation and voters are those of the settings.

import {isDnn} from "../architectures/architecture.js";
import {type ConvNet, type ConvNetLayer, convNet} from "../architectures/convNet.js";
import {formatLayers, LAYER_LIST_HELP, parseLayers} from "../architectures/layerList.js";
import {check, invalid} from "../check.js";
import {type Comparison, comparisonOf} from "../records/comparison.js";
import type {Trial} from "../records/trial.js";
import {macroOf, seedsOf, type StudyChanges, studySettings, type StudySettings, trialOf} from "./settings.js";
import {type Given, shownAs, type Study} from "./study.js";

type Own = {
  /** Each a network. */
  readonly layers: readonly (readonly ConvNetLayer[])[];
};
export type SequentialSettings = StudySettings & Own;

/** The network of a list of layers, for a study's data. */
export function sequentialNetwork(settings: StudySettings, layers: readonly ConvNetLayer[]): ConvNet {
  const macro = macroOf(settings);
  const {input, classes, T, normalisation, head, encoding} = macro;
  const {voters} = head;
  const neuron = isDnn(macro) ? null : macro.neuron;
  return convNet({input, classes, layers, voters, T, neuron, normalisation, ...(encoding !== undefined && {encoding})});
}

/** The settings of a profile; `layers` are one or several lists, that of `convNet` unless given. */
export function sequentialSettings(changes: StudyChanges & Partial<Own> = {}): SequentialSettings {
  const settings = studySettings<Own>("sequential", {layers: [convNet().layers]}, changes);
  check("layers", settings.layers, settings.layers.length > 0, "at least one list");
  sequentialTrials(settings); // every network is validated before anything runs
  return settings;
}

/** One trial for each list and seed; seeds vary slowest. */
export const sequentialTrials = (settings: SequentialSettings): Trial<ConvNet>[] =>
  seedsOf(settings).flatMap((seed) =>
    settings.layers.map((layers) =>
      trialOf(settings, {
        study: "sequential",
        labels: {layers: formatLayers(layers)},
        seed,
        architecture: sequentialNetwork(settings, layers),
      }),
    ),
  );

export const LAYERS: Comparison = comparisonOf({
  label: "layers",
  against: "layers",
  axis: "layers",
  nameOf: (layers) => String(layers).replaceAll(",", "<br>"),
  ordered: false,
});

/** Options of SNASNet's macro network, which the layers say here. */
const NOT_HERE = ["cells", "channels", "stemStride", "pool", "hidden", "dropout"] as const;

/** The lists that were given; refuses what has no meaning for them. */
export function layersOf(given: Given): Partial<Own> {
  for (const name of NOT_HERE)
    if (given[name] !== undefined)
      throw invalid("option", name, `no such option with --layers, which says it: ${LAYER_LIST_HELP}`);
  const lists = given.layers === undefined ? [] : [given.layers].flat();
  return lists.length > 0 ? {layers: lists.map((text) => parseLayers(String(text)))} : {};
}

export const SEQUENTIAL: Study<Own> = {
  name: "sequential",
  summary: "plain networks, a list of layers each",
  description:
    "Trains sequential networks, a list of layers each, with the same seeds; their neurons spike, or are\nReLUs with --activation relu.",
  options: [{name: "layers", value: "<lists...>", help: `${LAYER_LIST_HELP}; several lists are compared`}],
  settings: sequentialSettings,
  own: layersOf,
  trials: sequentialTrials,
  ...shownAs(LAYERS),
};
