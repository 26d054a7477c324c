"""Makes training.json: optimisers with schedules, and objectives with their gradients, by PyTorch in float64 (README.md here).

    pip install torch==2.15.0
    python test/golden/training.py > test/golden/training.json
"""

import json
import sys

import torch
from torch.nn.functional import cross_entropy, mse_loss, one_hot
from torch.optim import SGD, AdamW
from torch.optim.lr_scheduler import ChainedScheduler, CosineAnnealingLR, LambdaLR, LinearLR

torch.set_default_dtype(torch.float64)
STEPS, STEPS_PER_EPOCH, RATE = 8, 2, 0.125
INITIAL = [2.0, -0.5, 0.0]
GRADIENTS = [[((7 * t + 5 * j) % 11 - 5) / 8 for j in range(3)] for t in range(STEPS)]

OPTIMISERS = {
    "sgd": lambda p, decay: SGD([p], lr=RATE, momentum=0.9, weight_decay=decay),
    "adam": lambda p, decay: AdamW([p], lr=RATE, weight_decay=decay),
}


def constant(optimiser):
    return LambdaLR(optimiser, lambda _: 1.0), 1


def cosine(optimiser):
    return CosineAnnealingLR(optimiser, T_max=STEPS, eta_min=RATE / 100), 1


def cosine_by_epoch(optimiser):
    return CosineAnnealingLR(optimiser, T_max=STEPS // STEPS_PER_EPOCH, eta_min=RATE / 100), STEPS_PER_EPOCH


def warm_cosine(optimiser):
    warm = LinearLR(optimiser, start_factor=1 / 3, total_iters=2)  # 1/3, 2/3, 1: three warm-up steps
    return ChainedScheduler([warm, CosineAnnealingLR(optimiser, T_max=STEPS)]), 1


SCHEDULES = {
    "constant": (constant, {"schedule": "constant", "finalRate": 0.01}),
    "cosine": (cosine, {"schedule": "cosine", "finalRate": 0.01}),
    "cosine by epoch": (cosine_by_epoch, {"schedule": "cosineByEpoch", "finalRate": 0.01}),
    "cosine with warm-up": (warm_cosine, {"schedule": "cosine", "finalRate": 0, "warmupSteps": 3}),
}


def trajectory(name, decay, make_scheduler):
    p = torch.tensor(INITIAL, requires_grad=True)
    optimiser = OPTIMISERS[name](p, decay)
    scheduler, every = make_scheduler(optimiser)
    rates, parameters = [], []
    for t, g in enumerate(GRADIENTS):
        rates.append(optimiser.param_groups[0]["lr"])
        p.grad = torch.tensor(g)
        optimiser.step()
        parameters.append(p.detach().tolist())
        if (t + 1) % every == 0:
            scheduler.step()
    return {"rates": rates, "parameters": parameters}


T, B, CLASSES, VOTERS = 3, 4, 5, 2
OUTPUTS = torch.tensor([((13 * i) % 29 - 14) / 8 for i in range(T * B * CLASSES * VOTERS)]).reshape(T, B, CLASSES * VOTERS)
LABELS = torch.tensor([3, 0, 4, 3])


def by_timestep(votes, smoothing, lamb, target):
    entropy = sum(cross_entropy(votes[t], LABELS, label_smoothing=smoothing) for t in range(T)) / T
    return (1 - lamb) * entropy + lamb * mse_loss(votes, torch.full_like(votes, target))


def by_prefix(votes, smoothing):
    return sum(cross_entropy(votes[: t + 1].mean(0), LABELS, label_smoothing=smoothing) for t in range(T)) / T


OBJECTIVES = [
    ({"name": "crossEntropy"}, lambda votes: cross_entropy(votes.mean(0), LABELS)),
    ({"name": "crossEntropy", "labelSmoothing": 0.1}, lambda votes: cross_entropy(votes.mean(0), LABELS, label_smoothing=0.1)),
    ({"name": "crossEntropyByTimestep"}, lambda votes: by_timestep(votes, 0.0, 0.0, 0.0)),
    (
        {"name": "crossEntropyByTimestep", "labelSmoothing": 0.2, "lambda": 0.05, "target": 0.5},
        lambda votes: by_timestep(votes, 0.2, 0.05, 0.5),
    ),
    ({"name": "crossEntropyByPrefix"}, lambda votes: by_prefix(votes, 0.0)),
    ({"name": "crossEntropyByPrefix", "labelSmoothing": 0.2}, lambda votes: by_prefix(votes, 0.2)),
    ({"name": "meanSquaredError"}, lambda votes: mse_loss(votes.mean(0), one_hot(LABELS, CLASSES).double())),
]


def objective(spec, function):
    outputs = OUTPUTS.clone().requires_grad_()
    value = function(outputs.reshape(T, B, CLASSES, VOTERS).mean(3))
    value.backward()
    return {"spec": spec, "value": value.item(), "gradient": outputs.grad.flatten().tolist()}


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list) else value


json.dump(
    rounded(
        {
            "optimisers": {
                **{"steps": STEPS, "stepsPerEpoch": STEPS_PER_EPOCH, "learningRate": RATE},
                **{"initial": INITIAL, "gradients": GRADIENTS},
                "trainings": [
                    {"optimiser": name, "weightDecay": decay, "schedule": schedule, **trajectory(name, decay, make)}
                    for name, decay in (("sgd", 0.0), ("sgd", 0.25), ("adam", 0.25))
                    for make, schedule in SCHEDULES.values()
                ],
            },
            "objectives": {
                **{"shape": [T, B, CLASSES * VOTERS], "voters": VOTERS, "labels": LABELS.tolist()},
                "outputs": OUTPUTS.flatten().tolist(),
                "cases": [objective(spec, function) for spec, function in OBJECTIVES],
            },
        }
    ),
    sys.stdout,
)
print()
