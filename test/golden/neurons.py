"""Makes neurons.json: two neurons computed by other people's libraries, in float64 (README.md here).

    pip install torch==2.15.0 spikingjelly==2.0.0 norse==1.1.0 snntorch==1.0.0 sinabs==3.1.3 nir==1.0.8
    python test/golden/neurons.py > test/golden/neurons.json

Each library is called as it is; what its interface hides (the membrane before the reset) is read where it calls its spike function.
"""

import json
import sys

import nir
import norse.torch.functional.lif_box as norse_lif_box
import norse.torch.functional.lsnn as norse_lsnn
import numpy as np
import torch
from norse.torch.functional.reset import reset_subtract, reset_value
from norse.torch.utils.import_nir import _import_norse_module
from sinabs.activation import MembraneReset, MembraneSubtract
from sinabs.layers import ALIF
from snntorch import Synaptic
from snntorch import surrogate as snntorch_surrogate
from spikingjelly.activation_based import neuron, surrogate

torch.set_default_dtype(torch.float64)
T, N = 30, 3
EPSILON = 1e-4  # no membrane comes nearer to its threshold, so float32 fires the same spikes


def inputs():
    """[T, N]: a constant current; uniform noise; a burst, silence and noise of both signs. Multiples of 1/64: exact in float32."""
    rng = np.random.default_rng(3)
    x = np.empty((T, N))
    x[:, 0] = 1.25
    x[:, 1] = rng.uniform(0, 2.5, T)
    x[:, 2] = np.concatenate([np.full(8, 2.25), np.zeros(6), rng.uniform(-1, 3, T - 14)])
    return np.round(x * 64) / 64


def loss_of(s, v):
    """sum of g·s + v²/2 with g[t, j] = ((7t + 3j) mod 5 − 2)/4."""
    t, j = torch.arange(T)[:, None], torch.arange(N)[None, :]
    g = ((7 * t + 3 * j) % 5 - 2) / 4
    return (g * s).sum() + 0.5 * (v * v).sum()


class Watched:
    """A spike function that keeps what it is called with: u − θ at each timestep."""

    def __init__(self, function):
        self.function, self.seen = function, []

    def __call__(self, distance, *rest):
        self.seen.append(distance.detach())
        return self.function(distance, *rest)


class WatchedATan(surrogate.ATan):
    """The same for SpikingJelly, whose spike functions are modules."""

    def __init__(self):
        super().__init__(alpha=2.0)
        self.seen = []

    def forward(self, distance):
        self.seen.append(distance.detach())
        return super().forward(distance)


# Current-based LIF ---------------------------------------------------------------------------------------------------


def spikingjelly_cuba(x, p, hard, detach, decayed):
    """SpikingJelly's c and v take undecayed input: x/(τs·τ) in place of x makes it the decayed one, with c = i/τ."""
    fire = WatchedATan()
    node = neuron.CUBALIFNode(
        c_decay=1 - 1 / p["tauSynapse"], v_decay=1 - 1 / p["tau"], v_threshold=p["threshold"],
        v_reset=0.0 if hard else None, surrogate_function=fire,
    )
    node.detach_reset = detach
    scale = 1 / (p["tauSynapse"] * p["tau"]) if decayed else 1
    s, v, i = [], [], []
    for current in x:
        s.append(node(current * scale))
        v.append(node.v)
        i.append(node.c * (p["tau"] if decayed else 1))
    return dict(s=torch.stack(s), v=torch.stack(v), i=torch.stack(i), u=torch.stack(fire.seen) + p["threshold"])


def norse_cuba(x, p, hard, detach, decayed):
    """norse's reading of a nir.CubaLIF with w_in = r = 1 at dt = 1: a leaky integrator before a LIF, both with decayed input."""
    assert decayed and not detach
    one = np.ones(N)
    node = nir.CubaLIF(
        tau_syn=one * p["tauSynapse"], tau_mem=one * p["tau"], r=one, v_leak=0 * one, v_threshold=one * p["threshold"], w_in=one
    )
    module = _import_norse_module(node, reset_method=reset_value if hard else reset_subtract, dt=1.0).to(torch.float64)
    module.lif.p = module.lif.p._replace(method="triangle", alpha=1.0)
    fire, original = Watched(norse_lif_box.threshold), norse_lif_box.threshold
    norse_lif_box.threshold = fire
    s, v, i, state = [], [], [], None
    for current in x:
        z, state = module(current, state)
        s.append(z)
        i.append(state[0].v)
        v.append(state[1].v)
    norse_lif_box.threshold = original
    return dict(s=torch.stack(s), v=torch.stack(v), i=torch.stack(i), u=torch.stack(fire.seen) + p["threshold"])


