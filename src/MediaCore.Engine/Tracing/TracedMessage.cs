using MediaCore.Primitives;

namespace MediaCore.Engine.Tracing;

/// <summary>A SIP message of a call, as it was on the wire but for its secrets.</summary>
/// <param name="At">When it came or went.</param>
/// <param name="Order">Its place among the messages of its shard, which tells those of one moment apart.</param>
/// <param name="LegIndex">The leg: 0 for who called.</param>
/// <param name="IsSent">Whether we sent it.</param>
/// <param name="Transport"><c>udp</c>, <c>tcp</c>, <c>tls</c>, <c>ws</c> or <c>wss</c>.</param>
/// <param name="Local">Our address.</param>
/// <param name="Remote">The peer's address.</param>
/// <param name="Bytes">The message; secrets are overwritten with <c>x</c>, so its length is that of the wire.</param>
public sealed record TracedMessage(DateTimeOffset At, long Order, int LegIndex, bool IsSent, string Transport, NetworkEndpoint Local, NetworkEndpoint Remote, byte[] Bytes);

/// <summary>What was kept of a call's signalling and media.</summary>
/// <param name="CallId">The call.</param>
/// <param name="Messages">Its messages in the order of time.</param>
/// <param name="LeftOut">How many messages and notes were too many to be kept.</param>
public sealed record CallTrace(string CallId, IReadOnlyList<TracedMessage> Messages, long LeftOut)
{
    /// <summary>What happened to its media, in the order of time.</summary>
    public IReadOnlyList<TracedNote> Notes { get; init; } = [];
}
