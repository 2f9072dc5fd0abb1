#!/usr/bin/env python3
"""Writes product.json: what numpy and torch, in fp64 and with every m x n matrix formed, say about the product rules.

Run with Debian's python3-numpy and python3-torch:  /usr/bin/python3 make_golden.py
Written from the equations alone (see docs/strategies), without a look at the C#.
Arrays are base64 of little-endian values: fp32 for inputs, fp64 for expected results.
"""
import base64
import json
import pathlib

import numpy as np
import torch

ALPHA = 16.0


def pack(array, dtype):
    return base64.b64encode(np.ascontiguousarray(array, dtype=dtype).tobytes()).decode()


def make(rng, name, m, n, ranks, drift, zero_b=False, equal_weights=False):
    rank = max(ranks)
    a0 = rng.standard_normal((rank, n)).astype(np.float32)
    b0 = np.zeros((m, rank), np.float32) if zero_b else rng.standard_normal((m, rank)).astype(np.float32)
    deltas = [((drift * rng.standard_normal((r, n))).astype(np.float32), (drift * rng.standard_normal((m, r))).astype(np.float32)) for r in ranks]
    samples = [1 if equal_weights else int(rng.integers(1, 500)) for _ in ranks]
    return dict(name=name, m=m, n=n, rank=rank, ranks=ranks, a0=a0, b0=b0, deltas=deltas, samples=samples)


def factors(case):
    """The clients' factors at their own ranks, fp64. The start point keeps the first r rows' effect, so B is scaled by s / s_k and rounded to fp32."""
    out = []
    for r, (da, db) in zip(case["ranks"], case["deltas"]):
        start = (case["b0"][:, :r] * np.float64(scale(case["rank"]) / scale(r))).astype(np.float32)
        out.append((case["a0"][:r].astype(np.float64) + da, start.astype(np.float64) + db))
    return out


def padded(case):
    """The same at the version's rank and scale."""
    out = []
    for a, b in factors(case):
        b = b * (scale(a.shape[0]) / scale(case["rank"]))
        r = case["rank"] - a.shape[0]
        out.append((np.pad(a, ((0, r), (0, 0))), np.pad(b, ((0, 0), (0, r)))))
    return out


def shares(case):
    w = np.array(case["samples"], np.float64)
    return w / w.sum()


def scale(rank):
    return ALPHA / rank


def means(case):
    p = shares(case)
    a = sum(pk * ak for pk, (ak, _) in zip(p, padded(case)))
    b = sum(pk * bk for pk, (_, bk) in zip(p, padded(case)))
    return a, b


def ideal(case):
    """sum p_k B_k A_k without the scale, as rules on equal ranks see it."""
    return sum(pk * b @ a for pk, (a, b) in zip(shares(case), padded(case)))


def fedit(case):
    a, b = means(case)
    return dict(a=a, b=b)


def lora_fair(case, weight=0.01, mode="relative-to-gram"):
    a, b = means(case)
    residual = ideal(case) - b @ a
    gram = a @ a.T
    unit = np.trace(gram) / case["rank"]
    lam = max(weight * (unit if mode == "relative-to-gram" else 1.0), 1e-6 * unit)
    # Ridge least squares through torch's QR-based solver on the stacked system: no normal equations.
    stacked = torch.tensor(np.vstack([a.T, np.sqrt(lam) * np.eye(case["rank"])]))
    target = torch.tensor(np.vstack([residual.T, np.zeros((case["rank"], case["m"]))]))
    d = torch.linalg.lstsq(stacked, target).solution.numpy().T
    return dict(a=a, b=b + d)


def truncated(matrix, rank):
    u, sv, vt = torch.linalg.svd(torch.tensor(matrix), full_matrices=False)
    return (u[:, :rank] * sv[:rank] @ vt[:rank]).numpy()


def flexlora(case):
    return dict(effective=scale(case["rank"]) * truncated(ideal(case), case["rank"]))


def stacked(case):
    """FLoRA: every client's own s_k B_k A_k, at its own rank."""
    return dict(effective=sum(p * scale(a.shape[0]) * b @ a for p, (a, b) in zip(shares(case), factors(case))))


def fedex(case):
    a, b = means(case)
    return dict(a=a, b=b, effective=scale(case["rank"]) * ideal(case))