def snntorch_cuba(x, p):
    """Undecayed input, hard reset; forwards only, beside the other two. (Its soft reset is another where v stays above θ.)"""
    cell = Synaptic(
        alpha=1 - 1 / p["tauSynapse"], beta=1 - 1 / p["tau"], threshold=p["threshold"], reset_delay=False,
        reset_mechanism="zero", spike_grad=snntorch_surrogate.atan(2.0),
    )
    syn, mem, s, v, i = torch.zeros(N), torch.zeros(N), [], [], []
    for current in x:
        spike, syn, mem = cell(current, syn, mem)
        s.append(spike)
        v.append(mem)
        i.append(syn)
    return dict(s=torch.stack(s), v=torch.stack(v), i=torch.stack(i))


# Adaptive threshold --------------------------------------------------------------------------------------------------


class SpikeOfDistance:
    """What sinabs asks of a spike function, with SpikingJelly's ATan of v − threshold: differentiable in both."""

    required_states = ["v_mem"]

    def __init__(self):
        self.atan, self.v, self.threshold = surrogate.ATan(alpha=2.0), [], []

    def apply(self, v_mem, threshold, _):
        self.v.append(v_mem.detach())
        self.threshold.append(threshold.detach())
        return self.atan(v_mem - threshold)


def sinabs_alif(x, p, hard, detach, decayed):
    """sinabs's leaks are exp(−1/τ): its τ is −1/ln(1 − 1/τ). Its hard reset is always detached."""
    assert detach or not hard
    fire, subtract = SpikeOfDistance(), MembraneSubtract()
    reset = MembraneReset() if hard else (lambda s, state, th: subtract(s.detach(), state, th)) if detach else subtract
    tau = lambda t: torch.tensor(-1 / np.log(1 - 1 / t))
    cell = ALIF(
        tau_mem=tau(p["tau"]), tau_adapt=tau(p["tauAdaptation"]), adapt_scale=p["beta"],
        spike_threshold=torch.tensor(p["threshold"]), spike_fn=fire, reset_fn=reset, norm_input=decayed,
    )
    s, v, a = [], [], []
    for current in x:
        s.append(cell(current[None, None, :])[0, 0])
        v.append(cell.v_mem[0])
        a.append(cell.b[0])
    u = torch.cat(fire.v)
    return dict(s=torch.stack(s), v=torch.stack(v), a=torch.stack(a), u=u), u - torch.cat(fire.threshold)


def norse_alif(x, p, hard, detach, decayed):
    """norse's current lags by a timestep (tau_syn = dt, so i = x[t]) and its b is the threshold; hard, not detached, decayed."""
    assert hard and decayed and not detach
    rho = 1 - 1 / p["tauAdaptation"]
    parameters = norse_lsnn.LSNNParameters(
        tau_syn_inv=torch.tensor(1.0), tau_mem_inv=torch.tensor(1 / p["tau"]), tau_adapt_inv=torch.tensor(1 / p["tauAdaptation"]),
        v_th=torch.tensor(p["threshold"]), beta=torch.tensor(p["beta"] * (1 - rho) / rho), method="triangle", alpha=1.0,
    )
    fire, original = Watched(norse_lsnn.threshold), norse_lsnn.threshold
    norse_lsnn.threshold = fire
    state = norse_lsnn.LSNNFeedForwardState(v=torch.zeros(N), i=x[0], b=torch.full((N,), p["threshold"]))
    s, v, a = [], [], []
    for t in range(T):
        z, state = norse_lsnn.lsnn_feed_forward_step(x[t + 1] if t + 1 < T else torch.zeros(N), state, parameters, dt=1.0)
        s.append(z)
        v.append(state.v)
        a.append(rho * (state.b - p["threshold"]) / p["beta"])
    norse_lsnn.threshold = original
    before = torch.cat([torch.zeros(1, N), torch.stack(a)[:-1]])
    distance = torch.stack(fire.seen)
    return dict(s=torch.stack(s), v=torch.stack(v), a=torch.stack(a), u=distance + p["threshold"] + p["beta"] * before), distance


