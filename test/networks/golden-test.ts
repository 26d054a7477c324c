// Whole networks against the reference system: SNASNet with SpikingJelly 0.0.0.0.12 on PyTorch 2.15, float64 (test/golden/README.md).

import assert from "node:assert";
import {edgesOf} from "../../src/architectures/cell.js";
import {isConvolution, SNASNET_OPS} from "../../src/architectures/ops.js";
import {forward} from "../../src/networks/forward.js";
import {useBackend} from "../../src/kernels/index.js";
import {presentBackends, type Tensor} from "../../src/tf.js";
import {sgd} from "../../src/training/optimiser.js";
import {initOptimiser, updateParameters} from "../../src/training/update.js";
import {lossAndGradients} from "../../src/training/step.js";
import {assertClose} from "../assert.js";
import {BACK_COLUMNS, COLUMNS, converted, goldens, nameOf, setUp} from "../golden/reference.js";

const values = (x: Tensor): ArrayLike<number> => x.dataSync();

for (const backend of presentBackends())
  describe(`networks equal the reference system's on ${backend}`, () => {
    before(() => useBackend(backend));

    for (const g of goldens) {
      it(`${g.name}: logits, loss, every gradient, one SGD step, running statistics and evaluation`, () => {
        const {network, x, labels} = setUp(g);
        const {loss, logits, gradients, statistics} = lossAndGradients(network, x, labels);
        assertClose(values(logits), g.train.logits, {rtol: 1e-5, atol: 1e-5, what: "logits"});
        assertClose(loss, g.train.loss, {rtol: 1e-5, what: "loss"});
        for (const [theirs, expected] of Object.entries(g.train.gradients)) {
          const name = nameOf(theirs);
          assertClose(values(gradients[name]!), values(converted(name, expected, g, network)), {
            rtol: 1e-4,
            atol: 1e-7,
            scale: "max",
            what: `gradient ${name}`,
          });
        }
        const optimiser = sgd({momentum: 0.9, weightDecay: 5e-4});
        const after = updateParameters(
          optimiser,
          initOptimiser(optimiser, network.parameters),
          network.parameters,
          gradients,
          0.1,
        );
        for (const [theirs, expected] of Object.entries(g.afterStep.parameters)) {
          const name = nameOf(theirs);
          assertClose(
            values(after.parameters[name]!),
            values(converted(name, expected, g, {...network, parameters: after.parameters})),
            {rtol: 1e-4, atol: 1e-6, scale: "max", what: name},
          );
        }
        for (const [theirs, expected] of Object.entries(g.afterStep.runningStats))
          assertClose(values(statistics[nameOf(theirs)]!), expected, {rtol: 1e-4, atol: 1e-6, what: nameOf(theirs)});
        const evaluated = forward({...network, parameters: after.parameters, statistics}, x, {training: false});
        assertClose(values(evaluated.logits), g.evalLogits, {rtol: 1e-4, atol: 1e-5, what: "evaluation logits"});
      });

      it(`${g.name}: spikes of every layer, timestep and image`, () => {
        const {network, x} = setUp(g);
        const {observed} = forward(network, x, {training: true, observe: {spikes: true}});
        const check = (ours: string, theirs: string): void => {
          const s = observed.spikes[ours];
          assert.ok(s, `no spikes of ${ours}`);
          const counts = values(s.reshape([g.timesteps, g.batch, -1]).sum(2));
          assert.deepStrictEqual(
            [...Array.from(counts)],
            g.train.spikeCounts[theirs]!.flat(),
            `${ours} against ${theirs}`,
          );
        };
        const cell = g.cell.map((row) => row.map((code) => SNASNET_OPS[code]!));
        let compared = 0;
        const {forward: ahead, feedback} = edgesOf(cell);
        for (const i of [1, 2])
          for (const {from, to, op} of [...ahead, ...feedback]) {
            if (!isConvolution(op)) continue;
            const back = from > to;
            const position = (back ? BACK_COLUMNS : COLUMNS).findIndex(([a, b]) => a === from && b === to);
            check(`cell${i}.n${from}`, `cell${i}.cell_architecture${back ? "_back" : ""}.${position}.0`);
            ++compared;
          }
        check("reduction1", "downconv1.1");
        check("last", "last_act.1");
        check("head", "classifier.2");
        assert.strictEqual(compared + 3, Object.keys(g.train.spikeCounts).length);
      });
    }
  });
