#!/usr/bin/env python3
"""Loads a base model and a published adapter with nothing but torch and the standard library, and prints logits.

    load_adapter.py --base DIR [--adapter DIR] --images FILE

DIR (base)     a Hugging Face ViT folder: config.json, model.safetensors
DIR (adapter)  a peft LoRA folder: adapter_config.json, adapter_model.safetensors
FILE           pixel values as the model takes them: little-endian float32, [n, channels, size, size]

Prints one JSON list of n lists of logits. What it needs to know is short enough to read here in full, which is the point:
a published adapter depends on no software of ours.
"""
import argparse
import json
import math
import os
import struct

import torch

DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def read_safetensors(path):
    """8 bytes length, that many bytes of JSON {name: {dtype, shape, data_offsets}}, then the data."""
    with open(path, "rb") as file:
        content = bytearray(file.read())
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8:8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        flat = torch.frombuffer(bytearray(content[start:end]), dtype=DTYPES[entry["dtype"]])
        tensors[name] = flat.to(torch.float32).reshape(entry["shape"])
    return tensors


def read_json(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


def pattern(table, module, default):
    """peft's rank_pattern and alpha_pattern: the entry that is the module's name, or its end after a dot."""
    for key, value in (table or {}).items():
        if module == key or module.endswith("." + key):
            return value
    return default


def merge_adapter(weights, folder):
    """W += s B A for every LoRA pair, and modules_to_save in the place of the base's."""
    config = read_json(folder, "adapter_config.json")
    adapter = read_safetensors(os.path.join(folder, "adapter_model.safetensors"))
    prefix = "base_model.model."
    for name, a in adapter.items():
        if name.endswith(".lora_B.weight"):
            continue
        if not name.endswith(".lora_A.weight"):
            weights[name[len(prefix):]] = a
            continue
        module = name[len(prefix):-len(".lora_A.weight")]
        b = adapter[prefix + module + ".lora_B.weight"]
        rank = pattern(config.get("rank_pattern"), module, config["r"])
        alpha = pattern(config.get("alpha_pattern"), module, config["lora_alpha"])
        scale = alpha / math.sqrt(rank) if config.get("use_rslora") else alpha / rank
        weights[module + ".weight"] = weights[module + ".weight"] + scale * (b @ a)


def linear(x, weights, path):
    return torch.nn.functional.linear(x, weights[path + ".weight"], weights.get(path + ".bias"))


def vit_logits(images, weights, config):
    width, heads, eps = config["hidden_size"], config["num_attention_heads"], config["layer_norm_eps"]
    activation = {"gelu": torch.nn.functional.gelu, "relu": torch.relu}[config["hidden_act"]]

    def norm(x, path):
        return torch.nn.functional.layer_norm(x, (width,), weights[path + ".weight"], weights[path + ".bias"], eps)

    projection = "vit.embeddings.patch_embeddings.projection"
    patches = torch.nn.functional.conv2d(
        images, weights[projection + ".weight"], weights[projection + ".bias"], stride=config["patch_size"])
    x = patches.flatten(2).transpose(1, 2)
    x = torch.cat([weights["vit.embeddings.cls_token"].expand(len(images), -1, -1), x], dim=1)
    x = x + weights["vit.embeddings.position_embeddings"]
    for index in range(config["num_hidden_layers"]):
        layer = f"vit.encoder.layer.{index}"
        h = norm(x, layer + ".layernorm_before")
        q, k, v = (linear(h, weights, f"{layer}.attention.attention.{part}").unflatten(-1, (heads, width // heads)).transpose(1, 2)
                   for part in ("query", "key", "value"))
        mixed = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(width // heads), dim=-1) @ v
        x = x + linear(mixed.transpose(1, 2).flatten(2), weights, layer + ".attention.output.dense")
        h = activation(linear(norm(x, layer + ".layernorm_after"), weights, layer + ".intermediate.dense"))
        x = x + linear(h, weights, layer + ".output.dense")
    return linear(norm(x, "vit.layernorm")[:, 0], weights, "classifier")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", required=True)
    parser.add_argument("--adapter")
    parser.add_argument("--images", required=True)
    arguments = parser.parse_args()

    config = read_json(arguments.base, "config.json")
    weights = read_safetensors(os.path.join(arguments.base, "model.safetensors"))
    if arguments.adapter:
        merge_adapter(weights, arguments.adapter)
    with open(arguments.images, "rb") as file:
        images = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
    images = images.reshape(-1, config["num_channels"], config["image_size"], config["image_size"])
    with torch.no_grad():
        print(json.dumps(vit_logits(images, weights, config).tolist()))


if __name__ == "__main__":
    main()