# The cases -----------------------------------------------------------------------------------------------------------


def numbers(tensor):
    return [float(f"{value:.7g}") + 0.0 for value in tensor.detach().flatten().tolist()]


def case(library, run, model, parameters, hard, detach, decayed):
    x = torch.tensor(inputs(), requires_grad=True)
    result = run(x, parameters, hard, detach, decayed)
    out, distance = result if isinstance(result, tuple) else (result, result["u"] - parameters["threshold"])
    loss = loss_of(out["s"], out["v"])
    loss.backward()
    counts = out["s"].sum(0).tolist()
    assert distance.abs().min() > EPSILON, f"{library}: a membrane {distance.abs().min():.1e} from the threshold"
    assert all(2 <= count <= T - 2 for count in counts), counts
    print(library, model, "spikes", counts, "nearest", float(distance.abs().min()), file=sys.stderr)
    atan = "norse" not in library
    spec = {
        "model": model, **parameters, "reset": "hard" if hard else "soft", "decayInput": decayed, "detachReset": detach,
        "surrogate": {"name": "atan", "alpha": 2} if atan else {"name": "triangular", "alpha": 1},
    }
    states = {name: numbers(out[name]) for name in out if name != "s"}
    spikes = ["".join(str(int(z)) for z in row) for row in out["s"].tolist()]
    return {"library": library, "spec": spec, "s": spikes, **states, "loss": float(f"{loss.item():.9g}"), "dx": numbers(x.grad)}


def agree(one, other, what):
    for name in other:
        assert torch.allclose(one[name], other[name].double(), rtol=1e-12, atol=1e-12), f"{what}: {name}"


def main():
    x = torch.tensor(inputs())
    slow = {"tau": 4.0, "tauSynapse": 2.0, "threshold": 6.0}
    mild = {**slow, "threshold": 0.6875}
    fast = {"tau": 4 / 3, "tauSynapse": 1.6, "threshold": 1.125}
    for p in [slow, mild, fast]:
        agree(spikingjelly_cuba(x, p, True, False, False), snntorch_cuba(x, p), "SpikingJelly and snnTorch")
        for hard in [True, False]:
            agree(spikingjelly_cuba(x, p, hard, False, True), norse_cuba(x, p, hard, False, True), "SpikingJelly and norse")
    short = {"tau": 2.0, "tauAdaptation": 4.0, "beta": 1.5, "threshold": 0.53125}
    long = {"tau": 4 / 3, "tauAdaptation": 12.0, "beta": 1.8, "threshold": 0.7}
    for p in [short, long]:
        agree(sinabs_alif(x, p, True, True, True)[0], norse_alif(x, p, True, False, True)[0], "sinabs and norse")
    cases = [
        case("spikingjelly", spikingjelly_cuba, "cubaLif", fast, True, True, True),
        case("spikingjelly", spikingjelly_cuba, "cubaLif", slow, False, True, False),
        case("spikingjelly", spikingjelly_cuba, "cubaLif", slow, True, False, False),
        case("norse", norse_cuba, "cubaLif", fast, True, False, True),
        case("norse", norse_cuba, "cubaLif", mild, False, False, True),
        case("sinabs", sinabs_alif, "alif", long, True, True, True),
        case("sinabs", sinabs_alif, "alif", short, False, False, False),
        case("sinabs", sinabs_alif, "alif", short, False, True, True),
        case("norse", norse_alif, "alif", short, True, False, True),
        case("norse", norse_alif, "alif", long, True, False, True),
    ]
    head = {"T": T, "n": N, "x": numbers(torch.tensor(inputs()))}
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    print(json.dumps(head, separators=(",", ":"))[:-1] + ',"cases":[\n' + lines + "\n]}")


main()
