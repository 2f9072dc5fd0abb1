#!/usr/bin/env python3
"""Writes rules.json: what numpy and torch say, in fp64 and with every m x n matrix formed, about weighers, server optimisers, stale changes, masks, seeds and LoRA-FAIR's variants.

Run with Debian's python3-numpy and python3-torch:  /usr/bin/python3 make_golden_rules.py
Written from the equations alone (see docs/strategies), without a look at the C#.
Arrays are base64 of little-endian values: fp32 for inputs, fp64 for expected results.
"""
import hashlib
import json
import pathlib

import numpy as np
import torch

from make_golden import pack

ALPHA, RANK, M, N = 16.0, 3, 13, 11
SCALE = ALPHA / RANK
LORA = dict(name="p", algebra="Product", tensors=[dict(name="a", role="lora_A", shape=["r", N]), dict(name="b", role="lora_B", shape=[M, "r"])])
HEAD = dict(name="h", algebra="Affine", tensors=[dict(name="h", role="weight", shape=[7, 5])])
OPAQUE = dict(name="o", algebra="Opaque", tensors=[dict(name="o", role="down", shape=[4, 9])])
CORE = dict(name="c", algebra="Affine", tensors=[dict(name="ca", role="lora_A", shape=[RANK, 6]), dict(name="cr", role="lora_R", shape=[RANK, RANK]), dict(name="cb", role="lora_B", shape=[8, RANK])])
SEEDS = dict(name="s", algebra="SeedTrace", tensors=[dict(name="st", role="trace", shape=[5]), dict(name="sw", role="weight", shape=[20, 13]), dict(name="sb", role="bias", shape=[20])])


class Case:
    """Versions (the last is the newest), and clients with their samples, starts and changes."""

    def __init__(self, rng, name, groups, clients, drift=0.3, versions=1, round=0, zero=()):
        self.name, self.groups, self.round = name, groups, round
        self.shapes = {t["name"]: [RANK if s == "r" else s for s in t["shape"]] for g in groups for t in g["tensors"]}
        draw = lambda size: {n: (size * rng.standard_normal(s)).astype(np.float32) for n, s in self.shapes.items()}
        self.versions = [draw(1.0) for _ in range(versions)]
        self.samples = [int(rng.integers(1, 500)) for _ in range(clients)]
        self.starts = [int(rng.integers(0, versions)) if versions > 1 else 0 for _ in range(clients)]
        self.deltas = [draw(drift) for _ in range(clients)]
        for delta in self.deltas:
            for n in zero:
                delta[n][:] = 0
        self.expected = []

    def theta(self):
        return {n: v.astype(np.float64) for n, v in self.versions[-1].items()}

    def start(self, k):
        return {n: v.astype(np.float64) for n, v in self.versions[self.starts[k]].items()}

    def value(self, k):
        return {n: self.start(k)[n] + self.deltas[k][n] for n in self.shapes}

    def shares(self):
        w = np.array(self.samples, np.float64)
        return w / w.sum()

    def mean(self, w=None):
        """theta plus the weighted change of every tensor."""
        w = self.shares() if w is None else w
        return {n: self.theta()[n] + sum(wk * d[n].astype(np.float64) for wk, d in zip(w, self.deltas)) for n in self.shapes}

    def ideal(self, w=None):
        w = self.shares() if w is None else w
        return sum(wk * self.value(k)["b"] @ self.value(k)["a"] for k, wk in enumerate(w))

    def change(self, k):
        """The effective change of client k, all groups, as one vector."""
        parts, value, start = [], self.value(k), self.start(k)
        for g in self.groups:
            if g["algebra"] == "Product":
                parts.append(SCALE * (value["b"] @ value["a"] - start["b"] @ start["a"]))
            else:
                parts += [value[t["name"]] - start[t["name"]] for t in g["tensors"]]
        return np.concatenate([p.ravel() for p in parts])

    def expect(self, spec, tensors=None, effective=None, state=None, rounds=1):
        self.expected.append(dict(
            spec=spec, rounds=rounds, tensors={n: pack(v, np.float64) for n, v in (tensors or {}).items()},
            state={n: pack(v, np.float64) for n, v in (state or {}).items()}, **({} if effective is None else dict(effective=pack(effective, np.float64)))))

    def write(self):
        arrays = lambda values: {n: pack(v, np.float32) for n, v in values.items()}
        return dict(
            name=self.name, rank=RANK, alpha=ALPHA, round=self.round, groups=self.groups, versions=[arrays(v) for v in self.versions],
            clients=[dict(samples=s, start=t, deltas=arrays(d)) for s, t, d in zip(self.samples, self.starts, self.deltas)], expected=self.expected)


