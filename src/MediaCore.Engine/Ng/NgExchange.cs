using MediaCore.Primitives;

namespace MediaCore.Engine.Ng;

/// <summary>One request under way: made by the server's thread, carried out by a shard, answered by the server's thread.</summary>
internal sealed class NgExchange(NgServer server, NgMessage message, NgRequest request, NetworkEndpoint source)
{
    /// <summary>The message, whose cookie and encoding the answer has.</summary>
    public NgMessage Message { get; } = message;

    /// <summary>What it asks for.</summary>
    public NgRequest Request { get; } = request;

    /// <summary>Who asks.</summary>
    public NetworkEndpoint Source { get; } = source;

    /// <summary>Shards that have still to answer.</summary>
    public int Awaited { get; set; } = 1;

    /// <summary>The answer; for a list of sessions it grows shard by shard.</summary>
    public NgDictionary? Answer { get; set; }

    /// <summary>The shard's answer, given on its thread.</summary>
    public void Complete(NgDictionary answer) => server.Post(new NgReply(this, answer));
}

/// <summary>A shard's answer on its way back, or an exchange whose preparation is done.</summary>
/// <param name="Exchange">To what.</param>
/// <param name="Answer">What is answered; null for one that was prepared for a shard.</param>
internal readonly record struct NgReply(NgExchange Exchange, NgDictionary? Answer);
