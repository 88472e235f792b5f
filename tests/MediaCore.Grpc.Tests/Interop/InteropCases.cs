using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Testing;
using MediaCore.Wire.Tests;

namespace MediaCore.Grpc.Tests.Interop;

/// <summary>The cases of the interoperability suite by our client, against whatever server.</summary>
internal static class InteropCases
{
    private static readonly int[] s_requestSizes = [27182, 8, 1828, 45904];
    private static readonly int[] s_responseSizes = [31415, 9, 2653, 58979];

    public static IReadOnlyDictionary<string, Func<GrpcChannel, Task>> All { get; } = new Dictionary<string, Func<GrpcChannel, Task>>(StringComparer.Ordinal)
    {
        ["empty_unary"] = EmptyUnaryAsync,
        ["large_unary"] = LargeUnaryAsync,
        ["client_streaming"] = ClientStreamingAsync,
        ["server_streaming"] = ServerStreamingAsync,
        ["ping_pong"] = PingPongAsync,
        ["empty_stream"] = EmptyStreamAsync,
        ["cancel_after_begin"] = CancelAfterBeginAsync,
        ["cancel_after_first_response"] = CancelAfterFirstResponseAsync,
        ["timeout_on_sleeping_server"] = TimeoutOnSleepingServerAsync,
        ["custom_metadata"] = CustomMetadataAsync,
        ["status_code_and_message"] = StatusCodeAndMessageAsync,
        ["special_status_message"] = SpecialStatusMessageAsync,
        ["unimplemented_method"] = UnimplementedMethodAsync,
        ["unimplemented_service"] = UnimplementedServiceAsync,
        ["client_compressed_unary"] = ClientCompressedUnaryAsync,
        ["client_compressed_streaming"] = ClientCompressedStreamingAsync,
        ["server_compressed"] = ServerCompressedAsync,
    };

    private static async Task EmptyUnaryAsync(GrpcChannel channel) => Assert.Equal(new Empty(), await Client(channel).EmptyCallAsync(new Empty()));

    private static async Task LargeUnaryAsync(GrpcChannel channel)
    {
        SimpleResponse response = await Client(channel).UnaryCallAsync(new SimpleRequest { ResponseSize = 314159, Payload = PayloadOf(271828) });
        Assert.Equal(314159, response.Payload.Body.Length);
    }

