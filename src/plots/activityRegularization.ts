// Activity regularisation in figures: accuracy against zeros, operations of DNNs against those of converted networks, layers, and time.

import {ESTIMATORS} from "../architectures/energy.js";
import {mean} from "../analysis/interval.js";
import {provenanceOf} from "../records/provenance.js";
import type {TrialRecord} from "../records/trial.js";
import {measureOf, titled} from "../records/measures.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";
import {estimatorNote, matchedNote, matchedOf} from "./matchedAnn.js";

type Records = readonly TrialRecord[];

/** Records of one regulariser and λ. */
type Variant = {readonly regulariser: string; readonly lambda: number; readonly records: Records};

const ofNetwork = (records: Records, network: string): Records =>
  records.filter(({labels, testAccuracy}) => labels.network === network && testAccuracy !== undefined);

/** By regulariser in order of appearance, then by λ. */
function variantsOf(records: Records): Variant[] {
  const groups = new Map<string, Variant>();
  for (const record of records) {
    const [regulariser, lambda] = [String(record.labels.regulariser), Number(record.labels.lambda)];
    const name = `${regulariser} ${lambda}`;
    groups.set(name, {regulariser, lambda, records: [...(groups.get(name)?.records ?? []), record]});
  }
  return [...groups.values()];
}

/** Lines of regularisers, each from the unregularised network on in order of λ. */
function linesOf(records: Records): [name: string, line: Variant[]][] {
  const variants = variantsOf(records);
  const bases = variants.filter(({regulariser}) => regulariser === "none");
  const names = [...new Set(variants.map(({regulariser}) => regulariser))].filter((name) => name !== "none");
  const own = (name: string): Variant[] =>
    variants.filter(({regulariser}) => regulariser === name).sort((a, b) => a.lambda - b.lambda);
  return names.map((name) => [name, [...bases, ...own(name)]]);
}

/** The mean over seeds of a quantity; undefined where a seed has none. */
function over({records}: Variant, of: (record: TrialRecord) => number | undefined): number | undefined {
  const values = records.map(of);
  return values.every((value) => value !== undefined) ? mean(values) : undefined;
}

const colourOf = (i: number): string => PALETTE[i % PALETTE.length]!;
const seedsOf = (records: Records): number => new Set(records.map(({seed}) => seed)).size;

/** A line of one regulariser; points whose numbers are missing are left out. */
function line(
  [name, variants]: [string, Variant[]],
  i: number,
  x: (v: Variant) => number | undefined,
  y: (v: Variant) => number | undefined,
): Trace {
  const shown = variants.filter((v) => x(v) !== undefined && y(v) !== undefined);
  return {
    type: "scatter",
    mode: "lines+markers",
    name,
    x: shown.map(x),
    y: shown.map(y),
    text: shown.map(({lambda}) => `λ ${lambda}`),
    hovertemplate: `${name}, %{text}<extra></extra>`,
    line: {color: colourOf(i), width: 1.5},
    marker: {color: colourOf(i), size: 8, symbol: shown.map(({lambda}) => (lambda === 0 ? "square" : "circle"))},
  };
}

const LINES = "Each line goes from the unregularised network (square) on in order of λ; means over";

/** Accuracy against the fraction of zeros, by regulariser and λ. */
export function accuracySparsityFigure(records: Records): Figure {
  const dnns = ofNetwork(records, "DNN");
  return figure({
    data: linesOf(dnns).map((one, i) =>
      line(
        one,
        i,
        (v) => over(v, ({zeros}) => zeros && 100 * zeros),
        (v) => over(v, ({testAccuracy}) => 100 * testAccuracy!),
      ),
    ),
    layout: {
      title: {text: "Accuracy against sparsity of DNNs"},
      xaxis: {title: {text: "zeros among activations (%)"}},
      yaxis: {title: {text: "test accuracy (%)"}},
    },
    caption: `${LINES} ${seedsOf(dnns)} seed(s). ${provenanceOf(dnns)}`,
  });
}

/** What spikes replace: the first layer multiplies the image in both kinds of network. */
const behindFirst = (macs: Readonly<Record<string, number>>): number =>
  Object.values(macs).slice(1).reduce((sum, value) => sum + value, 0); // prettier-ignore

