"""A lane of the benchmark: reads its settings as a JSON line, warms up, says {"ready": true}, and measures on "go".

Works: train (milliseconds of each step), score (of each candidate), conv (of each case), check (logits and gradients for given weights).
"""

import json
import resource
import sys
import time

import torch
import torch.nn.functional as F

from snasnet import Network, sahd


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * resource.getpagesize()


def say(message):
    print(json.dumps(message), flush=True)


def timed(work):
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def train(o):
    before = resident()
    torch.manual_seed(1)
    x, labels = torch.randn(o["batch"], 3, 32, 32), torch.randint(0, 10, (o["batch"],))

    def stepper(channels_last):
        network = Network(o["cell"], o["channels"], surrogate=o["surrogate"], channels_last=channels_last)
        optimiser = torch.optim.AdamW(network.p.values(), 0.003, weight_decay=0.01)

        def step():
            optimiser.zero_grad()
            F.cross_entropy(network.forward(x), labels).backward()
            optimiser.step()

        return step

    formats = [o["format"]] if "format" in o else ["channels last", "contiguous"]
    steps = {name: stepper(name == "channels last") for name in formats}
    warm = {name: min(timed(step) for _ in range(2)) for name, step in steps.items()}
    best = min(warm, key=warm.get)
    yield {"format": best, "warm": warm[best]}
    step = steps[best]
    ms = [timed(step) for _ in range(o["repeats"])]
    yield {"ms": ms, "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before}


def score(o):
    torch.manual_seed(1)
    x = torch.randn(o["batch"], 3, 32, 32)

    def candidate(cell, channels_last):
        for _ in range(o["measurements"]):
            sahd(Network(cell, o["channels"], channels_last=channels_last), x)

    tries = 2 if o["channels"] <= 16 else 1  # of a candidate's measurements the first is its own warm-up
    warm = {c: min(timed(lambda: candidate(o["cells"][0], c)) for _ in range(tries)) for c in (True, False)}
    best = min(warm, key=warm.get)
    for cell in o["cells"] if o["channels"] <= 16 else []:
        candidate(cell, best)
    yield {"format": "channels last" if best else "contiguous", "warm": warm[best]}
    yield {"ms": [timed(lambda: candidate(cell, best)) for cell in o["cells"]]}


def conv(o):
    torch.manual_seed(1)
    yield {}
    found = []
    with torch.no_grad():
        for case in o["cases"]:
            C, k, side = case["channels"], case["k"], case["side"]
            best = float("inf")
            w = torch.randn(C, C, k, k)
            x = (torch.rand(o["images"], C, side, side) < case["rate"]).float()
            for fmt in (torch.channels_last, torch.contiguous_format):
                a, b = x.contiguous(memory_format=fmt), w.contiguous(memory_format=fmt)
                F.conv2d(a, b, padding=k // 2)
                best = min(best, sorted(timed(lambda: F.conv2d(a, b, padding=k // 2)) for _ in range(o["repeats"]))[o["repeats"] // 2])
            found.append(best)
    yield {"ms": found}


def check(o):
    yield {}
    network = Network(o["cell"], o["channels"], weights=o["weights"], hidden=o["hidden"], size=o["size"], surrogate=o["surrogate"])
    x = torch.tensor(o["x"]).view(-1, o["size"], o["size"], 3).permute(0, 3, 1, 2)
    logits = network.forward(x)
    F.cross_entropy(logits, torch.tensor(o["labels"])).backward()
    gradients = {
        name: (p.grad.permute(2, 3, 1, 0) if p.dim() == 4 else p.grad).flatten().tolist() for name, p in network.p.items()
    }
    yield {"logits": logits.flatten().tolist(), "gradients": gradients, "sahd": sahd(network, x)}


def main():
    o = json.loads(sys.stdin.readline())
    torch.set_num_threads(o.get("threads", 1))
    steps = {"train": train, "score": score, "conv": conv, "check": check}[o["work"]](o)
    say({"ready": True, "torch": torch.__version__, **next(steps)})
    if sys.stdin.readline():
        say(next(steps))


main()
