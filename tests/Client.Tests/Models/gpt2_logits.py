#!/usr/bin/env python3
"""Logits of a GPT-2 folder with nothing but torch and the standard library: the independent implementation that ours is compared with.

    gpt2_logits.py --base DIR --ids JSON

DIR    config.json, model.safetensors
JSON   a list of equally long lists of token ids

Prints a JSON list of lists: the logits of every position of every text, one after another. Everything is computed in fp64.
"""
import argparse
import json
import math
import os
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "docs", "examples"))
from load_adapter import read_json, read_safetensors  # noqa: E402


def gelu_new(x):
    return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))))


ACTIVATIONS = {"gelu_new": gelu_new, "gelu": torch.nn.functional.gelu, "relu": torch.nn.functional.relu}


class Gpt2:
    def __init__(self, folder):
        self.config = read_json(folder, "config.json")
        tensors = read_safetensors(os.path.join(folder, "model.safetensors"))
        self.weights = {name.removeprefix("transformer."): t.to(torch.float64) for name, t in tensors.items()}

    def norm(self, x, path):
        # Written out instead of torch's layer_norm.
        centred = x - x.mean(-1, keepdim=True)
        variance = (centred * centred).mean(-1, keepdim=True)
        return centred / torch.sqrt(variance + self.config["layer_norm_epsilon"]) * self.weights[path + ".weight"] + self.weights[path + ".bias"]

    def conv(self, x, path):
        return x @ self.weights[path + ".weight"] + self.weights[path + ".bias"]

    def attention(self, x, path):
        heads = self.config["n_head"]
        query, key, value = (part.unflatten(-1, (heads, -1)) for part in self.conv(x, path + ".c_attn").split(x.shape[-1], dim=-1))
        scores = torch.einsum("qhd,khd->hqk", query, key) / math.sqrt(query.shape[-1])
        length = x.shape[0]
        for q in range(length):
            scores[:, q, q + 1:] = -math.inf
        mixed = torch.einsum("hqk,khd->qhd", scores.softmax(-1), value).flatten(1)
        return self.conv(mixed, path + ".c_proj")

    def logits(self, ids):
        x = torch.stack([self.weights["wte.weight"][token] + self.weights["wpe.weight"][position] for position, token in enumerate(ids)])
        activation = ACTIVATIONS[self.config["activation_function"]]
        for layer in range(self.config["n_layer"]):
            path = f"h.{layer}"
            x = x + self.attention(self.norm(x, path + ".ln_1"), path + ".attn")
            x = x + self.conv(activation(self.conv(self.norm(x, path + ".ln_2"), path + ".mlp.c_fc")), path + ".mlp.c_proj")
        return self.norm(x, "ln_f") @ self.weights["wte.weight"].T


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--base", required=True)
    parser.add_argument("--ids", required=True)
    arguments = parser.parse_args()
    model = Gpt2(arguments.base)
    print(json.dumps([row for ids in json.loads(arguments.ids) for row in model.logits(ids).tolist()]))


if __name__ == "__main__":
    main()
