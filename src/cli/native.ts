// spikebook native: what is compiled on this machine. Real TensorFlow under @tensorflow/tfjs-node-gpu, where the package's own download
// fails or is too old; and the engine's heaviest kernels in C.

import type {Command} from "commander";
import {InputError} from "../check.js";
import {installNative, removeNative} from "../native/install.js";
import {installKernels, removeKernels} from "../native/installKernels.js";
import {findAddon} from "../native/kernelPlaces.js";
import {type NativeStatus, nativeStatus} from "../native/status.js";
import {packageRoot} from "../root.js";
import {compareBackends} from "./backends.js";
import {interruptSignal} from "./interrupt.js";
import {printedSteps} from "./steps.js";

type NativeOptions = {install?: boolean; python?: string; kernels?: boolean; remove?: boolean; json?: boolean};

const NOTES = `
Examples:
  spikebook native                                what is there, tried with a real operation
  spikebook native --install                      a Python environment inside the project, TensorFlow in it, the binding built
  spikebook native --python /opt/venv/bin/python  the same against a TensorFlow that is there already
  spikebook native --remove                       as before
  spikebook native --kernels                      the wasm backend's heaviest kernels in C, for this machine's processor (seconds)
  spikebook native --kernels --remove             without those

The binding is compiled: g++, make and Python are needed, and Linux. Everything is kept in .spikebook/ of the project.
SPIKEBOOK_BACKEND=tensorflow then chooses it; with a GPU it is chosen by itself.
The kernels need a C compiler alone, on Linux or macOS. They run wherever the wasm backend does; SPIKEBOOK_ENGINE=wasm goes without them.`;

export function nativeCommand(program: Command): void {
  program
    .command("native")
    .summary("install, check or remove native TensorFlow and kernels in C")
    .description("Real TensorFlow for the tensorflow backend, from Python's wheel. Without an option: what is there.")
    .option("--install", "make a virtual environment in the project, install TensorFlow and build the binding")
    .option("--python <path>", "build against the TensorFlow that this Python has")
    .option(
      "--kernels",
      "compile the wasm backend's heaviest kernels for this machine's processor; with --remove: remove them",
    )
    .option("--remove", "undo the installation")
    .option("--json", "print the resulting status as JSON")
    .addHelpText("after", NOTES)
    .action(native);
}

async function native({install, python, kernels, remove, json = false}: NativeOptions): Promise<void> {
  if ((remove || kernels) && (install || python))
    throw new InputError("invalid options: --remove or --kernels with --install or --python; expected one");
  const signal = interruptSignal();
  const say = (text: string): void => void process.stderr.write(text);
  if (kernels) {
    if (remove) say(removeKernels(packageRoot) ? "the kernels in C are removed\n" : "there was nothing to remove\n");
    else await installKernels({root: packageRoot, step: printedSteps(say), signal});
    console.log(json ? JSON.stringify(kernelStatus(), null, 2) : describeKernels(kernelStatus()));
    return;
  }
  if (remove) say(removeNative(packageRoot) ? "native TensorFlow is removed\n" : "there was nothing to remove\n");
  else if (install || python) {
    const before = await nativeStatus(packageRoot, signal);
    const same = python === undefined || before.installed?.python === python;
    if (before.source === "wheel" && before.works && same) say("native TensorFlow is installed already\n");
    else await installNative({root: packageRoot, python, step: printedSteps(say), signal});
  }
  const status = await nativeStatus(packageRoot, signal);
  if ((install || python) && status.works && !status.gpu) compareBackends();
  const kernelsInC = kernelStatus();
  console.log(
    json
      ? JSON.stringify({...status, kernels: kernelsInC}, null, 2)
      : [describe(status), describeKernels(kernelsInC)].join("\n"),
  );
}

type KernelStatus = {readonly works: boolean; readonly why: string};

function kernelStatus(): KernelStatus {
  const found = findAddon(packageRoot);
  return typeof found === "string" ? {works: false, why: found} : {works: true, why: ""};
}

const describeKernels = ({works, why}: KernelStatus): string =>
  `kernels in C: ${works ? "compiled for this processor; the wasm backend runs them" : why}`;

function describe({source, works, gpu, why, installed}: NativeStatus): string {
  if (!works) return `native TensorFlow: ${why}`;
  const origin =
    source === "wheel" && installed
      ? `TensorFlow ${installed.tensorflow} of ${installed.wheel}`
      : "the download of @tensorflow/tfjs-node-gpu itself";
  const choice = gpu ? "it sees a GPU and is chosen by itself" : "no GPU; SPIKEBOOK_BACKEND=tensorflow chooses it";
  return `native TensorFlow: works (${origin}); ${choice}`;
}
