"""A whole client of a federation in plain Python: stock grpcio, the standard library, and nothing of ours but the .proto files.

Usage: federated_client.py ADDRESS CLIENT_ID

Serves until a run has ended. It trains nothing: every trained value of its update is 2^-10. Prints the outcome of each upload.
"""
import hashlib
import json
import queue
import struct
import sys

import grpc

from federated.v1 import adapter_pb2, adapter_pb2_grpc, coordination_pb2, coordination_pb2_grpc

CHUNK = 256 << 10
LEAF = 1 << 20
DELTA = 2.0 ** -10


def tree_digest(data):
    root = hashlib.sha256(b"federated.tree.v1" + struct.pack("<Q", len(data)))
    for start in range(0, len(data), LEAF):
        root.update(hashlib.sha256(data[start:start + LEAF]).digest())
    return root.digest()


class Client:
    def __init__(self, address, client_id):
        self.id = client_id
        self.metadata = [("authorization", f"Bearer token-of-{client_id}")]
        # Control and bulk on connections of their own, as docs/protocol.md asks.
        separate = [("grpc.use_local_subchannel_pool", 1)]
        self.control = coordination_pb2_grpc.CoordinationStub(grpc.insecure_channel(address, separate))
        self.bulk = adapter_pb2_grpc.AdapterTransferStub(grpc.insecure_channel(address, separate))
        self.outgoing = queue.Queue()

    def run(self):
        hello = coordination_pb2.Hello(protocol_version=1, client_id=self.id, software="plain-python", methods=["lora", "head"],
                                       encodings=[adapter_pb2.TENSOR_ENCODING_F32])
        hello.device.kind = "cpu"
        self.say(hello=hello)
        for message in self.control.Connect(iter(self.outgoing.get, None), metadata=self.metadata):
            kind = message.WhichOneof("message")
            if kind == "welcome":
                for offer in message.welcome.runs:
                    self.join(offer)
            elif kind == "offer":
                self.join(message.offer)
            elif kind == "join_reply" and not message.join_reply.joined:
                raise SystemExit(f"not joined: {message.join_reply.code} {message.join_reply.message}")
            elif kind == "assignment":
                self.work(message.assignment)
            elif kind == "heartbeat":
                self.say(heartbeat=coordination_pb2.Heartbeat())
            elif kind == "refusal":
                raise SystemExit(f"refused: {message.refusal.code} {message.refusal.message}")
            elif kind == "run_ended":
                print(f"ended {message.run_ended.outcome}", flush=True)
                self.outgoing.put(None)
                return

    def say(self, **message):
        self.outgoing.put(coordination_pb2.ClientMessage(**message))

    def join(self, offer):
        self.say(join=coordination_pb2.JoinRun(run_id=offer.run_id, base_digest=offer.base_digest, schema_digest=offer.schema_digest,
                                               training_samples=100))

    def work(self, assignment):
        training = assignment.kind == coordination_pb2.ASSIGNMENT_KIND_TRAIN
        self.say(assignment_reply=coordination_pb2.AssignmentReply(
            assignment_id=assignment.assignment_id, accepted=training, reason="" if training else "nothing held out"))
        if training:
            print(adapter_pb2.UploadResult.Name(self.upload(assignment)), flush=True)

    def upload(self, assignment):
        header, tensors = self.update(assignment)
        data = header + tensors
        replies = queue.Queue()

        def frames():
            yield adapter_pb2.UploadFrame(open=adapter_pb2.UploadOpen(header=header, size=len(data), digest=tree_digest(data)))
            reply = replies.get()
            if reply is None:
                return
            for start in range(reply.ready.offset, len(data), CHUNK):
                yield adapter_pb2.UploadFrame(chunk=adapter_pb2.UploadChunk(offset=start, data=data[start:start + CHUNK]))

        for reply in self.bulk.Upload(frames(), metadata=self.metadata):
            if reply.WhichOneof("reply") == "outcome":
                replies.put(None)
                return reply.outcome.result
            replies.put(reply)
        raise SystemExit("an upload ended without an outcome")

    def update(self, assignment):
        manifest = adapter_pb2.AdapterManifest.FromString(self.blob(assignment.manifest_digest))
        schema = json.loads(self.blob(assignment.schema_digest))
        shapes = {}
        for group in manifest.groups:
            shapes.update(self.shapes(self.blob(group.digest)))
        header = adapter_pb2.UpdateHeader(
            run_id=assignment.run_id, assignment_id=assignment.assignment_id, client_id=self.id, round=assignment.round,
            schema_digest=assignment.schema_digest, base_digest=bytes.fromhex(schema["base_digest"]), start_manifest=assignment.manifest_digest,
            plan_version=assignment.plan_version, samples=100, local_steps=assignment.train.steps, training_loss=1.0)
        tensors = b""
        for name in (tensor["name"] for group in schema["groups"] for tensor in group["tensors"]):
            elements = 1
            for size in shapes[name]:
                elements *= size
            values = struct.pack(f"<{elements}f", *([DELTA] * elements))
            header.tensors.add(name=name, shape=shapes[name], encoding=adapter_pb2.TENSOR_ENCODING_F32, byte_length=len(values))
            tensors += values
        return header.SerializeToString(), tensors

    def blob(self, digest):
        data = b"".join(chunk.data for chunk in self.bulk.Download(adapter_pb2.DownloadRequest(digest=digest), metadata=self.metadata))
        if tree_digest(data) != digest:
            raise SystemExit("a blob does not have its digest")
        return data

    @staticmethod
    def shapes(safetensors):
        length, = struct.unpack_from("<Q", safetensors)
        header = json.loads(safetensors[8:8 + length])
        return {name: entry["shape"] for name, entry in header.items() if name != "__metadata__"}


if __name__ == "__main__":
    Client(sys.argv[1], sys.argv[2]).run()
