import {defineStudy, numbersOf, parseCell, seedsOf, studyArchitecture} from "spikebook";

const cells = [parseCell("0333 0012 0003 0000"), parseCell("0333 0012 0003 0000")];

export default defineStudy({
  name: "threshold",
  summary: "how the firing threshold changes accuracy and synaptic work",
  own: {thresholds: [0.5, 0.75, 1]},
  options: [{name: "thresholds", value: "<list>", help: "firing thresholds, such as 0.5,1", parse: numbersOf}],
  trials: (settings) =>
    seedsOf(settings).flatMap((seed) =>
      settings.thresholds.map((threshold) => {
        const network = {...settings.network, neuron: {...settings.network.neuron, threshold}};
        return {labels: {threshold}, seed, architecture: studyArchitecture({...settings, network}, cells)};
      }),
    ),
  comparison: {label: "threshold", axis: "firing threshold θ", reference: [1]},
});
