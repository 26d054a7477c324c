#!/usr/bin/env node
// The terminal entry: hands over to the built program, or says how to build it.

import {existsSync} from "node:fs";

const program = new URL("../build/src/cli.js", import.meta.url);
if (!existsSync(program)) {
  console.error("spikebook is not built yet: run npm run build (npm ci does it as well)");
  process.exit(1);
}
const {main} = await import(program.href);
await main(process.argv.slice(2));
