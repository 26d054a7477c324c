"""SNASNet's macro network (arXiv 2201.10355) in PyTorch, as fast as PyTorch makes it on a processor.

All timesteps are folded into the batch, [T*B, C, H, W]; only neurons and batch normalisation look at T. A node's neurons are
computed once for all convolutions that leave it. Neurons over time and batch normalisation for each timestep are autograd
functions of their own, which keep what their backward pass needs and nothing else and work in place.
"""

import math

import torch
import torch.nn.functional as F

DECAY = 0.75  # 1/tau, tau = 4/3


def kernel(op):
    """The kernel size of "conv1", "conv3", "conv5" ...; 0 for the ops without weights: "zeroize", "skip", "avgPool"."""
    return int(op[4:]) if op.startswith("conv") else 0


def surrogate(d, name):
    """Derivative of the surrogate at d = u - threshold; overwrites d."""
    if name == "atan":  # alpha = 2
        return d.mul_(math.pi).square_().add_(1).reciprocal_()
    if name == "triangular":  # alpha = 1
        return d.abs_().neg_().add_(1).clamp_(min=0)
    return (d.abs_() < 0.5).to(d.dtype)  # rectangular, width 0.5 on each side


class Lif(torch.autograd.Function):
    """Spikes of LIF neurons over T timesteps: u = v + (x - v)/tau, s = [u >= 1], v = u(1 - s), the reset detached."""

    @staticmethod
    def forward(ctx, x, T, name):
        xs = x.unflatten(0, (T, -1))
        u = torch.empty_like(x)
        s = torch.empty_like(x)
        us, ss = u.unflatten(0, (T, -1)), s.unflatten(0, (T, -1))
        v = torch.zeros_like(xs[0])
        for t in range(T):
            torch.lerp(v, xs[t], DECAY, out=us[t])
            torch.ge(us[t], 1.0, out=ss[t])
            if t + 1 < T:
                v = us[t] * (us[t] < 1.0)
        ctx.save_for_backward(u)
        ctx.T, ctx.name = T, name
        return s

    @staticmethod
    def backward(ctx, ds):
        (u,) = ctx.saved_tensors
        us, dss = u.unflatten(0, (ctx.T, -1)), ds.unflatten(0, (ctx.T, -1))
        dx = torch.empty_like(ds)
        dxs = dx.unflatten(0, (ctx.T, -1))
        g = None
        for t in reversed(range(ctx.T)):
            du = surrogate(us[t] - 1.0, ctx.name).mul_(dss[t])
            if g is not None:
                du.add_(g.mul_(us[t] < 1.0))
            torch.mul(du, DECAY, out=dxs[t])
            g = du.mul_(1 - DECAY)
        return dx, None, None


class NormOverTime(torch.autograd.Function):
    """Batch normalisation with the statistics of each timestep."""

    @staticmethod
    def forward(ctx, x, gamma, beta, T):
        xs, y = x.unflatten(0, (T, -1)), torch.empty_like(x)
        ys = y.unflatten(0, (T, -1))
        saved = []
        for t in range(T):
            out, mean, inverse = torch.native_batch_norm(xs[t], gamma, beta, None, None, True, 0.1, 1e-5)
            ys[t].copy_(out)
            saved.append((mean, inverse))
        ctx.save_for_backward(x, gamma)
        ctx.saved, ctx.T = saved, T
        return y

    @staticmethod
    def backward(ctx, dy):
        x, gamma = ctx.saved_tensors
        xs, dys = x.unflatten(0, (ctx.T, -1)), dy.unflatten(0, (ctx.T, -1))
        dx = torch.empty_like(x)
        dxs = dx.unflatten(0, (ctx.T, -1))
        dgamma, dbeta = torch.zeros_like(gamma), torch.zeros_like(gamma)
        for t, (mean, inverse) in enumerate(ctx.saved):
            a, b, c = torch.ops.aten.native_batch_norm_backward(
                dys[t], xs[t], gamma, None, None, mean, inverse, True, 1e-5, [True, True, True]
            )
            dxs[t].copy_(a)
            dgamma += b
            dbeta += c
        return dx, dgamma, dbeta, None


