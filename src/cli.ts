// The terminal program. Each command lives in src/cli/<name>.ts and is loaded only when it is the one that was asked for.

import {Command} from "commander";
import {failureOf} from "./cli/exit.js";
import {readerGone} from "./cli/interrupt.js";
import {guardTerminal} from "./cli/terminal.js";
import {packageVersion} from "./root.js";

/** `argv`: for a command whose parts depend on what is asked. */
type Register = (program: Command, argv: readonly string[]) => void | Promise<void>;
type Entry = {readonly summary: string; readonly load: () => Promise<Register>};

/** In the order of the help: first what a newcomer runs. */
const COMMANDS: Readonly<Record<string, Entry>> = {
  start: {
    summary: "run the notebooks and write a report (minutes)",
    load: async () => (await import("./cli/start.js")).startCommand,
  },
  doctor: {
    summary: "what works on this machine, and what is missing",
    load: async () => (await import("./cli/doctor.js")).doctorCommand,
  },
  lab: {
    summary: "open the notebooks in JupyterLab",
    load: async () => (await import("./cli/lab.js")).labCommand,
  },
  data: {
    summary: "list data sets, download or install one",
    load: async () => (await import("./cli/data.js")).dataCommand,
  },
  cost: {
    summary: "what an architecture costs before it is built: parameters, bytes, operations",
    load: async () => (await import("./cli/cost.js")).costCommand,
  },
  study: {
    summary: "run a study: train and measure many networks, in parallel and resumable",
    load: async () => (await import("./cli/study.js")).studyCommand,
  },
  train: {
    summary: "train one network and keep it in a file",
    load: async () => (await import("./cli/train.js")).trainCommand,
  },
  evaluate: {
    summary: "the accuracy of a saved network on test images",
    load: async () => (await import("./cli/evaluate.js")).evaluateCommand,
  },
  convert: {
    summary: "a DNN as a spiking network, measured over time",
    load: async () => (await import("./cli/convert.js")).convertCommand,
  },
  predict: {
    summary: "what a saved network says of images",
    load: async () => (await import("./cli/predict.js")).predictCommand,
  },
  compress: {
    summary: "a trained network with fewer bits, weights and timesteps, and what that costs",
    load: async () => (await import("./cli/compress.js")).compressCommand,
  },
  records: {
    summary: "print the records of a study",
    load: async () => (await import("./cli/records.js")).recordsCommand,
  },
  pick: {
    summary: "the best network of a study that fits a budget",
    load: async () => (await import("./cli/pick.js")).pickCommand,
  },
  run: {
    summary: "execute notebooks from the terminal",
    load: async () => (await import("./cli/run.js")).runCommand,
  },
  native: {
    summary: "install, check or remove native TensorFlow",
    load: async () => (await import("./cli/native.js")).nativeCommand,
  },
};

const EXAMPLES = `
Examples:
  spikebook doctor                                       what works on this machine, and what is missing
  spikebook start                                        the notebooks, as a report (ten minutes)
  spikebook data cifar10                                 download and verify a data set
  spikebook study kernel-impact --kernels 1,3,5 --out my-study   how kernel size matters
  spikebook train --data folder:my-images --out my.safetensors   one network of your own
  spikebook predict --network my.safetensors cat.png     what it says of an image
  spikebook records my-study --csv                       what that study measured
  spikebook pick --from my-study --max-bytes 2MB         its best network that fits

spikebook <command> --help explains a command. Documentation: README.md`;

/** One line for each usage error: "unknown option '--sed' (Did you mean --seed?)". */
const oneLine = (text: string): string =>
  `${text
    .replace(/^error: /, "")
    .trim()
    .replace(/\n/g, " ")}\n`;

/** The program, with the command that `argv` asks for. */
export async function program(argv: readonly string[]): Promise<Command> {
  const root = new Command("spikebook")
    .description("Which spiking neural network should I build under this much memory?")
    .version(packageVersion, "-V, --version", "print the version")
    .helpOption("-h, --help", "explain the program or a command")
    .configureOutput({outputError: (text, write) => write(oneLine(text))})
    .showSuggestionAfterError()
    .addHelpText("after", EXAMPLES)
    .exitOverride();
  const asked = argv[0] === "help" ? argv[1] : argv.find((word) => !word.startsWith("-"));
  for (const [name, {summary, load}] of Object.entries(COMMANDS)) {
    if (name === asked) await (await load())(root, argv);
    else root.command(name).summary(summary).description(summary);
  }
  return root;
}

/** Runs one command line, and sets the exit status of the process. */
export async function main(argv: readonly string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    guardTerminal(stream);
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      readerGone();
    });
  }
  try {
    const root = await program(argv);
    if (argv.length === 0) root.outputHelp();
    else await root.parseAsync(argv, {from: "user"});
  } catch (error) {
    const {status, text} = failureOf(error);
    if (text) console.error(text);
    process.exitCode = status;
    setTimeout(() => process.exit(), 2000).unref(); // for what would keep a failed process alive
  }
}
