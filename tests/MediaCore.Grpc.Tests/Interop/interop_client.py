"""The cases of gRPC's interoperability suite by grpcio. usage: interop_client.py PORT DESCRIPTOR

DESCRIPTOR is a file with the serialized FileDescriptorProto of interop.proto. Writes "NAME ok" or "NAME failed: why" for each case.
"""
import pathlib
import sys
import traceback

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PATIENCE = 60
REQUEST_SIZES = [27182, 8, 1828, 45904]
RESPONSE_SIZES = [31415, 9, 2653, 58979]

pool = descriptor_pool.DescriptorPool()
pool.Add(descriptor_pb2.FileDescriptorProto.FromString(pathlib.Path(sys.argv[2]).read_bytes()))
factory = message_factory.MessageFactory(pool)


def message(name):
    return factory.GetPrototype(pool.FindMessageTypeByName(f"grpc.testing.{name}"))


Empty, BoolValue, Payload, EchoStatus, ResponseParameters = map(message, ["Empty", "BoolValue", "Payload", "EchoStatus", "ResponseParameters"])
SimpleRequest, StreamingInputCallRequest, StreamingOutputCallRequest = map(message, ["SimpleRequest", "StreamingInputCallRequest", "StreamingOutputCallRequest"])


class Stub:
    """What generated code would make of the services."""

    def __init__(self, channel):
        for service in ("TestService", "UnimplementedService"):
            descriptor = pool.FindServiceByName(f"grpc.testing.{service}")
            for method in descriptor.methods:
                call = getattr(channel, KINDS[method.name])(
                    f"/{descriptor.full_name}/{method.name}",
                    request_serializer=lambda request: request.SerializeToString(),
                    response_deserializer=factory.GetPrototype(method.output_type).FromString)
                setattr(self, f"{service}_{method.name}", call)


KINDS = {"EmptyCall": "unary_unary", "UnaryCall": "unary_unary", "StreamingOutputCall": "unary_stream", "StreamingInputCall": "stream_unary", "FullDuplexCall": "stream_stream", "UnimplementedCall": "unary_unary"}

address = f"127.0.0.1:{sys.argv[1]}"
channel = grpc.insecure_channel(address)
stub = Stub(channel)


def payload(size):
    return Payload(body=bytes(size))


def failure(call):
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call did not fail")


def duplex_request(size, response_size):
    return StreamingOutputCallRequest(payload=payload(size), response_parameters=[ResponseParameters(size=response_size)])


def empty_unary():
    assert stub.TestService_EmptyCall(Empty(), timeout=PATIENCE) == Empty()


def large_unary():
    response = stub.TestService_UnaryCall(SimpleRequest(response_size=314159, payload=payload(271828)), timeout=PATIENCE)
    assert len(response.payload.body) == 314159


def client_streaming():
    response = stub.TestService_StreamingInputCall((StreamingInputCallRequest(payload=payload(size)) for size in REQUEST_SIZES), timeout=PATIENCE)
    assert response.aggregated_payload_size == 74922


def server_streaming():
    request = StreamingOutputCallRequest(response_parameters=[ResponseParameters(size=size) for size in RESPONSE_SIZES])
    assert [len(response.payload.body) for response in stub.TestService_StreamingOutputCall(request, timeout=PATIENCE)] == RESPONSE_SIZES


class Pings:
    """Requests that are made when the answer to the one before has come."""

    def __init__(self):
        import queue
        self._queue = queue.Queue()

    def put(self, request):
        self._queue.put(request)

    def __iter__(self):
        return iter(self._queue.get, None)


def ping_pong():
    pings = Pings()
    call = stub.TestService_FullDuplexCall(iter(pings), timeout=PATIENCE)
    for size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES):
        pings.put(duplex_request(size, response_size))
        assert len(next(call).payload.body) == response_size
    pings.put(None)
    assert list(call) == []
    assert call.code() == grpc.StatusCode.OK


def empty_stream():
    assert list(stub.TestService_FullDuplexCall(iter(()), timeout=PATIENCE)) == []


def cancel_after_begin():
    pings = Pings()
    call = stub.TestService_StreamingInputCall.future(iter(pings), timeout=PATIENCE)
    call.cancel()
    pings.put(None)
    assert call.cancelled() and call.code() == grpc.StatusCode.CANCELLED


