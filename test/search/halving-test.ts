import assert from "node:assert";
import {type Cells, type NetworkSpace, networkSpace, sampleCells} from "../../src/architectures/networkSpace.js";
import {SPIKENAS_BENCH_SPACE} from "../../src/architectures/spikenasBench.js";
import {type Random, random, randomKey} from "../../src/random.js";
import {asha} from "../../src/search/asha.js";
import {halvingCandidates, halvingEpochs, rungsOf, successiveHalving} from "../../src/search/halving.js";
import {type Algorithm, type Candidate, createSearch, runSearch, type Search} from "../../src/search/search.js";

const networks = networkSpace(SPIKENAS_BENCH_SPACE);
const start = (algorithm: Algorithm, key = 1): Search =>
  createSearch({algorithm, networks, key: randomKey(key), work: () => 1, identify: ({cells}) => cells.flat(2).join()});

/** What a network is worth, which its training shows the better the longer it lasts. */
const worth = (id: string): number => random(randomKey(0, "worth", id)).uniform();
const noisy = ({id, epochs = 100}: Candidate): number => worth(id) + random(randomKey(0, "noise", id, epochs)).normal() / epochs; // prettier-ignore
const clear = ({id}: Candidate): number => worth(id);

const rungsIn = (search: Search): Map<number, string[]> => {
  const rungs = new Map<number, string[]>();
  for (const {id, epochs} of search.history()) rungs.set(epochs!, [...(rungs.get(epochs!) ?? []), id]);
  return rungs;
};

describe("successive halving", () => {
  it("has rungs at r, ηr, η²r … and the whole training", () => {
    assert.deepStrictEqual(rungsOf({least: 2, eta: 4, most: 100}), [2, 8, 32, 100]);
    assert.deepStrictEqual(rungsOf({least: 1, eta: 3, most: 27}), [1, 3, 9, 27]);
    assert.deepStrictEqual(rungsOf({least: 100, most: 100}), [100]);
    assert.throws(() => rungsOf({least: 200}), /invalid least epochs: 200; expected at most 100/);
    assert.throws(() => rungsOf({eta: 1}), /invalid eta: 1; expected an integer >= 2/);
  });

  it("takes as many epochs as by hand: 256·2 + 64·6 + 16·24 + 4·68", () => {
    assert.strictEqual(halvingEpochs(256), 512 + 384 + 384 + 272);
    assert.strictEqual(halvingEpochs(1), 100);
    for (const epochs of [100, 537, 1552, 10_000]) {
      const n = halvingCandidates(epochs);
      assert.ok(halvingEpochs(n) <= epochs && halvingEpochs(n + 1) > epochs, `${n} for ${epochs}`);
    }
    assert.strictEqual(halvingCandidates(99), 0);
  });

  it("lets the best quarter of each rung go on, and spends what was told before", () => {
    const search = runSearch(start(successiveHalving({candidates: 64})), noisy);
    const rungs = rungsIn(search);
    assert.deepStrictEqual([...rungs].map(([epochs, ids]) => [epochs, ids.length]), [[2, 64], [8, 16], [32, 4], [100, 1]]); // prettier-ignore
    const value = new Map(search.history().map(({id, epochs, fitness}) => [`${id} ${epochs}`, fitness]));
    for (const [epochs, next] of [
      [2, 8],
      [8, 32],
      [32, 100],
    ] as const) {
      const expected = rungs
        .get(epochs)!
        .toSorted((a, b) => value.get(`${b} ${epochs}`)! - value.get(`${a} ${epochs}`)!);
      assert.deepStrictEqual(rungs.get(next), expected.slice(0, rungs.get(next)!.length));
    }
    assert.strictEqual(search.counts().epochs, halvingEpochs(64));
    assert.strictEqual(search.best()!.epochs, 100);
  });

  it("ends with the best of all where early accuracies do not err", () => {
    const search = runSearch(start(successiveHalving({candidates: 100})), clear);
    const all = rungsIn(search).get(2)!;
    assert.strictEqual(all.length, 100);
    assert.strictEqual(
      search.best()!.id,
      all.reduce((a, b) => (worth(b) > worth(a) ? b : a)),
    );
  });

  it("ends with what there is where its source ends, and counts no network twice", () => {
    const few = function* (space: NetworkSpace, stream: Random): Generator<Cells> {
      const cells = sampleCells(space, stream);
      yield cells;
      yield cells;
      yield sampleCells(space, stream);
    };
    const search = runSearch(start(successiveHalving({candidates: 50, source: few})), clear);
    assert.deepStrictEqual(
      [...rungsIn(search).values()].map(({length}) => length),
      [2, 1, 1, 1],
    );
    const all = runSearch(start(successiveHalving({candidates: 64})), clear);
    for (const ids of rungsIn(all).values()) assert.strictEqual(new Set(ids).size, ids.length);
  });
});

