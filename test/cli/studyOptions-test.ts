import assert from "node:assert";
import {Command} from "commander";
import {addStudyOptions, changesOf, type StudyOptions} from "../../src/cli/studyOptions.js";
import {studySettings} from "../../src/studies/settings.js";
import type {Recipe} from "../../src/training/recipe.js";

/** The recipe of a quick study with these options. */
function recipeOf(...args: string[]): Recipe {
  const command = addStudyOptions(new Command()).parse(args, {from: "user"});
  const settings = studySettings("test", {}, {});
  return studySettings("test", {}, changesOf(command.opts<StudyOptions>(), settings)).recipe;
}

describe("the options of a study's training", () => {
  it("leave the recipe as it is where none is given", () =>
    assert.deepStrictEqual(recipeOf(), studySettings("test", {}, {}).recipe));

  it("name a schedule, warm-up and an objective", () => {
    const {schedule, warmupSteps, objective} = recipeOf(
      ...["--schedule", "cosineByEpoch", "--warmup-steps", "20"],
      ...["--objective", "crossEntropyByTimestep", "--label-smoothing", "0.1"],
    );
    assert.deepStrictEqual([schedule, warmupSteps], ["cosineByEpoch", 20]);
    assert.deepStrictEqual(objective, {name: "crossEntropyByTimestep", labelSmoothing: 0.1});
  });

  it("smooth the cross-entropy's labels where no objective is named, and refuse objectives that have no such option", () => {
    assert.deepStrictEqual(recipeOf("--label-smoothing", "0.1").objective, {name: "crossEntropy", labelSmoothing: 0.1});
    assert.throws(
      () => recipeOf("--objective", "meanSquaredError", "--label-smoothing", "0.1"),
      /unknown meanSquaredError option: labelSmoothing; expected none/,
    );
  });

  it("name terms with their weights and options", () => {
    assert.deepStrictEqual(
      recipeOf("--term", "hoyerSquare:0.1,layers=fanOut", "--term", "l2:1e-4,roles=conv+linear").terms,
      [
        {name: "hoyerSquare", weight: 0.1, layers: "fanOut"},
        {name: "l2", weight: 1e-4, roles: ["conv", "linear"]},
      ],
    );
    assert.deepStrictEqual(recipeOf("--term", "activityLp:2,p=0.25").terms, [{name: "activityLp", weight: 2, p: 0.25}]);
    assert.throws(() => recipeOf("--term", "hoyerSquare"), /invalid term: hoyerSquare; expected a name and a weight, such as hoyerSquare:0.1/); // prettier-ignore
    assert.throws(() => recipeOf("--term", "hoyer:0.1"), /unknown term: hoyer; expected l2, /);
    assert.throws(
      () => recipeOf("--term", "hoyerSquare:much"),
      /invalid weight of hoyerSquare: NaN; expected a number > 0/,
    );
    assert.throws(() => recipeOf("--term", "logits:1,at=after"), /unknown logits option: at/);
  });
});
