// spikebook native: real TensorFlow under @tensorflow/tfjs-node-gpu, where the package's own download fails or is too old.

import type {Command} from "commander";
import {InputError} from "../check.js";
import {installNative, removeNative} from "../native/install.js";
import {type NativeStatus, nativeStatus} from "../native/status.js";
import {packageRoot} from "../root.js";
import {compareBackends} from "./backends.js";
import {interruptSignal} from "./interrupt.js";
import {printedSteps} from "./steps.js";

type NativeOptions = {install?: boolean; python?: string; remove?: boolean; json?: boolean};

const NOTES = `
Examples:
  spikebook native                                what is there, tried with a real operation
  spikebook native --install                      a Python environment inside the project, TensorFlow in it, the binding built
  spikebook native --python /opt/venv/bin/python  the same against a TensorFlow that is there already
  spikebook native --remove                       as before

The binding is compiled: g++, make and Python are needed, and Linux. Everything is kept in .spikebook/ of the project.
SPIKEBOOK_BACKEND=tensorflow then chooses it; with a GPU it is chosen by itself.`;

export function nativeCommand(program: Command): void {
  program
    .command("native")
    .summary("install, check or remove native TensorFlow")
    .description("Real TensorFlow for the tensorflow backend, from Python's wheel. Without an option: what is there.")
    .option("--install", "make a virtual environment in the project, install TensorFlow and build the binding")
    .option("--python <path>", "build against the TensorFlow that this Python has")
    .option("--remove", "undo the installation")
    .option("--json", "print the resulting status as JSON")
    .addHelpText("after", NOTES)
    .action(native);
}

async function native({install, python, remove, json = false}: NativeOptions): Promise<void> {
  if (remove && (install || python))
    throw new InputError("invalid options: --remove with --install or --python; expected one");
  const signal = interruptSignal();
  const say = (text: string): void => void process.stderr.write(text);
  if (remove) say(removeNative(packageRoot) ? "native TensorFlow is removed\n" : "there was nothing to remove\n");
  else if (install || python) {
    const before = await nativeStatus(packageRoot, signal);
    const same = python === undefined || before.installed?.python === python;
    if (before.source === "wheel" && before.works && same) say("native TensorFlow is installed already\n");
    else await installNative({root: packageRoot, python, step: printedSteps(say), signal});
  }
  const status = await nativeStatus(packageRoot, signal);
  if ((install || python) && status.works && !status.gpu) compareBackends();
  console.log(json ? JSON.stringify(status, null, 2) : describe(status));
}

function describe({source, works, gpu, why, installed}: NativeStatus): string {
  if (!works) return `native TensorFlow: ${why}`;
  const origin =
    source === "wheel" && installed
      ? `TensorFlow ${installed.tensorflow} of ${installed.wheel}`
      : "the download of @tensorflow/tfjs-node-gpu itself";
  const choice = gpu ? "it sees a GPU and is chosen by itself" : "no GPU; SPIKEBOOK_BACKEND=tensorflow chooses it";
  return `native TensorFlow: works (${origin}); ${choice}`;
}
