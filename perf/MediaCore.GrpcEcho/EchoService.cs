using Bench;
using Grpc.Core;

namespace MediaCore.GrpcEcho;

/// <summary>What the peer's echo server does, in the same words.</summary>
internal sealed class EchoService : Echo.EchoBase
{
    public override Task<Ping> Unary(Ping request, ServerCallContext context) => Task.FromResult(request);

    public override async Task Down(Ping request, IServerStreamWriter<Ping> responseStream, ServerCallContext context)
    {
        for (long i = 0; i < request.Seq; i++)
        {
            await responseStream.WriteAsync(new Ping { CallId = request.CallId, Seq = i }, context.CancellationToken);
        }
    }
}