describe("ASHA", () => {
  const settings = {candidates: 80, least: 2, eta: 4, most: 100};

  it("promotes only from the best quarter of a rung as it stands, and as soon as it can", () => {
    const search = start(asha(settings));
    const rungs = new Map<number, {id: string; value: number}[]>([2, 8, 32, 100].map((epochs) => [epochs, []]));
    const order = [2, 8, 32, 100];
    for (let batch = search.ask(); batch.length > 0; batch = search.ask()) {
      const [{id, epochs = 0}] = batch as [Candidate];
      const k = order.indexOf(epochs);
      const promotable = order.slice(0, 3).map((rung, j) => {
        const there = rungs.get(rung)!.toSorted((a, b) => b.value - a.value);
        const top = there.slice(0, Math.floor(there.length / 4)).map((one) => one.id);
        return top.filter((one) => !rungs.get(order[j + 1]!)!.some((other) => other.id === one));
      });
      const highest = promotable.findLastIndex((ids) => ids.length > 0);
      assert.strictEqual(k, highest + 1, `rung ${epochs}`);
      if (k > 0) assert.strictEqual(id, promotable[k - 1]![0]);
      const value = noisy(batch[0]!);
      rungs.get(epochs)!.push({id, value});
      search.tell([value]);
    }
    const sizes = [...rungs.values()].map(({length}) => length);
    assert.ok(
      sizes[0]! > 70 && sizes[1]! === Math.floor(sizes[0]! / 4) && sizes[2]! > 0 && sizes[3]! > 0,
      sizes.join(),
    );
  });

  it("has one history, whatever order the evaluations of a batch end in, and killed or not", () => {
    for (const algorithm of [() => asha({...settings, batch: 8}), () => successiveHalving({...settings, batch: 8})]) {
      const reference = runSearch(start(algorithm()), noisy);
      const lines = (search: Search): string[] => search.history().map(({id, epochs, fitness, drawn}) => `${drawn} ${id} ${epochs} ${fitness}`); // prettier-ignore
      const killed = start(algorithm());
      const journal = new Map(reference.history().slice(0, 41).map(({id, epochs, fitness}) => [`${id} ${epochs}`, fitness])); // prettier-ignore
      let told = 0;
      runSearch(killed, (candidate) => {
        const known = journal.get(`${candidate.id} ${candidate.epochs}`);
        if (known !== undefined) ++told;
        return known ?? noisy(candidate);
      });
      assert.deepStrictEqual([lines(killed), told], [lines(reference), 41]);
      assert.deepStrictEqual(killed.counts(), reference.counts());
    }
  });

  it("leaves a network whose training failed where it is", () => {
    const search = start(asha({...settings, candidates: 40}));
    const failed = new Set<string>();
    runSearch(search, (candidate) => {
      if (worth(candidate.id) < 0.8) return noisy(candidate);
      failed.add(candidate.id);
      return NaN;
    });
    assert.ok(failed.size > 3);
    for (const {id, epochs} of search.history()) assert.ok(!failed.has(id) || epochs === 2);
    assert.ok(!failed.has(search.best()!.id));
  });
});
