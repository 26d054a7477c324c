// Expected values: spikes counted one by one.

import {withSpikeTrain} from "../../src/kernels/spikeTrain.js";
import {spikeCounts} from "../../src/layers/spikeTrain.js";
import {parseCell} from "../../src/architectures/cell.js";
import {forward} from "../../src/networks/forward.js";
import {initialise} from "../../src/networks/parameters.js";
import {random, randomKey} from "../../src/random.js";
import {grads, tensor, tidy} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";
import {noise, tinyArchitecture} from "../tiny.js";

describe("spikes at each timestep", () => {
  onEachBackend(() => {
    it("are counted, as bits and as numbers, whatever the channels", () => {
      for (const channels of [1, 31, 32, 33, 70]) {
        const stream = random(randomKey(channels));
        const [T, each] = [3, 4 * 2 * channels];
        const values = Float32Array.from({length: T * each}, (_, i) =>
          stream.uniform() < (i < each ? 0.9 : 0.3) ? 1 : 0,
        );
        const expected = Array.from({length: T}, (_, t) =>
          values.slice(t * each, (t + 1) * each).reduce((a, b) => a + b),
        );
        let counts: number[] = [];
        withSpikeTrain(tensor(values, [T * 2, 4, channels]), T, (train) => (counts = spikeCounts(train)));
        assertClose(counts, expected);
      }
    });

    for (const cell of ["0312 0013 0003 0000", "0303 0030 2002 0200"])
      it(`are those that a forward pass has, also under a gradient (cell ${cell})`, () => {
        const network = initialise(tinyArchitecture({cell: parseCell(cell), T: 3}), randomKey(1));
        const observe = {counts: true, spikes: true};
        const check = ({counts, observed}: ReturnType<typeof forward>): void => {
          for (const [name, s] of Object.entries(observed.spikes))
            assertClose(
              counts[name]!,
              tidy(() => s.reshape([3, -1]).sum(1).dataSync()),
              {what: name},
            );
        };
        check(forward(network, noise(4), {training: false, observe}));
        grads((x) => {
          const result = forward(network, x, {training: true, observe});
          check(result);
          return result.logits.sum();
        })([noise(4)]);
      });
  });
});
