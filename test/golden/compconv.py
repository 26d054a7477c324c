"""Makes compconv.json: weights that are pruned and quantised in the forward pass, and their gradients, in float64 (README.md here).

    pip install torch==2.15.0
    python test/golden/compconv.py > test/golden/compconv.json

Everything is composed of PyTorch's own operations; x + (f(x) - x).detach() is straight-through.
"""

import json
import sys

import torch

torch.set_default_dtype(torch.float64)
SHAPE = (3, 3, 2, 4)
STEPS = {1: 1.596, 2: 0.996, 3: 0.586, 4: 0.336}


def quantised(w, bits):
    step = STEPS[bits] * w.detach().std()
    most = (2**bits / 2 - 0.5) * step
    levels = torch.clamp((torch.round(w / step + 0.5) - 0.5) * step, -most, most)
    return w + (levels - w).detach()


def mask(scores, kept):
    size = scores.abs()
    count = -int(-kept * size.numel() // 1)
    ones = torch.zeros(size.numel()).index_fill(0, size.flatten().topk(count).indices, 1.0).view_as(size)
    return size + (ones - size).detach()


def values(seed):
    """Multiples of 1/1024: exact in float32."""
    generator = torch.Generator().manual_seed(seed)
    return torch.round(torch.randn(SHAPE, generator=generator) * 300) / 1024


def case(bits, kept, beta):
    w, s, d = values(1), values(2), values(3)
    b = torch.tensor(beta)
    for leaf in (w, s, b):
        leaf.requires_grad_()
    shares = torch.softmax(b, 0)
    made = mask(s, kept) * sum(p * quantised(w, n) for p, n in zip(shares, bits))
    (made * d).sum().backward()
    rounded = lambda t: [float(f"{v:.9g}") for v in t.flatten().tolist()]
    return {"bits": bits, "kept": kept, "beta": beta, "made": rounded(made), "dw": rounded(w.grad), "ds": rounded(s.grad), "dbeta": rounded(b.grad)}


cases = [case([1, 2, 4], 0.2, [0.0, 0.0, 0.0]), case([1, 2, 4], 0.2, [0.75, -0.5, 0.25]), case([3, 4], 0.5, [1.5, -1.0])]
inputs = {name: values(seed).flatten().tolist() for name, seed in (("w", 1), ("s", 2), ("d", 3))}
json.dump({"torch": torch.__version__.split("+")[0], "shape": SHAPE, **inputs, "cases": cases}, sys.stdout, separators=(",", ":"))
print()
