// The process that compares backends: see backends.ts.

import {rememberMeasured} from "../measuredBackends.js";
import {BACKENDS, presentBackends} from "../tf.js";
import {measureBackends} from "../training/measureBackends.js";

const here = presentBackends();
const names = BACKENDS.filter((name) => name !== "cpu" && here.includes(name)); // cpu is the reference, and far behind
const measured = await measureBackends(names);
for (const [name, {training, inference}] of Object.entries(measured.speeds))
  console.log(`${name.padEnd(12)}${training.toFixed(0)} images/s in training, ${inference.toFixed(0)} in inference`);
const file = rememberMeasured(measured);
console.log(file ? `${measured.fastest} is the fastest: remembered in ${file}` : `${measured.fastest} is the fastest`);
process.exit();