def fedex_truncated(case, rank=2):
    a, b = means(case)
    return dict(a=a, b=b, effective=scale(case["rank"]) * (b @ a + truncated(ideal(case) - b @ a, rank)))


def only_b(case):
    _, b = means(case)
    return dict(a=case["a0"].astype(np.float64), b=b)


def only_a(case):
    a, _ = means(case)
    return dict(a=a, b=case["b0"].astype(np.float64))


def fedsvd(case):
    _, b = means(case)
    return dict(effective=scale(case["rank"]) * b @ case["a0"].astype(np.float64))


def frlora(case):
    a, b = means(case)
    return dict(a=case["a0"].astype(np.float64), b=case["b0"].astype(np.float64), effective=scale(case["rank"]) * b @ a)


def balanced_ba(case, weight=0.01):
    a, b = means(case)
    m = ideal(case)
    eye = np.eye(case["rank"])
    gram = a @ a.T
    lam = weight * np.trace(gram) / case["rank"]
    b1 = np.linalg.solve(gram + lam * eye, (m @ a.T + lam * b).T).T
    gram = b1.T @ b1
    lam = weight * np.trace(gram) / case["rank"]
    a1 = np.linalg.solve(gram + lam * eye, b1.T @ m + lam * a)
    return dict(effective=scale(case["rank"]) * b1 @ a1)


RULES = [
    ("flexlora", {}, flexlora, "all"),
    ("flexlora", {"balance": "even"}, flexlora, "all"),
    ("flora", {}, stacked, "all"),
    ("fedex-lora", {}, fedex, "all"),
    ("fedex-lora", {"residual_rank": 2}, fedex_truncated, "all"),
    ("ffa-lora", {}, only_b, "equal"),
    ("rolora", {}, only_b, "equal"),
    ("fedsa-lora", {}, only_a, "equal"),
    ("fedsvd", {}, fedsvd, "equal"),
    ("frlora", {}, frlora, "all"),
    ("balanced-ba", {}, balanced_ba, "all"),
    ("fedit", {}, fedit, "all"),
    ("lora-fair", {}, lora_fair, "all"),
    ("lora-fair", {"lambda": 0.5}, lambda c: lora_fair(c, 0.5), "all"),
    ("lora-fair", {"lambda": 0.02, "lambda_mode": "absolute"}, lambda c: lora_fair(c, 0.02, "absolute"), "all"),
]


def main():
    rng = np.random.default_rng(20240601)
    cases = [
        make(rng, "square", 16, 16, [4] * 5, 0.3),
        make(rng, "tall", 40, 9, [3] * 4, 0.1),
        make(rng, "wide", 7, 50, [5] * 6, 0.5),
        make(rng, "first round", 24, 20, [4] * 6, 0.05, zero_b=True),
        make(rng, "one client", 12, 10, [2], 0.3),
        make(rng, "rank one", 11, 13, [1] * 3, 1.0, equal_weights=True),
        make(rng, "rank above both sides", 5, 6, [8] * 3, 0.3),
        make(rng, "mixed ranks", 18, 14, [2, 4, 1, 4], 0.3),
    ]
    written = []
    for case in cases:
        mixed = len(set(case["ranks"])) > 1
        expected = []
        for rule, options, oracle, kind in RULES:
            if mixed and kind == "equal":
                continue
            result = oracle(case)
            expected.append(dict(rule=rule, options=options, **{k: pack(v, np.float64) for k, v in result.items()}))
        a, b = means(case)
        m = ideal(case)
        written.append(dict(
            name=case["name"], m=case["m"], n=case["n"], rank=case["rank"], alpha=ALPHA, ranks=case["ranks"], samples=case["samples"],
            a0=pack(case["a0"], np.float32), b0=pack(case["b0"], np.float32),
            deltas=[dict(a=pack(da, np.float32), b=pack(db, np.float32)) for da, db in case["deltas"]],
            bias_ratio=float(np.linalg.norm(m - b @ a) / np.linalg.norm(m)), expected=expected))
    path = pathlib.Path(__file__).with_name("product.json")
    path.write_text(json.dumps({"cases": written}, indent=1) + "\n")
    print(f"{len(written)} cases, {sum(len(c['expected']) for c in written)} results")


if __name__ == "__main__":
    main()
