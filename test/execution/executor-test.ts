import assert from "node:assert";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {InputError} from "../../src/check.js";
import type {OpenExecutor} from "../../src/execution/executor.js";
import {type ExecutionOptions, openExecutor} from "../../src/execution/openExecutor.js";
import {evaluateMessage, messageOf, type TaskKind} from "../../src/execution/task.js";
import {ENDLESS, FATAL, type Number, REFUSED, SQUARE} from "./tasks.js";

/** Runs the tasks and gives back their results by n, sorted by n. */
async function resultsOf<R>(
  kind: TaskKind<Number, R>,
  tasks: readonly Number[],
  options: ExecutionOptions,
): Promise<R[]> {
  const executor = openExecutor(kind, options);
  const found = new Map<number, R>();
  try {
    await executor.run(tasks, {onResult: ({n}, result) => void found.set(n, result)});
  } finally {
    executor.close();
  }
  return [...found].sort(([a], [b]) => a - b).map(([, result]) => result);
}

/** An executor as a cluster's queue would be: it sees text alone, and ends tasks from the last to the first. */
const queue: OpenExecutor = (kind, {signal}) => ({
  async run(tasks, {onResult}) {
    const jobs = tasks.map((task) => ({task, file: JSON.stringify(messageOf(kind, task))}));
    for (const {task, file} of jobs.reverse()) {
      signal?.throwIfAborted();
      const result = await evaluateMessage(JSON.parse(file) as never, {onProgress: () => {}});
      onResult(task, JSON.parse(JSON.stringify(result)) as never);
    }
  },
  close() {},
});

describe("an executor", function () {
  this.timeout(30000);
  const tasks = [1, 2, 3, 4, 5, 6, 7].map((n) => ({n}));

  it("gives the same results here, from one child process, from three and from a queue", async () => {
    const squares = async (options: ExecutionOptions): Promise<number[]> =>
      (await resultsOf(SQUARE, tasks, options)).map(({n}) => n);
    for (const options of [{workers: 0}, {workers: 1}, {workers: 3}, {executor: queue}])
      assert.deepStrictEqual(await squares(options), [1, 4, 9, 16, 25, 36, 49]);
  });

  it("runs in this process or in as many others as it is told, and keeps those from one list to the next", async () => {
    const pids = (results: readonly {readonly pid: number}[]): Set<number> => new Set(results.map(({pid}) => pid));
    assert.deepStrictEqual(pids(await resultsOf(SQUARE, tasks, {workers: 0})), new Set([process.pid]));
    const executor = openExecutor(SQUARE, {workers: 2});
    const seen = new Set<number>();
    for (let round = 0; round < 3; ++round) await executor.run(tasks, {onResult: (_task, {pid}) => void seen.add(pid)});
    executor.close();
    assert.strictEqual(seen.size, 2);
    assert.ok(!seen.has(process.pid));
  });

  it("tells progress with the task that it is of", async () => {
    for (const workers of [0, 1]) {
      const executor = openExecutor(SQUARE, {workers});
      const told: unknown[] = [];
      await executor.run([{n: 3}], {onResult: () => {}, onProgress: (...progress) => told.push(progress)});
      executor.close();
      assert.deepStrictEqual(told, [[{n: 3}, 1, 2, "half"]]);
    }
  });

  it("begins a task again whose process died, and gives up after three", async () => {
    const folder = mkdtempSync(join(tmpdir(), "executor-"));
    assert.deepStrictEqual(await resultsOf(FATAL, [{n: 5, mark: join(folder, "died")}], {workers: 1}), [5]);
    rmSync(folder, {recursive: true});
    await assert.rejects(
      resultsOf(FATAL, [{n: 5}], {workers: 1}),
      /the process of the death of 5 died 3 times \(SIGKILL\); is there enough memory\?/,
    );
  });

  it("rejects with a task's own error, of the class that says whose mistake it was", async () => {
    for (const workers of [0, 2])
      await assert.rejects(
        resultsOf(REFUSED, tasks, {workers}),
        (error) => error instanceof InputError && /invalid n: \d; expected another/.test(error.message),
      );
  });

  it("ends with the error of a listener that cannot take a result", async () => {
    for (const workers of [0, 2]) {
      const executor = openExecutor(SQUARE, {workers});
      const full = (): void => {
        throw new Error("disk full");
      };
      await assert.rejects(executor.run(tasks, {onResult: full}), /disk full/);
      executor.close();
    }
  });

  it("stops at a signal", async () => {
    const controller = new AbortController();
    const executor = openExecutor(ENDLESS, {workers: 2, signal: controller.signal});
    const run = executor.run(tasks, {onResult: () => {}, onProgress: () => controller.abort()});
    await assert.rejects(run, {name: "AbortError"});
    executor.close();
    await assert.rejects(resultsOf(SQUARE, tasks, {workers: 0, signal: controller.signal}), {name: "AbortError"});
  });

  it("names the module that has no such kind of task", async () => {
    const lost = {...SQUARE, name: "CUBE"};
    await assert.rejects(resultsOf(lost, tasks, {workers: 1}), /no kind of task CUBE in file:.*tasks\.js; expected/);
  });

  it("refuses a number of processes that cannot be", () => {
    assert.throws(() => openExecutor(SQUARE, {workers: -1}), /invalid workers: -1; expected an integer from 0 to 256/);
    assert.throws(() => openExecutor(SQUARE, {workers: 1.5}), /invalid workers: 1.5/);
  });
});
