// Searches of compressed networks: what accuracy costs in memory and bit operations, and what the choices leaned to by epoch.

import {mean, meanInterval} from "../analysis/interval.js";
import {expectedBits, expectedTimesteps, type SearchedRecord, searchedRecords} from "../analysis/searched.js";
import {groupBy} from "../analysis/summarise.js";
import {choicesOf} from "../graphs/weightFormat.js";
import {hasResult} from "../records/endings.js";
import {measureOf, type MeasureName, titled, valueOf} from "../records/measures.js";
import {provenanceOf} from "../records/provenance.js";
import type {TrialRecord} from "../records/trial.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";

type Records = readonly TrialRecord[];

const EPOCHS = {title: {text: "epoch"}, tickformat: "d", dtick: 1};

const scaled = (record: TrialRecord, name: MeasureName): number => {
  const {axis = measureOf(name)} = measureOf(name);
  return axis.scale * valueOf(record, name)!;
};

/** A group as one point of a front: means, with the interval of the accuracy. */
function frontPoint(members: Records, x: MeasureName, name: string, axis: "" | "2", color: string): Trace {
  const {mean: accuracy, low, high} = meanInterval(members.map((record) => scaled(record, "accuracy")));
  return {
    type: "scatter",
    mode: "markers",
    name,
    legendgroup: name,
    showlegend: axis === "",
    x: [mean(members.map((record) => scaled(record, x)))],
    y: [accuracy],
    xaxis: `x${axis}`,
    marker: {size: 10, color, symbol: members[0]!.search ? "circle" : "square"},
    ...(low !== undefined && {error_y: {type: "data", symmetric: false, array: [high! - accuracy], arrayminus: [accuracy - low], width: 4, thickness: 1.5, color}}), // prettier-ignore
    hovertemplate: `${name}: %{y:.1f} %<extra></extra>`,
  };
}

/** Accuracy against bytes, and against bit operations per image: one point a group of `label`. */
export function compressionFrontFigure(records: Records, label: string): Figure {
  const shown = records.filter((record) => hasResult(record) && record.bitSynOps !== undefined);
  const groups = groupBy(shown, `labels.${label}`);
  const points = groups.flatMap(([group, members], i) => {
    const color = PALETTE[i % PALETTE.length]!;
    return [
      frontPoint(members, "weightBytes", String(group), "", color),
      frontPoint(members, "bitSynOps", String(group), "2", color),
    ];
  });
  const n = Math.min(...groups.map(([, members]) => members.length));
  return figure({
    data: points,
    layout: {
      title: {text: "What accuracy costs"},
      xaxis: {title: {text: titled("weightBytes", {axis: true})}, rangemode: "tozero", domain: [0, 0.46]},
      xaxis2: {title: {text: titled("bitSynOps", {axis: true})}, rangemode: "tozero", domain: [0.54, 1]},
      yaxis: {title: {text: titled("accuracy", {axis: true})}},
    },
    caption:
      `Means over ${n > 1 ? `n = ${n} seeds with the 95 % t-interval of the accuracy` : "one seed: no interval"}; circles were searched, squares not. ` +
      `${measureOf("bitSynOps").note} ${provenanceOf(shown)}`,
  });
}

/** By epoch the mean over a group's searches of a number that their choices give; one line a group. */
function linesByEpoch(
  records: readonly SearchedRecord[],
  label: string,
  of: (record: SearchedRecord, epoch: number) => number | undefined,
): Trace[] {
  return groupBy(records, `labels.${label}`).map(([group, members], i) => {
    const epochs = Array.from({length: Math.min(...members.map(({search}) => search.curve.length))}, (_, e) => e);
    const values = epochs.map((epoch) => members.map((record) => of(record, epoch)).filter((value) => value !== undefined)); // prettier-ignore
    return {
      type: "scatter",
      mode: "lines+markers",
      name: String(group),
      x: epochs.map((epoch) => epoch + 1),
      y: values.map((each) => (each.length ? mean(each) : undefined)),
      line: {color: PALETTE[i % PALETTE.length], width: 2},
      marker: {size: 6},
    };
  });
}

const choicesAt = ({search}: SearchedRecord, epoch: number) => search.curve[epoch]!.choices ?? {};

/** Σ t·ψ̂_t by epoch of the search: towards how many timesteps it leaned. */
export function timestepsByEpochFigure(records: Records, label: string): Figure {
  const searched = searchedRecords(records);
  return figure({
    data: linesByEpoch(searched, label, (record, epoch) => expectedTimesteps(choicesAt(record, epoch))),
    layout: {
      title: {text: "Timesteps that the search leaned to"},
      xaxis: EPOCHS,
      yaxis: {title: {text: "Σ t·ψ̂<sub>t</sub> (timesteps)"}},
    },
    caption: `Mean over the searches of each group, by epoch of the search. ψ̂ is uniform until its first epoch. ${provenanceOf(searched)}`,
  });
}

/** Σ b·β̂_b by epoch of the search, mean over the network's parts. */
export function bitsByEpochFigure(records: Records, label: string): Figure {
  const searched = searchedRecords(records);
  const of = (record: SearchedRecord, epoch: number): number | undefined => {
    const bits = Object.values(expectedBits(record.search, choicesAt(record, epoch)));
    return bits.length ? mean(bits) : undefined;
  };
  return figure({
    data: linesByEpoch(searched, label, of),
    layout: {
      title: {text: "Bits that the search leaned to"},
      xaxis: EPOCHS,
      yaxis: {title: {text: "Σ b·β̂<sub>b</sub> (bits), mean over parts"}},
    },
    caption: `Mean over the searches of each group and the parts of the network, by epoch of the search. ${provenanceOf(searched)}`,
  });
}

/** The bits that each part was left with, mean over the searches of each group. */
export function bitsByPartFigure(records: Records, label: string): Figure {
  const searched = searchedRecords(records);
  const groups = groupBy(searched, `labels.${label}`);
  const parts = [...new Set(searched.flatMap(({search}) => Object.keys(expectedBits(search, search.weights))))];
  const bitsOf = (members: readonly SearchedRecord[], part: string): number | undefined => {
    const each = members.flatMap(({architecture: {weights}}) => weights?.parts?.[part]?.bits ?? []).map(Number);
    return each.length ? mean(each) : undefined;
  };
  return figure({
    data: [
      {
        type: "heatmap",
        x: parts,
        y: groups.map(([group]) => String(group)),
        z: groups.map(([, members]) => parts.map((part) => bitsOf(members, part))),
        zmin: 1,
        zmax: Math.max(...searched.flatMap(({search}) => choicesOf(search.architecture.weights ?? {bits: 1}))),
        texttemplate: "%{z:.1f}",
        colorbar: {title: {text: "bits"}},
      },
    ],
    layout: {title: {text: "Bits by part"}, yaxis: {type: "category", autorange: "reversed"}},
    caption: `Bits of the decided networks, mean over the searches of each group; blank where a part has no weights left. ${provenanceOf(searched)}`,
  });
}