    private static async Task ClientStreamingAsync(GrpcChannel channel)
    {
        using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> call = Client(channel).StreamingInputCall();
        foreach (int size in s_requestSizes)
        {
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = PayloadOf(size) });
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(74922, (await call).AggregatedPayloadSize);
    }

    private static async Task ServerStreamingAsync(GrpcChannel channel)
    {
        StreamingOutputCallRequest request = new();
        request.ResponseParameters.Add(s_responseSizes.Select(static size => new ResponseParameters { Size = size }));
        using AsyncServerStreamingCall<StreamingOutputCallResponse> call = Client(channel).StreamingOutputCall(request);
        List<int> sizes = [];
        await foreach (StreamingOutputCallResponse response in call.ResponseStream.ReadAllAsync())
        {
            sizes.Add(response.Payload.Body.Length);
        }

        Assert.Equal(s_responseSizes, sizes);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private static async Task PingPongAsync(GrpcChannel channel)
    {
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = Client(channel).FullDuplexCall();
        for (int i = 0; i < s_requestSizes.Length; i++)
        {
            await call.RequestStream.WriteAsync(RequestOf(s_requestSizes[i], s_responseSizes[i]));
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(s_responseSizes[i], call.ResponseStream.Current.Payload.Body.Length);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private static async Task EmptyStreamAsync(GrpcChannel channel)
    {
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = Client(channel).FullDuplexCall();
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    private static async Task CancelAfterBeginAsync(GrpcChannel channel)
    {
        using CancellationTokenSource cancellation = new();
        using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> call = Client(channel).StreamingInputCall(cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Cancelled, thrown.StatusCode);
    }

    private static async Task CancelAfterFirstResponseAsync(GrpcChannel channel)
    {
        using CancellationTokenSource cancellation = new();
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = Client(channel).FullDuplexCall(cancellationToken: cancellation.Token);
        await call.RequestStream.WriteAsync(RequestOf(27182, 31415));
        Assert.True(await call.ResponseStream.MoveNext());
        await cancellation.CancelAsync();
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Cancelled, thrown.StatusCode);
    }

    private static async Task TimeoutOnSleepingServerAsync(GrpcChannel channel)
    {
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = Client(channel).FullDuplexCall(deadline: DateTime.UtcNow.AddMilliseconds(1));
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            // The server waits for requests; that the stream may be over already is part of the case.
            await call.RequestStream.WriteAsync(RequestOf(27182, 31415, Eventually.Patience));
            await call.ResponseStream.MoveNext();
        });
        Assert.Equal(StatusCode.DeadlineExceeded, thrown.StatusCode);
    }

    private static async Task CustomMetadataAsync(GrpcChannel channel)
    {
        byte[] trailing = [0xab, 0xab, 0xab];
        Metadata sent = new() { { "x-grpc-test-echo-initial", "test_initial_metadata_value" }, { "x-grpc-test-echo-trailing-bin", trailing } };
        AsyncUnaryCall<SimpleResponse> unary = Client(channel).UnaryCallAsync(new SimpleRequest { ResponseSize = 314159, Payload = PayloadOf(271828) }, sent);
        await unary;
        Assert.Equal("test_initial_metadata_value", (await unary.ResponseHeadersAsync).GetValue("x-grpc-test-echo-initial"));
        Assert.Equal(trailing, unary.GetTrailers().GetValueBytes("x-grpc-test-echo-trailing-bin"));

        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> duplex = Client(channel).FullDuplexCall(sent);
        await duplex.RequestStream.WriteAsync(RequestOf(271828, 314159));
        await duplex.RequestStream.CompleteAsync();
        Assert.Equal("test_initial_metadata_value", (await duplex.ResponseHeadersAsync).GetValue("x-grpc-test-echo-initial"));
        Assert.True(await duplex.ResponseStream.MoveNext());
        Assert.False(await duplex.ResponseStream.MoveNext());
        Assert.Equal(trailing, duplex.GetTrailers().GetValueBytes("x-grpc-test-echo-trailing-bin"));
    }

    private static async Task StatusCodeAndMessageAsync(GrpcChannel channel)
    {
        EchoStatus status = new() { Code = 2, Message = "test status message" };
        RpcException unary = await Assert.ThrowsAsync<RpcException>(async () => await Client(channel).UnaryCallAsync(new SimpleRequest { ResponseStatus = status }));
        Assert.Equal((StatusCode.Unknown, "test status message"), (unary.StatusCode, unary.Status.Detail));

        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = Client(channel).FullDuplexCall();
        await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { ResponseStatus = status });
        await call.RequestStream.CompleteAsync();
        RpcException duplex = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal((StatusCode.Unknown, "test status message"), (duplex.StatusCode, duplex.Status.Detail));
    }

    private static async Task SpecialStatusMessageAsync(GrpcChannel channel)
    {
        const string Message = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await Client(channel).UnaryCallAsync(new SimpleRequest { ResponseStatus = new EchoStatus { Code = 2, Message = Message } }));
        Assert.Equal((StatusCode.Unknown, Message), (thrown.StatusCode, thrown.Status.Detail));
    }

    private static async Task UnimplementedMethodAsync(GrpcChannel channel)
    {
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await Client(channel).UnimplementedCallAsync(new Empty()));
        Assert.Equal(StatusCode.Unimplemented, thrown.StatusCode);
    }

    private static async Task UnimplementedServiceAsync(GrpcChannel channel)
    {
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await new UnimplementedService.UnimplementedServiceClient(channel).UnimplementedCallAsync(new Empty()));
        Assert.Equal(StatusCode.Unimplemented, thrown.StatusCode);
    }

    private static async Task ClientCompressedUnaryAsync(GrpcChannel channel)
    {
        SimpleResponse response = await Client(channel).UnaryCallAsync(
            new SimpleRequest { ExpectCompressed = new BoolValue { Value = true }, ResponseSize = 314159, Payload = PayloadOf(271828) },
            new Metadata { { "grpc-internal-encoding-request", "gzip" } });
        Assert.Equal(314159, response.Payload.Body.Length);
    }

    private static async Task ClientCompressedStreamingAsync(GrpcChannel channel)
    {
        using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> call = Client(channel).StreamingInputCall(new Metadata { { "grpc-internal-encoding-request", "gzip" } });
        await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = PayloadOf(27182) });
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = PayloadOf(45904) });
        await call.RequestStream.CompleteAsync();
        Assert.Equal(73086, (await call).AggregatedPayloadSize);
    }

    private static async Task ServerCompressedAsync(GrpcChannel channel)
    {
        StreamingOutputCallRequest request = new();
        request.ResponseParameters.Add(new ResponseParameters { Size = 31415, Compressed = new BoolValue { Value = true } });
        request.ResponseParameters.Add(new ResponseParameters { Size = 92653, Compressed = new BoolValue { Value = false } });
        using AsyncServerStreamingCall<StreamingOutputCallResponse> call = Client(channel).StreamingOutputCall(request);
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal(31415, call.ResponseStream.Current.Payload.Body.Length);
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal(92653, call.ResponseStream.Current.Payload.Body.Length);
        Assert.False(await call.ResponseStream.MoveNext());
    }

    private static TestService.TestServiceClient Client(GrpcChannel channel) => new(channel);

    private static Payload PayloadOf(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };

    private static StreamingOutputCallRequest RequestOf(int size, int responseSize, TimeSpan pause = default)
    {
        StreamingOutputCallRequest request = new() { Payload = PayloadOf(size) };
        request.ResponseParameters.Add(new ResponseParameters { Size = responseSize, IntervalUs = (int)pause.TotalMicroseconds });
        return request;
    }
}
