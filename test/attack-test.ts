// The small part of the attack: a few attempts of each kind. All of them: npm run test:attack.

import assert from "node:assert";
import {attackKinds} from "./attack/catalogue.js";
import {type Kind, runKind} from "./attack/kind.js";
import {isRaw} from "./attack/program.js";

const kinds = await attackKinds();

describe("under attack", function () {
  this.timeout(120_000); // seconds on a quiet machine
  for (const kind of kinds)
    if (kind.small > 0)
      it(`${kind.name}: ${kind.held}`, async function () {
        if (kind.lacks?.()) this.skip();
        const {tried, failures} = await runKind(kind, {seed: 0, count: kind.small});
        assert.ok(tried > 0, "no attempt was made");
        assert.deepStrictEqual(failures, []);
      });
});

describe("the attack itself", () => {
  const kind = (attempt: Kind["attempt"]): Kind => ({
    ...{name: "made-up", held: "nothing", count: 4, small: 0, seconds: 60},
    attempt,
  });
  const count = 4;

  it("counts what was held, what was not, and what threw", async () => {
    const outcome = await runKind(
      kind(({index}) => {
        if (index === 3) throw new TypeError("raw");
        return index === 2 ? "lost" : undefined;
      }),
      {seed: 1, count},
    );
    assert.deepStrictEqual([outcome.tried, outcome.held, outcome.left], [4, 2, 0]);
    assert.deepStrictEqual(outcome.failures[0], {index: 2, what: "lost"});
    assert.match(outcome.failures[1]!.what, /^TypeError: raw/);
  });

  it("repeats an attempt by its seed and index", async () => {
    const drawn = async (seed: number, from: number): Promise<number[]> => {
      const numbers: number[] = [];
      await runKind(
        kind(({random}) => void numbers.push(random.uniform())),
        {seed, from, count: 2},
      );
      return numbers;
    };
    assert.strictEqual((await drawn(1, 0))[1], (await drawn(1, 1))[0]);
    assert.notStrictEqual((await drawn(1, 0))[0], (await drawn(2, 0))[0]);
  });

  it("tells a raw error from words", () => {
    for (const raw of ["TypeError: x is not a function", "boom\n    at f (a.js:1:2)", "Cannot read properties of null"])
      assert.ok(isRaw(raw), raw);
    assert.ok(!isRaw("invalid tau: -3; expected a number > 1 (timesteps)"));
  });
});
