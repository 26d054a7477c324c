import assert from "node:assert";
import {hashOf} from "../../src/architectures/canonical.js";
import {PAPER_RECIPE, recipe, SMALL_RECIPE} from "../../src/training/recipe.js";

describe("recipes", () => {
  it("keep the paper's beside the one that starts", () => {
    assert.deepStrictEqual(
      [PAPER_RECIPE.optimiser, PAPER_RECIPE.learningRate, PAPER_RECIPE.epochs, PAPER_RECIPE.headInit],
      ["sgd", 0.1, 300, "paper"],
    );
    assert.strictEqual(SMALL_RECIPE.headInit, "unitVariance");
  });

  it("refuse what cannot be, naming it", () => {
    assert.throws(() => recipe({learningRate: NaN}), /invalid learning rate: NaN; expected a number > 0/);
    assert.throws(() => recipe({epochs: 1.5}), /invalid epochs: 1.5; expected an integer from 0 to 100000/);
    assert.throws(() => recipe({epoch: 3} as never), /unknown recipe option: epoch; expected epochs/);
    assert.throws(() => recipe({optimiser: "rmsprop" as never}), /unknown optimiser: rmsprop; expected adam or sgd/);
    assert.throws(
      () => recipe({schedule: "step" as never}),
      /unknown schedule: step; expected cosine, cosineByEpoch or/,
    );
  });

  it("refuse objectives, terms, groups and passes that cannot be", () => {
    const refused = (changes: object, message: RegExp) => assert.throws(() => recipe(changes as never), message);
    refused({objective: {name: "hinge"}}, /unknown objective: hinge; expected crossEntropy, crossEntropyByTimestep, /);
    refused(
      {objective: {name: "crossEntropy", labelSmoothing: 2}},
      /invalid label smoothing: 2; expected a number from/,
    );
    refused(
      {objective: {name: "meanSquaredError", labelSmoothing: 0.1}},
      /unknown meanSquaredError option: labelSmoothing/,
    );
    refused({terms: [{name: "l2"}]}, /invalid weight of l2: undefined; expected a number > 0/);
    refused({terms: [{name: "l2", weight: 1, roles: ["masks"]}]}, /unknown role: masks; expected conv, gamma/);
    refused({groups: [{roles: ["conv"], momentum: 1}]}, /unknown group option: momentum; expected/);
    refused({groups: [{roles: ["conv"]}, {roles: ["conv"]}]}, /invalid groups: conv in two of them/);
    refused({passes: [{roles: ["conv"], images: "test"}]}, /unknown images of a pass: test; expected same or other/);
  });

  it("leave out what says what is so anyway, so that one training has one hash", () => {
    const said = recipe({schedule: "cosine", warmupSteps: 0, objective: {name: "crossEntropy"}, terms: [], groups: []});
    assert.deepStrictEqual(said, SMALL_RECIPE);
    assert.strictEqual(hashOf(said), hashOf(recipe()));
    assert.deepStrictEqual(recipe({schedule: "constant"}), {...SMALL_RECIPE, schedule: "constant"});
  });
});
