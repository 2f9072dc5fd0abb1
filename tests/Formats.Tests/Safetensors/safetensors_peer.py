"""An independent reader and writer of safetensors: standard library and torch only.

read FILE            prints, per tensor in file order, a JSON line {name, dtype, shape, values as float64 hex}
write FILE           writes a file with one tensor of every readable type, in torch's own bytes
peft FOLDER          prints sum(s * B @ A) over all LoRA modules as float64 hex, s from adapter_config.json as peft computes it
"""
import json
import math
import struct
import sys

import torch

TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
         "I64": torch.int64, "I32": torch.int32, "U8": torch.uint8}


def read(path):
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        raw = bytearray(data[8 + length + begin:8 + length + end])
        tensor = torch.frombuffer(raw, dtype=TYPES[entry["dtype"]]) if raw else torch.empty(0, dtype=TYPES[entry["dtype"]])
        tensors[name] = tensor.reshape(entry["shape"])
    return metadata, tensors


def write(path):
    values = torch.tensor([0.0, -0.0, 1.5, -2.25, 1e-7, 6.1e-5, 65504.0, 3.140625], dtype=torch.float64)
    tensors = {"float." + name: values.to(TYPES[name]).reshape(2, 4) for name in ("F64", "F32", "F16", "BF16")}
    tensors["bytes.U8"] = torch.arange(0, 256, 37, dtype=torch.uint8)
    tensors["whole.I64"] = torch.tensor([[1, -2], [3, 2 ** 40]])
    tensors["whole.I32"] = torch.tensor([7], dtype=torch.int32)
    tensors["scalar"] = torch.tensor(0.1)
    tensors["empty"] = torch.empty(0, 3)
    header, blobs, offset = {"__metadata__": {"made by": "torch"}}, [], 0
    for name, tensor in tensors.items():
        blob = bytes(tensor.contiguous().view(-1).view(torch.uint8).tolist()) if tensor.numel() else b""
        kind = next(k for k, v in TYPES.items() if v == tensor.dtype)
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def show(tensors):
    for name, tensor in tensors.items():
        print(json.dumps({"name": name, "dtype": str(tensor.dtype), "shape": list(tensor.shape),
                          "values": [float(v).hex() for v in tensor.double().view(-1).tolist()]}))


def peft(folder):
    config = json.load(open(folder + "/adapter_config.json"))
    metadata, tensors = read(folder + "/adapter_model.safetensors")
    assert metadata == {"format": "pt"}, metadata
    for name in sorted(tensors):
        if not name.endswith(".lora_A.weight"):
            continue
        module = name[len("base_model.model."):-len(".lora_A.weight")]
        assert any(module == t or module.endswith("." + t) for t in config["target_modules"]), module
        rank = config["rank_pattern"].get(module, config["r"])
        alpha = config["alpha_pattern"].get(module, config["lora_alpha"])
        a, b = tensors[name].double(), tensors[name.replace("lora_A", "lora_B")].double()
        assert a.shape[0] == rank and b.shape[1] == rank, (module, rank)
        scale = alpha / math.sqrt(rank) if config["use_rslora"] else alpha / rank
        show({module: scale * b @ a})


if __name__ == "__main__":
    if sys.argv[1] == "read":
        show(read(sys.argv[2])[1])
    elif sys.argv[1] == "write":
        write(sys.argv[2])
    else:
        peft(sys.argv[2])
