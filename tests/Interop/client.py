"""The interop client on stock grpcio: reads a case per line, runs it against the port of its argument, answers 'ok' or what went wrong."""
import sys
import traceback

import grpc

import testing_pb2 as pb
import testing_pb2_grpc

LIMIT = 20
REQUEST_SIZES = [27182, 8, 1828, 45904]
RESPONSE_SIZES = [31415, 9, 2653, 58979]
METADATA = (("x-grpc-test-echo-initial", "test_initial_metadata_value"), ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab"))
SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"

channel = grpc.insecure_channel(f"127.0.0.1:{sys.argv[1]}")
stub = testing_pb2_grpc.TestServiceStub(channel)


def zeros(size):
    return pb.Payload(body=b"\0" * size)


def output(*sizes, status=None):
    return pb.StreamingOutputCallRequest(response_parameters=[pb.ResponseParameters(size=size) for size in sizes], response_status=status)


def large(**fields):
    return pb.SimpleRequest(response_size=314159, payload=zeros(271828), **fields)


def expect(actual, wanted):
    if actual != wanted:
        raise AssertionError(f"{actual!r} is not {wanted!r}")


def expect_status(code, run, details=None):
    try:
        run()
    except grpc.RpcError as error:
        expect(error.code(), code)
        if details is not None:
            expect(error.details(), details)
        return
    raise AssertionError(f"the call did not end in {code}")


def expect_large(response):
    expect(response.payload.body, b"\0" * 314159)


def empty_unary():
    expect(stub.EmptyCall(pb.Empty(), timeout=LIMIT), pb.Empty())


def large_unary():
    expect_large(stub.UnaryCall(large(), timeout=LIMIT))


def client_streaming():
    requests = (pb.StreamingInputCallRequest(payload=zeros(size)) for size in REQUEST_SIZES)
    expect(stub.StreamingInputCall(requests, timeout=LIMIT).aggregated_payload_size, sum(REQUEST_SIZES))


def server_streaming():
    expect([len(response.payload.body) for response in stub.StreamingOutputCall(output(*RESPONSE_SIZES), timeout=LIMIT)], RESPONSE_SIZES)


class Turns:
    """A request stream that gives the next request only when told."""

    def __init__(self):
        import queue
        self.queue = queue.Queue()

    def __iter__(self):
        return iter(self.queue.get, None)


def ping_pong():
    turns = Turns()
    responses = stub.FullDuplexCall(iter(turns), timeout=LIMIT)
    for request_size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES):
        request = output(response_size)
        request.payload.CopyFrom(zeros(request_size))
        turns.queue.put(request)
        expect(len(next(responses).payload.body), response_size)
    turns.queue.put(None)
    expect(list(responses), [])


def empty_stream():
    expect(list(stub.FullDuplexCall(iter(()), timeout=LIMIT)), [])


def client_compressed_unary():
    probe = large(expect_compressed=pb.BoolValue(value=True))
    expect_status(grpc.StatusCode.INVALID_ARGUMENT, lambda: stub.UnaryCall(probe, timeout=LIMIT))
    expect_large(stub.UnaryCall(probe, timeout=LIMIT, compression=grpc.Compression.Gzip))
    expect_large(stub.UnaryCall(large(expect_compressed=pb.BoolValue(value=False)), timeout=LIMIT))


def server_compressed_unary():
    for compressed in (True, False):
        expect_large(stub.UnaryCall(large(response_compressed=pb.BoolValue(value=compressed)), timeout=LIMIT))


def expect_echo(call):
    expect(dict(call.initial_metadata()).get(METADATA[0][0]), METADATA[0][1])
    expect(dict(call.trailing_metadata()).get(METADATA[1][0]), METADATA[1][1])


def custom_metadata():
    _, call = stub.UnaryCall.with_call(large(), timeout=LIMIT, metadata=METADATA)
    expect_echo(call)
    stream = stub.FullDuplexCall(iter([output(314159)]), timeout=LIMIT, metadata=METADATA)
    expect([len(response.payload.body) for response in stream], [314159])
    expect_echo(stream)


def status_code_and_message():
    status = pb.EchoStatus(code=2, message="test status message")
    expect_status(grpc.StatusCode.UNKNOWN, lambda: stub.UnaryCall(pb.SimpleRequest(response_status=status), timeout=LIMIT), status.message)
    expect_status(grpc.StatusCode.UNKNOWN, lambda: list(stub.FullDuplexCall(iter([output(status=status)]), timeout=LIMIT)), status.message)


def special_status_message():
    status = pb.EchoStatus(code=2, message=SPECIAL)
    expect_status(grpc.StatusCode.UNKNOWN, lambda: stub.UnaryCall(pb.SimpleRequest(response_status=status), timeout=LIMIT), SPECIAL)


def unimplemented_method():
    expect_status(grpc.StatusCode.UNIMPLEMENTED, lambda: stub.UnimplementedCall(pb.Empty(), timeout=LIMIT))


def unimplemented_service():
    other = testing_pb2_grpc.UnimplementedServiceStub(channel)
    expect_status(grpc.StatusCode.UNIMPLEMENTED, lambda: other.UnimplementedCall(pb.Empty(), timeout=LIMIT))


def cancel_after_begin():
    turns = Turns()
    call = stub.StreamingInputCall.future(iter(turns), timeout=LIMIT)
    call.cancel()
    turns.queue.put(None)
    expect((call.cancelled(), call.code()), (True, grpc.StatusCode.CANCELLED))


def cancel_after_first_response():
    turns = Turns()
    call = stub.FullDuplexCall(iter(turns), timeout=LIMIT)
    turns.queue.put(output(31415))
    expect(len(next(call).payload.body), 31415)
    call.cancel()
    turns.queue.put(None)
    expect_status(grpc.StatusCode.CANCELLED, lambda: next(call))


def timeout_on_sleeping_server():
    turns = Turns()
    turns.queue.put(pb.StreamingOutputCallRequest(payload=zeros(27182)))
    call = stub.FullDuplexCall(iter(turns), timeout=0.001)
    expect_status(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: next(call))
    turns.queue.put(None)


for line in sys.stdin:
    try:
        globals()[line.strip()]()
        print("ok", flush=True)
    except Exception:
        print(traceback.format_exc().replace("\n", " | "), flush=True)