def cancel_after_first_response():
    pings = Pings()
    call = stub.TestService_FullDuplexCall(iter(pings), timeout=PATIENCE)
    pings.put(duplex_request(27182, 31415))
    assert len(next(call).payload.body) == 31415
    call.cancel()
    assert failure(lambda: next(call)).code() == grpc.StatusCode.CANCELLED
    pings.put(None)


def timeout_on_sleeping_server():
    pings = Pings()
    call = stub.TestService_FullDuplexCall(iter(pings), timeout=0.001)
    pings.put(duplex_request(27182, 31415))
    error = failure(lambda: [next(call) for _ in range(2)])
    pings.put(None)
    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED, error


def custom_metadata():
    sent = (("x-grpc-test-echo-initial", "test_initial_metadata_value"), ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab"))

    def check(call):
        assert dict(call.initial_metadata())["x-grpc-test-echo-initial"] == "test_initial_metadata_value"
        assert dict(call.trailing_metadata())["x-grpc-test-echo-trailing-bin"] == b"\xab\xab\xab"

    _, call = stub.TestService_UnaryCall.with_call(SimpleRequest(response_size=314159, payload=payload(271828)), metadata=sent, timeout=PATIENCE)
    check(call)
    call = stub.TestService_FullDuplexCall(iter([duplex_request(271828, 314159)]), metadata=sent, timeout=PATIENCE)
    assert len(list(call)) == 1
    check(call)


def status_code_and_message():
    status = EchoStatus(code=2, message="test status message")
    error = failure(lambda: stub.TestService_UnaryCall(SimpleRequest(response_status=status), timeout=PATIENCE))
    assert (error.code(), error.details()) == (grpc.StatusCode.UNKNOWN, status.message)
    error = failure(lambda: list(stub.TestService_FullDuplexCall(iter([StreamingOutputCallRequest(response_status=status)]), timeout=PATIENCE)))
    assert (error.code(), error.details()) == (grpc.StatusCode.UNKNOWN, status.message)


def special_status_message():
    text = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"
    error = failure(lambda: stub.TestService_UnaryCall(SimpleRequest(response_status=EchoStatus(code=2, message=text)), timeout=PATIENCE))
    assert (error.code(), error.details()) == (grpc.StatusCode.UNKNOWN, text)


def unimplemented_method():
    assert failure(lambda: stub.TestService_UnimplementedCall(Empty(), timeout=PATIENCE)).code() == grpc.StatusCode.UNIMPLEMENTED


def unimplemented_service():
    assert failure(lambda: stub.UnimplementedService_UnimplementedCall(Empty(), timeout=PATIENCE)).code() == grpc.StatusCode.UNIMPLEMENTED


def client_compressed_unary():
    response = stub.TestService_UnaryCall(SimpleRequest(response_size=314159, payload=payload(271828)), timeout=PATIENCE, compression=grpc.Compression.Gzip)
    assert len(response.payload.body) == 314159


def client_compressed_streaming():
    response = stub.TestService_StreamingInputCall((StreamingInputCallRequest(payload=payload(size)) for size in REQUEST_SIZES), timeout=PATIENCE, compression=grpc.Compression.Gzip)
    assert response.aggregated_payload_size == 74922


def server_compressed():
    request = StreamingOutputCallRequest(response_parameters=[
        ResponseParameters(size=31415, compressed=BoolValue(value=True)), ResponseParameters(size=92653, compressed=BoolValue(value=False))])
    assert [len(response.payload.body) for response in stub.TestService_StreamingOutputCall(request, timeout=PATIENCE)] == [31415, 92653]


CASES = [
    empty_unary, large_unary, client_streaming, server_streaming, ping_pong, empty_stream, cancel_after_begin, cancel_after_first_response, timeout_on_sleeping_server,
    custom_metadata, status_code_and_message, special_status_message, unimplemented_method, unimplemented_service, client_compressed_unary, client_compressed_streaming, server_compressed]

for case in CASES:
    try:
        case()
        print(f"{case.__name__} ok", flush=True)
    except Exception:  # Each case says how it went; the next one is run whatever it was.
        print(f"{case.__name__} failed: {' | '.join(traceback.format_exc().split(chr(10)))}", flush=True)
print("done", flush=True)
