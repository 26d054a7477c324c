// What a kernel set costs, as a figure: the parameters of networks drawn from each set, and a budget.

import type {KernelSize} from "../architectures/ops.js";
import {type Figure, figure, PALETTE} from "./figure.js";

export type SetMemory = {
  readonly set: readonly KernelSize[];
  /** Millions of parameters of each network drawn. */
  readonly params: readonly number[];
};

/** A box for each set (quartiles; whiskers to 1.5 interquartile ranges), the budget in millions of parameters dashed. */
export const setMemoryFigure = (drawn: readonly SetMemory[], budget: number): Figure =>
  figure({
    data: drawn.map(({set, params}) => ({
      type: "box",
      name: `{${set.join(", ")}}`,
      y: params,
      boxpoints: "outliers",
      marker: {color: PALETTE[0], size: 3},
      line: {color: PALETTE[0]},
    })),
    layout: {
      title: {text: "Memory of networks drawn from each kernel set"},
      showlegend: false,
      xaxis: {title: {text: "kernel sizes in the search space"}},
      yaxis: {title: {text: "parameters (millions)"}, rangemode: "tozero"},
      shapes: [{type: "line", x0: 0, x1: 1, xref: "paper", y0: budget, y1: budget, line: {color: PALETTE[1], dash: "dash"}}], // prettier-ignore
      annotations: [{x: 0, xref: "paper", xanchor: "left", xshift: 4, y: budget, yshift: 9, text: `${budget} million`, showarrow: false, font: {color: PALETTE[1]}}], // prettier-ignore
    },
    caption: `${drawn[0]!.params.length} networks drawn from each set, closed form, no training. Box: quartiles; whiskers: 1.5 interquartile ranges.`,
  });