/** Synaptic operations of converted networks against the multiply-accumulates of their DNNs, with lines of equal energy. */
export function macsSynOpsFigure(records: Records): Figure {
  const dnns = ofNetwork(records, "DNN");
  const macs = (v: Variant) => over(v, ({effectiveMacsByLayer}) => effectiveMacsByLayer && behindFirst(effectiveMacsByLayer) / 1e6); // prettier-ignore
  const synOps = (v: Variant) => over(v, ({conversion}) => conversion?.latencySynOps && conversion.latencySynOps / 1e6);
  const lines = linesOf(dnns);
  const xs = lines.flatMap(([, own]) => own.flatMap((v) => (synOps(v) === undefined ? [] : (macs(v) ?? []))));
  const ends = xs.length > 0 ? [Math.min(...xs), Math.max(...xs)] : [];
  const {fp32, loihi} = ESTIMATORS;
  const equal = (name: string, ratio: number, dash: string): Trace => ({
    ...{type: "scatter", mode: "lines", name, x: ends, y: ends.map((x) => ratio * x), hoverinfo: "skip"},
    line: {color: "#555555", width: 1.5, dash},
  });
  const late = dnns.filter(({conversion}) => conversion && conversion.latency === undefined).length;
  return figure({
    data: [
      ...lines.map((one, i) => line(one, i, macs, synOps)),
      equal("equal energy, 45 nm", fp32.macPJ / fp32.acPJ, "dash"),
      equal("equal, Loihi's SynOps", fp32.macPJ / loihi.acPJ, "dot"),
    ],
    layout: {
      title: {text: "What a DNN multiplies and its spiking network adds"},
      xaxis: {title: {text: "multiply-accumulates behind the first layer, zeros skipped (millions)"}},
      yaxis: {title: {text: "synaptic operations at latency (millions)"}, type: "log", exponentformat: "none", dtick: "D2"}, // prettier-ignore
    },
    caption:
      `${LINES} ${seedsOf(dnns)} seed(s). Latency: the first timestep within one point of the DNN; ${late} of ${dnns.length} networks never came there, and their groups are left out. ` +
      `The first layer multiplies the image in both. Under a line of equal energy the spiking network takes less. Dashed: ${fp32.name}; dotted: a MAC of the same against ${loihi.name}. ${provenanceOf(dnns)}`,
  });
}

const NETWORKS = [
  ["DNN", "DNN, zeros skipped", "circle", ({energy}: TrialRecord) => energy, ({testAccuracy}: TrialRecord) => testAccuracy],
  ["DNN", "converted, at latency", "diamond", ({conversion}: TrialRecord) => conversion?.latencyEnergies?.fp32, ({conversion}: TrialRecord) => conversion?.latencyAccuracy],
  ["SNN", "trained as SNN", "triangle-up", ({energy}: TrialRecord) => energy, ({testAccuracy}: TrialRecord) => testAccuracy],
] as const; // prettier-ignore

/** Accuracy against energy of DNNs, of the networks converted from them, and of directly trained ones, which are the line to beat. */
export function activityEnergyFigure(records: Records): Figure {
  const {scale} = measureOf("energy");
  const names = linesOf(records).map(([name]) => name);
  const data = NETWORKS.map(([network, name, symbol, energyOf, accuracyOf]): Trace => {
    const shown = variantsOf(ofNetwork(records, network)).flatMap((v) => {
      const [pJ, accuracy] = [over(v, (record) => energyOf(record)?.pJ), over(v, accuracyOf)];
      return pJ === undefined || accuracy === undefined ? [] : [{...v, x: scale * pJ, y: 100 * accuracy}];
    });
    return {
      ...{type: "scatter", mode: "markers", name, x: shown.map(({x}) => x), y: shown.map(({y}) => y)},
      ...{
        text: shown.map(({regulariser, lambda}) => `${regulariser}, λ ${lambda}`),
        hovertemplate: "%{text}<extra></extra>",
      },
      marker: {symbol, size: 10, color: shown.map(({regulariser}) => colours(names.indexOf(regulariser) + 1))},
    };
  });
  const dnns = variantsOf(ofNetwork(records, "DNN"));
  // Small squares under the circles: what the legend shows of colours.
  const legend = ["none", ...names].flatMap((name, i): Trace[] => {
    const own = dnns.find(({regulariser}) => regulariser === name);
    const [pJ, accuracy] = own
      ? [over(own, ({energy}) => energy?.pJ), over(own, ({testAccuracy}) => testAccuracy)]
      : [];
    if (pJ === undefined || accuracy === undefined) return [];
    const marker = {symbol: "square", size: 6, color: colours(i)};
    return [{type: "scatter", mode: "markers", name, x: [scale * pJ], y: [100 * accuracy], marker, hoverinfo: "skip"}];
  });
  const matched = ofNetwork(records, "SNN").flatMap((record) => matchedOf(record, "energy") ?? []).slice(0, 1); // prettier-ignore
  return figure({
    data: [...legend, ...data],
    layout: {
      title: {text: "Accuracy against energy"},
      xaxis: {title: {text: titled("energy")}, rangemode: "tozero"},
      yaxis: {title: {text: "test accuracy (%)"}},
      shapes: matched.map(({pJ}) => ({type: "line", yref: "paper", y0: 0, y1: 1, x0: scale * pJ, x1: scale * pJ, line: {dash: "dash", color: "#555555", width: 1.5}})), // prettier-ignore
      annotations: matched.map(({pJ, bits}) => ({text: `matched ${bits}-bit ANN`, yref: "paper", y: 1, yanchor: "bottom", x: scale * pJ, showarrow: false})), // prettier-ignore
    },
    caption: [
      `Means over ${seedsOf(records)} seed(s) of each regulariser (colour) and λ.`,
      estimatorNote(records, "energy"),
      measureOf("energy").note,
      matchedNote(matched, "Dashed"),
      provenanceOf(records),
    ].join(" "),
  });
}

