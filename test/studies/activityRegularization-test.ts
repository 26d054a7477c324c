import assert from "node:assert";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {ACTIVITY_REGULARIZATION, activityRegularizationSettings, activityRegularizationTrials} from "../../src/studies/activityRegularization.js"; // prettier-ignore
import {parseLayers} from "../../src/architectures/layerList.js";
import {conductStudy} from "../../src/studies/conductStudy.js";
import {assertClose} from "../assert.js";

const TINY = {
  seeds: 1,
  data: {name: "procedural-16", trainCount: 40, testCount: 20, train: 40, validation: 0, seed: 0},
  recipe: {epochs: 1},
  layers: parseLayers("conv4,pool,fc8"),
  regularisers: ["Hoyer-square"],
  lambdas: [1],
  conversion: {T: 12, percentile: 99.9, images: 20, testImages: 20},
} as const;

describe("the study of activity regularisation", () => {
  it("pairs every regulariser and λ of both kinds of network with one without", () => {
    const settings = activityRegularizationSettings({
      ...TINY,
      regularisers: ["L1", "SynOps L1"],
      lambdas: [1, 2],
      seeds: 2,
    });
    const trials = activityRegularizationTrials(settings);
    assert.strictEqual(trials.length, 2 * 2 * (1 + 2 * 2));
    const of = (group: string) => trials.find(({labels, seed}) => labels.group === group && seed === 1)!;
    assert.deepStrictEqual(of("DNN, SynOps L1 λ 0.5").recipe.terms, [
      {name: "activityL1", weight: 0.5, layers: "fanOut"},
    ]);
    assert.strictEqual(of("DNN, none").recipe.terms, undefined);
    assert.deepStrictEqual(of("DNN, none").conversion, TINY.conversion);
    assert.strictEqual(of("SNN, none").conversion, undefined);
    assert.strictEqual(of("DNN, none").architecture.neuron, null);
  });

  it("refuses what cannot be", () => {
    const refused = (changes: object, message: RegExp): void =>
      assert.throws(() => activityRegularizationSettings({...TINY, ...changes}), {message});
    refused({regularisers: ["L3"]}, /unknown regulariser: L3; expected L1, L2/);
    refused({lambdas: [0]}, /invalid lambdas: \[0\]; expected numbers > 0/);
    refused({regularisers: ["push"]}, /dnn alone with push/);
    refused({arms: ["ann"]}, /unknown arm: ann; expected dnn or snn/);
  });

  it("trains, converts and measures, and draws what it found", async function () {
    this.timeout(120000);
    const out = mkdtempSync(join(tmpdir(), "activity-"));
    try {
      const {records} = await conductStudy(ACTIVITY_REGULARIZATION, TINY, {out, workers: 0});
      const [dnn, snn] = records as [(typeof records)[0], (typeof records)[0]];
      assert.deepStrictEqual(records.map(({labels}) => labels.group), ["DNN, none", "SNN, none", "DNN, Hoyer-square λ 0.05", "SNN, Hoyer-square λ 0.05"]); // prettier-ignore
      assertClose(dnn.energy!.pJ, 4.6 * dnn.effectiveMacs!);
      assert.ok(dnn.zeros! > 0 && dnn.zeros! < 1 && dnn.synOps === 0 && snn.zeros === undefined);
      const {T, accuracy, synOps, latency, latencySynOps, latencyEnergies, dnnAccuracy} = dnn.conversion!;
      assert.deepStrictEqual([accuracy.length, synOps.length], [T, T]);
      assert.strictEqual(dnnAccuracy, dnn.testAccuracy); // the same 20 images
      if (latency !== undefined) {
        assert.ok(
          accuracy[latency - 1]! >= dnnAccuracy - 0.01 &&
            accuracy.slice(0, latency - 1).every((a) => a < dnnAccuracy - 0.01),
        );
        // The first convolution, 3×3 from 3 to 4 channels on 16×16, meets the image once.
        assertClose(latencyEnergies!.fp32!.pJ, 4.6 * 27 * 4 * 256 + 0.9 * latencySynOps!);
      }
      const terms = records[2]!.curve[0]! as {terms?: Record<string, number>};
      assert.ok(terms.terms!.hoyerSquare! > 0);
      const again = await conductStudy(ACTIVITY_REGULARIZATION, TINY, {out, workers: 0});
      assert.strictEqual(again.ran, 0);
      assert.deepStrictEqual(again.records, records);
    } finally {
      rmSync(out, {recursive: true, force: true});
    }
  });
});