def ridge(case, lam, w=None):
    """LoRA-FAIR's B by least squares on the stacked system, without normal equations."""
    mean = case.mean(w)
    a, b = mean["a"], mean["b"]
    stacked = torch.tensor(np.vstack([a.T, np.sqrt(lam) * np.eye(RANK)]))
    target = torch.tensor(np.vstack([(case.ideal(w) - b @ a).T, np.zeros((RANK, M))]))
    return b + torch.linalg.lstsq(stacked, target).solution.numpy().T


def unit(case, w=None):
    a = case.mean(w)["a"]
    return np.trace(a @ a.T) / RANK


def cosine(case, lam):
    """argmin_X 1 - cos(M, X A) + lam |X - B|^2 by a quasi-Newton method on the dense product."""
    mean, target = case.mean(), torch.tensor(case.ideal())
    a, b = torch.tensor(mean["a"]), torch.tensor(mean["b"])
    x = b.clone().requires_grad_(True)
    optimiser = torch.optim.LBFGS([x], lr=1, max_iter=5000, max_eval=20000, tolerance_grad=1e-15, tolerance_change=1e-18, history_size=60, line_search_fn="strong_wolfe")

    def loss():
        optimiser.zero_grad()
        value = 1 - torch.nn.functional.cosine_similarity((x @ a).flatten(), target.flatten(), dim=0) + lam * (x - b).square().sum()
        value.backward()
        return value

    for _ in range(5):
        optimiser.step(loss)
    return x.detach().numpy()


def fair_variants(case):
    mean = case.mean()
    norm = np.square(case.ideal()).sum()
    spec = lambda **options: dict(product=dict(name="lora-fair", options=options))
    case.expect(spec(), dict(a=mean["a"], b=ridge(case, 0.01 * unit(case))))
    case.expect(spec(**{"lambda": 0.02, "lambda_mode": "relative-to-update"}), dict(a=mean["a"], b=ridge(case, 0.02 * norm)))
    case.expect(spec(**{"lambda": 3.0, "lambda_mode": "absolute"}), dict(a=mean["a"], b=ridge(case, 3.0)))
    case.expect(spec(**{"lambda": 0.0}), dict(a=mean["a"], b=ridge(case, 1e-6 * unit(case))))
    case.expect(spec(max_correction=1e-7), dict(a=mean["a"], b=mean["b"]))
    case.expect(spec(gram_floor=1e9), dict(a=mean["a"], b=mean["b"]))
    for lam in (0.01, 0.3):
        case.expect(spec(objective="cosine", **{"lambda": lam}), dict(a=mean["a"], b=cosine(case, lam)))
    for bundle in ("fedit", "federa", "slora"):
        case.expect(dict(bundle=bundle), mean)


def krum_scores(distances, among, neighbours):
    return {i: np.sort([distances[i, j] for j in among if j != i])[:neighbours].sum() for i in among}


