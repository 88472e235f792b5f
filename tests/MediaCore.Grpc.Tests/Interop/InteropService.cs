using Google.Protobuf;
using Grpc.Core;
using Grpc.Testing;

namespace MediaCore.Grpc.Tests.Interop;

/// <summary>What the interoperability suite wants of a server.</summary>
internal sealed class InteropService : TestService.TestServiceBase
{
    private const string EchoInitial = "x-grpc-test-echo-initial";
    private const string EchoTrailing = "x-grpc-test-echo-trailing-bin";

    public override Task<Empty> EmptyCall(Empty request, ServerCallContext context) => Task.FromResult(new Empty());

    public override async Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        ThrowIfAsked(request.ResponseStatus);
        context.WriteOptions = request.ResponseCompressed is { Value: false } ? new WriteOptions(WriteFlags.NoCompress) : null;
        return new SimpleResponse { Payload = PayloadOf(request.ResponseSize) };
    }

    public override async Task StreamingOutputCall(StreamingOutputCallRequest request, IServerStreamWriter<StreamingOutputCallResponse> responseStream, ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        await SendAsync(request, responseStream, context);
    }

    public override async Task<StreamingInputCallResponse> StreamingInputCall(IAsyncStreamReader<StreamingInputCallRequest> requestStream, ServerCallContext context)
    {
        int total = 0;
        await foreach (StreamingInputCallRequest request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            total += request.Payload.Body.Length;
        }

        return new StreamingInputCallResponse { AggregatedPayloadSize = total };
    }

    public override async Task FullDuplexCall(IAsyncStreamReader<StreamingOutputCallRequest> requestStream, IServerStreamWriter<StreamingOutputCallResponse> responseStream, ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        await foreach (StreamingOutputCallRequest request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            ThrowIfAsked(request.ResponseStatus);
            await SendAsync(request, responseStream, context);
        }
    }

    private static Payload PayloadOf(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };

    private static void ThrowIfAsked(EchoStatus? status)
    {
        if (status is not null && status.Code != 0)
        {
            throw new RpcException(new Status((StatusCode)status.Code, status.Message));
        }
    }

    private static async Task SendAsync(StreamingOutputCallRequest request, IServerStreamWriter<StreamingOutputCallResponse> responses, ServerCallContext context)
    {
        foreach (ResponseParameters parameters in request.ResponseParameters)
        {
            if (parameters.IntervalUs > 0)
            {
                await Task.Delay(TimeSpan.FromMicroseconds(parameters.IntervalUs), context.CancellationToken);
            }

            responses.WriteOptions = parameters.Compressed is { Value: false } ? new WriteOptions(WriteFlags.NoCompress) : null;
            await responses.WriteAsync(new StreamingOutputCallResponse { Payload = PayloadOf(parameters.Size) }, context.CancellationToken);
        }
    }

    private static async Task EchoMetadataAsync(ServerCallContext context)
    {
        Metadata.Entry? initial = context.RequestHeaders.Get(EchoInitial);
        if (initial is not null)
        {
            await context.WriteResponseHeadersAsync([initial]);
        }

        byte[]? trailing = context.RequestHeaders.GetValueBytes(EchoTrailing);
        if (trailing is not null)
        {
            context.ResponseTrailers.Add(EchoTrailing, trailing);
        }
    }
}
