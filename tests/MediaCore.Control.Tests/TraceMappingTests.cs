using System.Net;
using MediaCore.Control.Mapping;
using MediaCore.Engine.Tracing;
using MediaCore.Primitives;

namespace MediaCore.Control.Tests;

public class TraceMappingTests
{
    private static readonly NetworkEndpoint s_local = NetworkEndpoint.From(new IPEndPoint(IPAddress.Loopback, 5060));

    private static CallTrace Make(int messages, int bytes) => new(
        "CALL", [.. Enumerable.Range(0, messages).Select(i => new TracedMessage(DateTimeOffset.UnixEpoch, i, 0, IsSent: true, "udp", s_local, s_local, new byte[bytes]))], LeftOut: 2)
    {
        Notes = [new TracedNote(DateTimeOffset.UnixEpoch, -1, "an agreement")],
    };

    /// <summary>A client takes 4 MiB, and would otherwise have nothing of the trace.</summary>
    [Fact]
    public void Trace_ThatIsTooLargeForAnAnswer_IsCut_AndSaysSo()
    {
        V1.Trace trace = TraceMapping.ToTrace(Make(messages: 768, bytes: 8000));
        Assert.InRange(trace.CalculateSize(), 1 << 20, 4 << 20);
        Assert.Equal(768 + 2, trace.Messages.Count + trace.LeftOut);
        Assert.Equal("an agreement", Assert.Single(trace.Notes).Text);
    }

    [Fact]
    public void Trace_OfAnUsualCall_IsWhole()
    {
        V1.Trace trace = TraceMapping.ToTrace(Make(messages: 20, bytes: 900));
        Assert.Equal((20, 2, "CALL-0", "127.0.0.1:5060"), (trace.Messages.Count, trace.LeftOut, trace.Messages[0].LegId, trace.Messages[0].Local));
    }
}
