"""The same training step and the same small operators as the C# side, driven by lines on stdin: `step N`, `op NAME N`. Answers with seconds."""
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

WIDTH, HEADS, LAYERS, TOKENS, BATCH, RANK, CLASSES = 64, 4, 4, 17, 32, 8, 10


class LoraLinear(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.base = nn.Linear(inputs, outputs)
        self.base.requires_grad_(False)
        self.a = nn.Parameter(torch.randn(RANK, inputs) * 0.02)
        self.b = nn.Parameter(torch.zeros(outputs, RANK))

    def forward(self, x):
        return self.base(x) + F.linear(F.linear(x, self.a), self.b)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH).requires_grad_(False)
        self.qkv = LoraLinear(WIDTH, 3 * WIDTH)
        self.proj = LoraLinear(WIDTH, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH).requires_grad_(False)
        self.fc1 = nn.Linear(WIDTH, 4 * WIDTH).requires_grad_(False)
        self.fc2 = LoraLinear(4 * WIDTH, WIDTH)

    def forward(self, x):
        batch, tokens, _ = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(batch, tokens, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        weights = torch.softmax(torch.matmul(q * (WIDTH // HEADS) ** -0.5, k.transpose(-2, -1)), -1)
        x = x + self.proj(torch.matmul(weights, v).transpose(1, 2).reshape(batch, tokens, WIDTH))
        return x + self.fc2(F.relu(self.fc1(self.norm2(x))))


class Vit(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(*[Block() for _ in range(LAYERS)])
        self.head = nn.Linear(WIDTH, CLASSES).requires_grad_(False)

    def forward(self, x):
        return self.head(self.blocks(x).mean(1))


torch.set_num_threads(1)
torch.manual_seed(1)
model = Vit()
optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-3, weight_decay=0.01)
inputs = torch.randn(BATCH, TOKENS, WIDTH)
labels = torch.randint(0, CLASSES, (BATCH,))


def step():
    optimiser.zero_grad()
    loss = F.cross_entropy(model(inputs), labels)
    loss.backward()
    optimiser.step()
    return loss


one, two, small = torch.ones(1), torch.ones(1), torch.ones(4, 4)
OPERATORS = {
    "add": lambda: one + two,
    "mul_": lambda: one.mul_(1.0),
    "view": lambda: small.view(16),
    "relu": lambda: small.relu(),
    "matmul": lambda: small.matmul(small),
}

for line in sys.stdin:
    words = line.split()
    times = int(words[-1])
    call = step if words[0] == "step" else OPERATORS[words[1]]
    start = time.perf_counter()
    for _ in range(times):
        last = call()
    seconds = time.perf_counter() - start
    print(repr(seconds), repr(last.item()) if words[0] == "step" else 0, flush=True)
