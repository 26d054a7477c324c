// spikebook doctor: what works on this machine, what does not, and what would mend it.

import type {Command} from "commander";
import {compareBackends} from "./backends.js";
import {type Checkup, checkup} from "./checkup.js";

export function doctorCommand(program: Command): void {
  program
    .command("doctor")
    .summary("what works on this machine, and what is missing")
    .description(
      "Looks at Node, the notebook kernel, backends, memory, disk, data and Jupyter; changes nothing but with --measure.",
    )
    .option("--json", "print the findings as JSON")
    .option("--measure", "compare the backends that are here (seconds), and remember which is the fastest")
    .addHelpText("after", "\nThe exit status is 0 when the notebooks and studies can run, and 1 when they cannot.")
    .action(async ({json, measure}: {json?: boolean; measure?: boolean}) => {
      if (measure) compareBackends(); // before the backend is chosen
      const found = await checkup();
      console.log(json ? JSON.stringify(found, null, 2) : describe(found));
      process.exitCode = found.ok ? 0 : 1;
    });
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** The findings as lines of a table, with what stands in the way first. */
export function describe(found: Checkup): string {
  const {node, tslab, backend, kernels, gpu, cores, memory, disk, datasets, jupyter} = found;
  const present = Object.keys(datasets).filter((name) => datasets[name]);
  const absent = Object.keys(datasets).filter((name) => !datasets[name]);
  const rows: [string, string][] = [
    ["Node", `${node.version}${node.ok ? "" : " (too old)"}`],
    ["tslab", tslab.ok ? `${tslab.version}, loads` : `does not load: ${tslab.why}`],
    ["backend", backend ? `${backend.name}: ${backend.why}` : "none starts"],
    ...(backend?.others ?? []).map(({name, why}): [string, string] => ["", `not ${name}: ${why}`]),
    ["kernels", kernels ? `${kernels.engine}: ${kernels.why}` : "off"],
    ...(kernels && kernels.engine !== "off"
      ? [["", kernels.native ? `not in C: ${kernels.native}` : "the heaviest in C"] as [string, string]]
      : []),
    ["GPU", gpu ?? "none seen"],
    ["cores", String(cores)],
    ["memory", `${gigabytes(memory.totalBytes)}, ${gigabytes(memory.freeBytes)} free`],
    ["disk", `${gigabytes(disk.freeBytes)} free`],
    ["data sets", present.join(", ")],
    ...(absent.length > 0
      ? [["", `absent: ${absent.join(", ")}; spikebook data NAME gets one`] as [string, string]]
      : []),
    ["Jupyter", jupyter ?? "none found; spikebook lab says how to get it"],
  ];
  const table = rows.map(([name, text]) => `  ${name.padEnd(10)}${text}`);
  const verdict = found.ok
    ? ["ready: the notebooks and studies can run here"]
    : found.problems.map((p) => `cannot run: ${p}`);
  return [...verdict, "", ...table].join("\n");
}
