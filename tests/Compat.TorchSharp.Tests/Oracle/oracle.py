"""Computes in Python what the stand-in must compute: values and gradients of every case, and every step of optimisers and schedulers.

Reads {"cases": [...], "optimisers": [...], "schedulers": [...]} on stdin, writes the answers on stdout and their number on stderr.
"""
import base64
import json
import math
import sys

import torch
import torch.nn.functional as F

DTYPES = {"Float64": torch.float64, "Float32": torch.float32}


def make(spec, dtype):
    """'3 4' is standard normal, '+3 4' positive, '<5 3 4' integers below 5, '? 3 4' booleans, 'spd 4' symmetric positive definite."""
    head, *rest = spec.split()
    if head == "spd":
        n = int(rest[0])
        a = torch.randn(n, n, dtype=dtype)
        return a @ a.T + n * torch.eye(n, dtype=dtype)
    if head == "?":
        return torch.rand([int(n) for n in rest]) < 0.5
    if head.startswith("<"):
        return torch.randint(0, int(head[1:]), [int(n) for n in rest])
    if head.startswith("+"):
        return torch.rand([int(n) for n in spec[1:].split()], dtype=dtype) * 1.5 + 0.5
    return torch.randn([] if spec == "scalar" else [int(n) for n in spec.split()], dtype=dtype)


def pack(tensor):
    tensor = tensor.detach()
    if tensor.dtype not in (torch.float32, torch.float64):
        tensor = tensor.to(torch.float64)
    data = base64.b64encode(tensor.contiguous().numpy().tobytes()).decode()
    return {"shape": list(tensor.shape), "dtype": str(tensor.dtype).removeprefix("torch."), "data": data}


def run_case(case):
    dtype = DTYPES[case["dtype"]]
    torch.manual_seed(sum(map(ord, case["name"])))
    inputs = [make(spec, dtype) for spec in case["inputs"]]
    packed = [pack(tensor) for tensor in inputs]
    kinds = [str(tensor.dtype).removeprefix("torch.") for tensor in inputs]
    for tensor in inputs:
        tensor.requires_grad_(tensor.is_floating_point())
    scope = dict(zip("abcd", inputs), torch=torch, F=F, math=math, dtype=dtype)
    torch.manual_seed(7)
    result = eval(case["python"], scope)
    outputs = list(result) if isinstance(result, (tuple, list)) else [result]
    weights = [torch.cos(torch.arange(out.numel(), dtype=dtype)).reshape(out.shape) for out in outputs]
    differentiable = [(out, w) for out, w in zip(outputs, weights) if out.requires_grad]
    grads = []
    if differentiable:
        sum((out.to(dtype) * w).sum() for out, w in differentiable).backward()
        grads = [pack(tensor.grad) if tensor.grad is not None else None for tensor in inputs]
    return {"inputs": packed, "kinds": kinds, "outputs": [pack(out) for out in outputs], "grads": grads}


def model():
    torch.manual_seed(3)
    layers = [torch.nn.Linear(4, 5), torch.nn.Linear(5, 2)]
    x = torch.randn(6, 4)
    y = torch.randn(6, 2)
    return layers, x, y


def run_optimiser(case):
    layers, x, y = model()
    start = [pack(p) for layer in layers for p in layer.parameters()]
    scope = {"torch": torch, "params": [p for layer in layers for p in layer.parameters()], "first": list(layers[0].parameters()), "second": list(layers[1].parameters())}
    optimiser = eval(case["python"], scope)
    steps = []
    norms = []
    for _ in range(case["steps"]):
        optimiser.zero_grad()
        loss = F.mse_loss(layers[1](torch.tanh(layers[0](x))), y)
        loss.backward()
        if case["clip"] is not None:
            norms.append(float(torch.nn.utils.clip_grad_norm_(scope["params"], case["clip"])))
        optimiser.step()
        steps.append([pack(p) for p in scope["params"]])
    return {"start": start, "x": pack(x), "y": pack(y), "steps": steps, "norms": norms}


def run_scheduler(case):
    groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": 0.1}, {"params": [torch.zeros(1, requires_grad=True)], "lr": 0.7}]
    optimiser = torch.optim.SGD(groups, lr=1.0)
    scheduler = eval(case["python"], {"torch": torch, "optimiser": optimiser, "math": math})
    rates = [[group["lr"] for group in optimiser.param_groups]]
    for _ in range(case["steps"]):
        optimiser.step()
        scheduler.step()
        rates.append([group["lr"] for group in optimiser.param_groups])
    return {"rates": rates}


def main():
    torch.set_num_threads(1)
    request = json.load(sys.stdin)
    answer = {
        "cases": {f"{case['name']}/{case['dtype']}": run_case(case) for case in request["cases"]},
        "optimisers": {case["name"]: run_optimiser(case) for case in request["optimisers"]},
        "schedulers": {case["name"]: run_scheduler(case) for case in request["schedulers"]},
    }
    answer["count"] = sum(len(part) for part in answer.values())
    json.dump(answer, sys.stdout)
    print(f"oracle: {answer['count']} answers from torch {torch.__version__}", file=sys.stderr)


main()
