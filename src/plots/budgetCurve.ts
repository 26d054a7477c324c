// The best network that fits, against the budget: a staircase of validation accuracy, and the test accuracy of each step.

import {provenanceOf} from "../records/provenance.js";
import type {BudgetStep} from "../analysis/budgetCurve.js";
import {wiringOf} from "../architectures/description.js";
import type {TrialRecord} from "../records/trial.js";
import {type Figure, figure, PALETTE} from "./figure.js";

/** Steps as `budgetCurve` gives them; the staircase ends at the largest network of the records. */
export function budgetCurveFigure(steps: readonly BudgetStep[], records: readonly TrialRecord[]): Figure {
  const largest = Math.max(...records.map(({params}) => params));
  const x = steps.map(({maxParams}) => maxParams);
  const validation = steps.map(({choice}) => 100 * choice.validationAccuracy);
  return figure({
    data: [
      {
        type: "scatter",
        mode: "lines",
        name: "validation, which chooses",
        x: [...x, largest],
        y: [...validation, validation.at(-1)],
        line: {shape: "hv", color: PALETTE[0], width: 2},
        hoverinfo: "skip",
      },
      {
        type: "scatter",
        mode: "markers",
        name: "test",
        x,
        y: steps.map(({choice}) => 100 * choice.testAccuracy),
        text: steps.map(({choice}) => wiringOf(choice.architecture)),
        hovertemplate: "%{text}<br>test %{y:.1f} %<extra></extra>",
        error_y: {
          type: "data",
          symmetric: false,
          array: steps.map(({choice}) => 100 * (choice.testHigh - choice.testAccuracy)),
          arrayminus: steps.map(({choice}) => 100 * (choice.testAccuracy - choice.testLow)),
          thickness: 1.5,
          width: 5,
          color: PALETTE[1],
        },
        marker: {size: 9, color: PALETTE[1]},
      },
    ],
    layout: {
      title: {text: "The best network that fits"},
      xaxis: {title: {text: "budget (parameters)"}},
      yaxis: {title: {text: "accuracy (%)"}},
      legend: {orientation: "h", x: 0, y: -0.2, yanchor: "top"},
      margin: {l: 64, r: 24, t: 52, b: 96},
    },
    caption: `Bars: 95 % interval of the test accuracy, over seeds (t) or, for one seed, over test images (Wilson). ${provenanceOf(records)}`,
  });
}
