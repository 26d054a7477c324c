import assert from "node:assert";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {CommanderError} from "commander";
import {invalid} from "../../src/check.js";
import {failureOf} from "../../src/cli/exit.js";
import {MissingError} from "../../src/native/needs.js";
import {packageRoot} from "../../src/root.js";
import {spikebook} from "./program.js";

describe("the terminal program", () => {
  it("names every command in its help, with what it does", () => {
    const {status, stdout} = spikebook(["--help"]);
    assert.strictEqual(status, 0);
    for (const name of ["start", "doctor", "lab", "data", "cost", "study", "records", "run", "native"])
      assert.match(stdout, new RegExp(`^  ${name} .*\\w{3}`, "m"));
    assert.match(stdout, /Examples:/);
  });

  it("shows the help when it is given nothing", () => {
    assert.match(spikebook([]).stdout, /^Usage: spikebook/);
  });

  it("prints package.json's version", () => {
    const {version} = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {version: string};
    assert.strictEqual(spikebook(["--version"]).stdout, `${version}\n`);
  });

  it("answers a misspelt command with one line, a suggestion and status 2", () => {
    const {status, stdout, stderr} = spikebook(["studdy"]);
    assert.deepStrictEqual([status, stdout], [2, ""]);
    assert.strictEqual(stderr, "unknown command 'studdy' (Did you mean study?)\n");
  });

  it("answers a misspelt option with one line, a suggestion and status 2", () => {
    const {status, stderr} = spikebook(["native", "--instal"]);
    assert.strictEqual(status, 2);
    assert.strictEqual(stderr, "unknown option '--instal' (Did you mean --install?)\n");
  });

  it("answers a wrong value with the error's message alone and status 2", () => {
    const {status, stderr} = spikebook(["lab", "--port", "none"]);
    assert.strictEqual(status, 2);
    assert.strictEqual(stderr, "invalid port: none; expected an integer from 1 to 65535\n");
  });
});

describe("failureOf", () => {
  it("tells input, interruption, a lack of the machine and a fault apart", () => {
    assert.deepStrictEqual(failureOf(invalid("tau", -3, "a number > 1")), {
      status: 2,
      text: "invalid tau: -3; expected a number > 1",
    });
    assert.deepStrictEqual(failureOf(new DOMException("x", "AbortError")), {status: 130, text: "interrupted"});
    assert.deepStrictEqual(failureOf(new MissingError("no make"), false), {status: 1, text: "no make"});
    const fault = failureOf(new TypeError("x is not a function"), false);
    assert.strictEqual(fault.status, 1);
    assert.match(fault.text, /^x is not a function\n.*SPIKEBOOK_DEBUG=1/);
  });

  it("shows where a fault happened when debugging", () => {
    assert.match(failureOf(new TypeError("x"), true).text, /cli-test/);
  });

  it("does not count a request for help as a failure", () => {
    assert.strictEqual(failureOf(new CommanderError(0, "commander.helpDisplayed", "")).status, 0);
    assert.strictEqual(failureOf(new CommanderError(1, "commander.unknownOption", "")).status, 2);
  });
});