/** The variant of the middle λ of each regulariser, and the unregularised one. */
function middles(records: Records): [name: string, variant: Variant][] {
  const lines = linesOf(records);
  const bases = variantsOf(records).filter(({regulariser}) => regulariser === "none");
  const middle = ([name, own]: [string, Variant[]]): [string, Variant][] => {
    const tried = own.filter(({lambda}) => lambda > 0);
    const chosen = tried[Math.floor((tried.length - 1) / 2)];
    return chosen ? [[`${name}, λ ${chosen.lambda}`, chosen]] : [];
  };
  return [...bases.map((base): [string, Variant] => ["none", base]), ...lines.flatMap(middle)];
}

/** A colour that a regulariser has in every figure; black of none. */
const colours = (i: number): string => (i === 0 ? PALETTE[6]! : colourOf(i - 1));

/** By layer: values that are not 0 in the DNN, and firing rates of the converted and of the directly trained network. */
export function layerActivityFigure(records: Records): Figure {
  const parts = [
    ["DNN", "", "DNN: not 0 (%)", ({zerosByLayer}: TrialRecord, layer: string) => zerosByLayer && 100 * (1 - zerosByLayer[layer]!)],
    ["DNN", "2", "converted: rate (%)", ({conversion}: TrialRecord, layer: string) => conversion && 100 * conversion.firingRates[layer]!],
    ["SNN", "3", "direct SNN: rate (%)", ({firingRates}: TrialRecord, layer: string) => firingRates && 100 * firingRates[layer]!],
  ] as const; // prettier-ignore
  const data = parts.flatMap(([network, axis, , of], part): Trace[] => {
    const own = ofNetwork(records, network);
    const layers = Object.keys((network === "DNN" ? own[0]?.zerosByLayer : own[0]?.firingRates) ?? {});
    return middles(own).map(([name, variant], i) => ({
      ...{type: "bar", name, legendgroup: name, showlegend: part === 0, xaxis: `x${axis}`, yaxis: `y${axis}`},
      ...{x: layers, y: layers.map((layer) => over(variant, (record) => of(record, layer)) ?? 0)},
      marker: {color: colours(i)},
    }));
  });
  const domain = (part: number): [number, number] => [part * 0.36, part * 0.36 + 0.28];
  return figure({
    data,
    layout: {
      title: {text: "Activity of layers"},
      barmode: "group",
      xaxis: {domain: domain(0)},
      xaxis2: {domain: domain(1), anchor: "y2"},
      xaxis3: {domain: domain(2), anchor: "y3"},
      yaxis: {title: {text: parts[0][2]}, rangemode: "tozero"},
      yaxis2: {title: {text: parts[1][2]}, anchor: "x2", rangemode: "tozero"},
      yaxis3: {title: {text: parts[2][2]}, anchor: "x3", rangemode: "tozero"},
      legend: {orientation: "h", x: 0, y: -0.15, xanchor: "left", yanchor: "top"},
    },
    caption: `Means over ${seedsOf(records)} seed(s), each regulariser at the middle of its λ. Rates: spikes per neuron and timestep, of converted networks up to their latency. ${provenanceOf(records)}`,
  });
}

/** Accuracy and synaptic operations of converted networks over timesteps. */
export function accuracyOverTimeFigure(records: Records): Figure {
  const converted = ofNetwork(records, "DNN").filter(({conversion}) => conversion !== undefined);
  const T = Math.min(...converted.map(({conversion}) => conversion!.T));
  const times = Array.from({length: converted.length > 0 ? T : 0}, (_, t) => t);
  const data = middles(converted).flatMap(([name, variant], i): Trace[] => {
    const shared = {type: "scatter", mode: "lines", name, legendgroup: name, x: times.map((t) => t + 1), line: {color: colours(i), width: 1.5}}; // prettier-ignore
    return [
      {...shared, y: times.map((t) => over(variant, ({conversion}) => 100 * conversion!.accuracy[t]!))},
      {...shared, y: times.map((t) => over(variant, ({conversion}) => conversion!.synOps[t]! / 1e6)), xaxis: "x2", yaxis: "y2", showlegend: false}, // prettier-ignore
    ];
  });
  const time = {title: {text: "timestep"}, type: "log"};
  return figure({
    data,
    layout: {
      title: {text: "Converted networks over time"},
      xaxis: {...time, domain: [0, 0.43]},
      xaxis2: {...time, domain: [0.57, 1], anchor: "y2"},
      yaxis: {title: {text: "test accuracy (%)"}, range: [0, 100]},
      yaxis2: {
        title: {text: "synaptic operations per image (millions)"},
        anchor: "x2",
        type: "log",
        dtick: 1,
        exponentformat: "none",
      },
      legend: {orientation: "h", x: 0, y: -0.18, xanchor: "left", yanchor: "top"},
    },
    caption: `Means over ${seedsOf(converted)} seed(s), each regulariser at the middle of its λ; ${converted[0]?.conversion?.testImages ?? 0} test images. ${provenanceOf(converted)}`,
  });
}