class Network:
    """`cell[i][j]`: the op from node i to node j. Parameters by the names of the TypeScript side; `see(name, spikes, readers)` is called for every LIF."""

    def __init__(self, cell, channels, T=5, pool=4, hidden=1024, classes=10, voters=10, size=32, surrogate="atan", weights=None, channels_last=True):
        self.cell, self.C, self.T, self.pool, self.classes, self.voters = cell, channels, T, pool, classes, voters
        self.surrogate, self.channels_last = surrogate, channels_last
        self.p = {}
        given = weights

        def conv(name, k, i, o):
            if given:
                w = torch.tensor(given[name + ".conv"]["values"]).view(given[name + ".conv"]["shape"]).permute(3, 2, 0, 1)
            else:
                w = torch.empty(o, i, k, k)
                torch.nn.init.kaiming_uniform_(w, a=2)
            self.add(name + ".conv", w.contiguous(memory_format=torch.channels_last) if channels_last else w.contiguous())

        def norm(name, c):
            self.add(name + ".gamma", torch.ones(c))
            self.add(name + ".beta", torch.zeros(c))

        def stage(name, c):
            for j in range(4):
                for i in range(j):
                    if kernel(cell[i][j]):
                        conv(f"{name}.e{i}{j}", kernel(cell[i][j]), c, c)
                        norm(f"{name}.e{i}{j}.bn", c)

        conv("stem", 3, 3, channels)
        norm("stem.bn", channels)
        stage("cell1", channels)
        norm("reduction1.bnIn", channels)
        conv("reduction1", 3, channels, 2 * channels)
        norm("reduction1.bnOut", 2 * channels)
        stage("cell2", 2 * channels)
        norm("last.bn", 2 * channels)
        inputs = 2 * channels * (size // 2 // pool) ** 2
        for name, shape, sd in (("fc1", (inputs, hidden), math.sqrt(10 / inputs)), ("fc2", (hidden, classes * voters), math.sqrt(1 / hidden))):
            w = torch.tensor(given[name + ".weight"]["values"]).view(shape) if given else torch.randn(shape) * sd
            self.add(name + ".weight", w)
        self.add("fc2.bias", torch.zeros(classes * voters))

    def add(self, name, value):
        self.p[name] = value.requires_grad_(True)

    def norm(self, name, x, T):
        g, b = self.p[name + ".gamma"], self.p[name + ".beta"]
        return NormOverTime.apply(x, g, b, T) if T > 1 else F.batch_norm(x, None, None, g, b, True)

    def lif(self, name, x, readers, see):
        s = Lif.apply(x, self.T, self.surrogate)
        if see:
            see(name, s, readers)
        return s

    def stage(self, name, x, see):
        nodes = [x]
        spikes = {}
        for j in range(1, 4):
            total = None
            for i in range(j):
                op = self.cell[i][j]
                if op == "zeroize":
                    continue
                if op == "skip":
                    y = nodes[i]
                elif op == "avgPool":
                    y = F.avg_pool2d(nodes[i], 3, 1, 1)
                else:
                    if i not in spikes:
                        readers = sum(kernel(out) > 0 for out in self.cell[i])
                        spikes[i] = self.lif(f"{name}.n{i}", nodes[i], readers, see)
                    edge = f"{name}.e{i}{j}"
                    w = self.p[edge + ".conv"]
                    y = self.norm(edge + ".bn", F.conv2d(spikes[i], w, padding=w.shape[2] // 2), self.T)
                total = y if total is None else total + y
            nodes.append(torch.zeros_like(x) if total is None else total)
        return nodes[3]

    def forward(self, x, see=None):
        """x [B, 3, S, S] -> logits [B, classes]."""
        p, T = self.p, self.T
        if self.channels_last:
            x = x.contiguous(memory_format=torch.channels_last)
        x = self.norm("stem.bn", F.conv2d(x, p["stem.conv"], padding=1), 1)
        x = self.stage("cell1", x.repeat(T, 1, 1, 1), see)
        s = self.lif("reduction1", self.norm("reduction1.bnIn", x, T), 1, see)
        x = F.avg_pool2d(self.norm("reduction1.bnOut", F.conv2d(s, p["reduction1.conv"], padding=1), T), 2)
        x = self.stage("cell2", x, see)
        s = self.lif("last", self.norm("last.bn", x, T), 1, see)
        x = F.avg_pool2d(s, self.pool).permute(0, 2, 3, 1).flatten(1)
        s = self.lif("head", x @ p["fc1.weight"], 1, see)
        y = s @ p["fc2.weight"] + p["fc2.bias"]
        return y.view(T, -1, self.classes, self.voters).mean((0, 3))


def sahd(network, x):
    """log |det K|, K the mean of N - 0.5/(P*N + 1e-3) * HD over LIFs and timesteps, once for every layer that reads the spikes."""
    B = x.shape[0]
    K = torch.zeros(B, B, dtype=torch.float64)
    terms = 0

    def see(_name, s, readers):
        nonlocal terms
        terms += readers * network.T
        for one in s.unflatten(0, (network.T, B)):
            flat = one.permute(0, 2, 3, 1).reshape(B, -1) if one.dim() == 4 else one
            N = flat.shape[1]
            count = flat.sum(1).double()
            both = (flat @ flat.t()).double()
            distance = count[:, None] + count[None, :] - 2 * both
            r = count / N
            expected = (r[:, None] * (1 - r[None, :]) + (1 - r[:, None]) * r[None, :]) * N
            K.add_(readers * (N - 0.5 / (expected + 1e-3) * distance))

    with torch.no_grad():
        network.forward(x, see)
    return torch.linalg.slogdet(K / terms).logabsdet.item()
