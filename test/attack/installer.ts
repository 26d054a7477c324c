// A process that installs one data set from two sources in turn until it is killed.

import {install} from "../../src/datasets/install.js";
import {RECIPES} from "../../src/datasets/recipe.js";

const [, , dataDir, ...sources] = process.argv;
for (let n = 0; ; ++n) {
  await install("cifar10", RECIPES.cifar10, {dataDir: dataDir!, from: sources[n % sources.length]!});
  if (n === 0) process.stdout.write("installed\n");
}