def robust(case, f=1):
    n = len(case.deltas)
    u = np.array([case.change(k) for k in range(n)])
    distances = np.square(u[:, None] - u[None]).sum(2)
    norms, p = np.linalg.norm(u, axis=1), np.array(case.samples, np.float64)
    scores = krum_scores(distances, range(n), n - f - 2)
    ranked = sorted(range(n), key=lambda i: (scores[i], i))

    def weigh(name, options, w):
        w = np.asarray(w, np.float64) / np.sum(w)
        expected = case.mean(w)
        expected["b"] = ridge(case, 0.01 * unit(case, w), w)
        case.expect(dict(weigher=dict(name=name, options=options), product="lora-fair"), expected)

    weigh("uniform", {}, np.ones(n))
    weigh("krum", dict(f=f), [float(i == ranked[0]) for i in range(n)])
    weigh("multi-krum", dict(f=f), [float(i in ranked[:n - f]) for i in range(n)])
    weigh("multi-krum", dict(f=f, keep=2), [float(i in ranked[:2]) for i in range(n)])
    bound = 0.8 * np.sort(norms)[(n - 1) // 2]
    weigh("norm-bound", dict(multiple=0.8), p * np.minimum(1, bound / norms))
    w = p / p.sum()
    for _ in range(3):
        w = p / np.maximum(1e-6, np.linalg.norm(u - w @ u, axis=1))
        w /= w.sum()
    weigh("rfa", dict(iterations=3, smoothing=1e-6), w)

    left, picked = list(range(n)), []
    while len(picked) < n - 2 * f:
        s = krum_scores(distances, left, max(1, len(left) - f - 2))
        best = min(left, key=lambda i: (s[i], i))
        left.remove(best)
        picked.append(best)
    bulyan, trimmed, median = {}, {}, {}
    for name in case.shapes:
        stacked = np.sort(np.array([case.deltas[k][name].astype(np.float64) for k in range(n)]), axis=0)
        dropped = int(0.2 * n)
        trimmed[name] = case.theta()[name] + stacked[dropped:n - dropped].mean(0)
        median[name] = case.theta()[name] + np.median(stacked, axis=0)
        chosen = np.array([case.deltas[k][name].astype(np.float64) for k in picked])
        order = np.argsort(np.abs(chosen - np.median(chosen, axis=0)), axis=0, kind="stable")
        bulyan[name] = case.theta()[name] + np.take_along_axis(chosen, order[:len(picked) - 2 * f], 0).mean(0)
    rule = dict(name="bulyan", options=dict(f=f))
    case.expect(dict(weigher=rule, product=rule, affine=rule), bulyan)
    case.expect(dict(product="trimmed-mean", affine="trimmed-mean"), trimmed)
    case.expect(dict(product="median", affine="median"), median)


def hetlora(case):
    norms = np.array([np.linalg.norm(case.value(k)["b"] @ case.value(k)["a"]) for k in range(len(case.deltas))])
    case.expect(dict(bundle="hetlora"), {**case.mean(norms / norms.sum()), "h": case.mean()["h"]})


def optimisers(case):
    """Three rounds in which the clients send the same changes again."""
    size = {n: np.zeros(s) for n, s in case.shapes.items()}
    change = {n: case.mean()[n] - case.theta()[n] for n in case.shapes}
    adaptive = {
        "fedadam": (0.1, 0.9, lambda v, d: 0.99 * v + 0.01 * d * d),
        "fedyogi": (0.01, 0.9, lambda v, d: v - 0.01 * d * d * np.sign(v - d * d)),
        "fedadagrad": (0.1, 0.0, lambda v, d: v + d * d),
    }
    for name, (eta, beta, square) in adaptive.items():
        theta, m, v = case.theta(), dict(size), {n: s + 1e-6 for n, s in size.items()}
        for _ in range(3):
            for n in case.shapes:
                m[n] = beta * m[n] + (1 - beta) * change[n]
                v[n] = square(v[n], change[n])
                theta[n] = theta[n] + eta * m[n] / (np.sqrt(v[n]) + 1e-3)
        case.expect(dict(server_optimiser=name), theta, state={f"optimiser/m/{n}": m[n] for n in m}, rounds=3)
    theta, v = case.theta(), dict(size)
    for _ in range(3):
        for n in case.shapes:
            v[n] = 0.5 * v[n] + change[n]
            theta[n] = theta[n] + 0.7 * v[n]
    case.expect(dict(server_optimiser=dict(name="fedavgm", options=dict(momentum=0.5, learning_rate=0.7))), theta, state={f"optimiser/{n}": v[n] for n in v}, rounds=3)
    theta, c, share, steps, rate = case.theta(), dict(size), 0.25, 4, 0.1
    for _ in range(3):
        for n in case.shapes:
            c[n] = c[n] + share * (-c[n] - change[n] / (steps * rate))
            theta[n] = theta[n] + 0.9 * change[n]
    options = dict(local_steps=steps, local_learning_rate=rate, participation=share, learning_rate=0.9)
    case.expect(dict(server_optimiser=dict(name="scaffold", options=options)), theta, state={f"optimiser/{n}": c[n] for n in c}, rounds=3)


def truncated(matrix, rank):
    u, s, vt = torch.linalg.svd(torch.tensor(matrix), full_matrices=False)
    return (u[:, :rank] * s[:rank] @ vt[:rank]).numpy()


def stale(case, name, options, decay):
    ages = [len(case.versions) - 1 - s for s in case.starts]
    w = np.array([n * decay(a) for n, a in zip(case.samples, ages)]) / sum(case.samples)
    theta = case.theta()
    target = theta["b"] @ theta["a"]
    for k, wk in enumerate(w):
        target = target + wk * (case.value(k)["b"] @ case.value(k)["a"] - case.start(k)["b"] @ case.start(k)["a"])
    case.expect(dict(bundle="fedbuff", weigher=dict(name=name, options=options)), dict(h=case.mean(w)["h"]), effective=SCALE * truncated(target, RANK))


def masked(case, rng):
    for delta in case.deltas:
        for n in case.shapes:
            delta[n][rng.random(delta[n].shape) < 0.6] = 0
    p, result = case.shares(), {}
    for n in case.shapes:
        mass = sum(pk * (d[n] != 0) for pk, d in zip(p, case.deltas))
        change = sum(pk * d[n].astype(np.float64) for pk, d in zip(p, case.deltas))
        result[n] = case.theta()[n] + np.where(mass > 0, change / np.where(mass > 0, mass, 1), 0)
    case.expect(dict(affine="masked-mean", opaque="masked-mean"), result)
    case.expect(dict(), case.mean())


def lora_a2(case, rng):
    trained, axis = ("b", 1) if case.round % 2 == 0 else ("a", 0)
    for k, delta in enumerate(case.deltas):
        for i in range(RANK):
            if (k + i) % 3 == 0 or i == RANK - 1:
                delta[trained][(slice(None), i) if axis == 1 else i] = 0
    p, result = case.shares(), case.theta()
    for i in range(RANK):
        at = (slice(None), i) if axis == 1 else i
        mass = sum(pk for pk, d in zip(p, case.deltas) if np.any(d[trained][at]))
        if mass > 0:
            result[trained][at] += sum(pk * d[trained][at].astype(np.float64) for pk, d in zip(p, case.deltas)) / mass
    case.expect(dict(bundle="lora-a2"), result)


def fed_sb(case):
    theta = case.theta()
    theta["cr"] = case.mean()["cr"]
    case.expect(dict(bundle="fed-sb"), theta)


def philox(key, stream, block):
    """Philox4x32-10 of Salmon et al., SC 2011, in Python's integers."""
    mask = 0xFFFFFFFF
    c, k = [block & mask, block >> 32 & mask, stream & mask, stream >> 32 & mask], [key & mask, key >> 32 & mask]
    for _ in range(10):
        p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [q >> 32 ^ c[1] ^ k[0], q & mask, p >> 32 ^ c[3] ^ k[1], p & mask]
        k = [k[0] + 0x9E3779B9 & mask, k[1] + 0xBB67AE85 & mask]
    return c


def signs(tensor, seed, count):
    key = int.from_bytes(hashlib.sha256(tensor.encode()).digest()[:8], "little")
    words = [w for block in range((count + 127) // 128) for w in philox(key, seed, block)]
    return np.array([1.0 - 2 * (words[i // 32] >> i % 32 & 1) for i in range(count)])


def replay(case):
    theta = case.theta()
    steps = case.mean()["st"] - theta["st"]
    theta["st"] += steps
    for n in ("sw", "sb"):
        for seed, step in enumerate(steps):
            theta[n] += step * signs(n, seed, theta[n].size).reshape(theta[n].shape)
    case.expect(dict(), theta)


def main():
    rng = np.random.default_rng(20260601)
    cases = []

    def add(make, *arguments, **options):
        cases.append(Case(rng, *arguments, **options))
        make(cases[-1])

    add(fair_variants, "LoRA-FAIR's variants", [LORA], 5)
    add(fair_variants, "LoRA-FAIR's variants, little drift", [LORA], 4, drift=0.02)
    add(robust, "robust weighers and rules", [LORA, HEAD], 9)
    add(hetlora, "HetLoRA", [LORA, HEAD], 5)
    add(optimisers, "server optimisers", [LORA, HEAD], 4)
    add(lambda c: stale(c, "staleness", {}, lambda a: (1 + a) ** -0.5), "stale buffer", [LORA, HEAD], 6, versions=4)
    add(lambda c: stale(c, "staleness", dict(decay="polynomial", exponent=1.25), lambda a: (1 + a) ** -1.25), "stale buffer, steep", [LORA, HEAD], 5, versions=5)
    add(lambda c: stale(c, "staleness", dict(decay="threshold", threshold=1, beyond=0.25), lambda a: 1 if a <= 1 else 0.25), "stale buffer, threshold", [LORA, HEAD], 5, versions=4)
    add(lambda c: masked(c, rng), "masks", [HEAD, OPAQUE], 5)
    for round in (0, 1):
        add(lambda c: lora_a2(c, rng), f"LoRA-A2, round {round}", [LORA], 4, round=round, zero=("a",) if round == 0 else ("b",))
    add(fed_sb, "Fed-SB", [CORE], 4, zero=("ca", "cb"))
    add(replay, "seeds", [SEEDS], 4, zero=("sw", "sb"))
    path = pathlib.Path(__file__).with_name("rules.json")
    path.write_text(json.dumps({"cases": [c.write() for c in cases]}, indent=1) + "\n")
    print(f"{len(cases)} cases, {sum(len(c.expected) for c in cases)} results")


if __name__ == "__main__":
    main()
