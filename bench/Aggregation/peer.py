"""The other side of `bench aggregation`: reads "NAME NUMBERS..." lines, answers each with the seconds that one call took."""
import functools
import sys
import time

import numpy
import torch

torch.manual_seed(1)
torch.set_num_threads(int(sys.argv[1]))
clock = time.process_time if sys.argv[2] == "cpu" else time.perf_counter


@functools.lru_cache(maxsize=4)
def clients(d, r, k):
    weights = torch.tensor([1.0 + i % 7 for i in range(k)])
    return weights / weights.sum(), 0.1 * (torch.rand(k, r, d) - 0.5), 0.1 * (torch.rand(k, d, r) - 0.5)


def solve(c, g):
    r = g.shape[0]
    g = g.double()
    return torch.linalg.solve(g + 0.01 * g.trace() / r * torch.eye(r, dtype=torch.float64), c.double().T).T


def fair_centred(d, r, k):
    """The closed form as we compute it: means, then the covariance applied to A; one gemm over all clients."""
    p, a, b = clients(d, r, k)
    am = (p @ a.reshape(k, -1)).reshape(r, d)
    bm = (p @ b.reshape(k, -1)).reshape(d, r)
    cores = ((a - am).reshape(k * r, d) @ am.T).reshape(k, r, r) * p[:, None, None]
    c = (b - bm).permute(1, 0, 2).reshape(d, k * r) @ cores.reshape(k * r, r)
    return bm + solve(c, am @ am.T)


def fair_loop(d, r, k):
    """The same, client by client, without copies of all of them."""
    p, a, b = clients(d, r, k)
    am = (p @ a.reshape(k, -1)).reshape(r, d)
    bm = (p @ b.reshape(k, -1)).reshape(d, r)
    c = torch.zeros(d, r)
    for i in range(k):
        c.addmm_(b[i] - bm, ((a[i] - am) @ am.T) * p[i])
    return bm + solve(c, am @ am.T)


def fair_uncentred(d, r, k):
    """Fewer passes: sum p B_k (A_k A^T) - B (A A^T), which cancels where clients agree."""
    p, a, b = clients(d, r, k)
    am = (p @ a.reshape(k, -1)).reshape(r, d)
    bm = (p @ b.reshape(k, -1)).reshape(d, r)
    cores = (a.reshape(k * r, d) @ am.T).reshape(k, r, r) * p[:, None, None]
    g = am @ am.T
    return bm + solve(torch.bmm(b, cores).sum(0) - bm @ g, g)


def fair_numpy(d, r, k):
    p, a, b = (x.numpy() for x in clients(d, r, k))
    am = (p @ a.reshape(k, -1)).reshape(r, d)
    bm = (p @ b.reshape(k, -1)).reshape(d, r)
    c = numpy.zeros((d, r), numpy.float32)
    for i in range(k):
        c += (b[i] - bm) @ (((a[i] - am) @ am.T) * p[i])
    g = (am @ am.T).astype(numpy.float64)
    return bm + numpy.linalg.solve(g + 0.01 * numpy.trace(g) / r * numpy.eye(r), c.astype(numpy.float64).T).T


def dense_product(d, r, k):
    """The published way, first part: the mean of the clients' products as a d x d matrix."""
    p, a, b = clients(d, r, k)
    mean = torch.zeros(d, d)
    for i in range(k):
        mean += p[i] * (b[i] @ a[i])
    return mean


@functools.lru_cache(maxsize=1)
def dense_target(d, r):
    return dense_product(d, r, 4)


def dense_steps(d, r, steps):
    """The published way, second part: gradient steps on the cosine of dense products, plus the size of the correction."""
    _, a, b = clients(d, r, 4)
    target, am, bm = dense_target(d, r), a.mean(0), b.mean(0)
    correction = torch.zeros(d, r, requires_grad=True)
    optimiser = torch.optim.SGD([correction], lr=0.01)
    for _ in range(steps):
        optimiser.zero_grad()
        product = (bm + correction) @ am
        cosine = torch.nn.functional.cosine_similarity(product.flatten(), target.flatten(), dim=0)
        (1 - cosine + 0.01 * correction.square().sum()).backward()
        optimiser.step()
    return correction


def mean(d, r, k):
    p, a, b = clients(d, r, k)
    return p @ a.reshape(k, -1), p @ b.reshape(k, -1)


def dense_svd(d, r, k):
    u, s, v = torch.linalg.svd(dense_product(d, r, k), full_matrices=False)
    return u[:, :r] * s[:r], v[:r]


def factored_qr(d, r, k):
    """FlexLoRA's exact factored way: QR of the stacked factors and the SVD of a core of size K r."""
    p, a, b = clients(d, r, k)
    qb, rb = torch.linalg.qr((b * p[:, None, None]).permute(1, 0, 2).reshape(d, k * r))
    qa, ra = torch.linalg.qr(a.reshape(k * r, d).T)
    u, s, v = torch.linalg.svd(rb @ ra.T)
    return qb @ (u[:, :r] * s[:r]), v[:r] @ qa.T


def krum_gram(d, r, k):
    """<U_i, U_j> of U_k = dB_k A_k + B dA_k as products of stacked factors: two large Gram matrices and a block sum."""
    _, a, b = clients(d, r, k)
    a, b = a.numpy(), b.numpy()
    left = numpy.concatenate([b, numpy.broadcast_to(b[0], b.shape)], 2).transpose(0, 2, 1).reshape(2 * k * r, d)
    right = numpy.concatenate([a + a[0], a], 1).reshape(2 * k * r, d)
    products = (left @ left.T) * (right @ right.T)
    return products.reshape(k, 2 * r, k, 2 * r).sum((1, 3))


MEASURES = {f.__name__: f for f in (krum_gram, fair_centred, fair_loop, fair_uncentred, fair_numpy, dense_product, dense_steps, mean, dense_svd, factored_qr)}

for line in sys.stdin:
    name, *numbers = line.split()
    numbers = [int(n) for n in numbers]
    if name == "dense_steps":
        clients(numbers[0], numbers[1], 4)
        dense_target(numbers[0], numbers[1])
    else:
        clients(*numbers)
    start = clock()
    MEASURES[name](*numbers)
    print(clock() - start, flush=True)
