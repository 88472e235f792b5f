using MediaCore.Engine.Signalling;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>A connection to a peer.</summary>
internal sealed class SimulatedStream(World world, Peer peer) : IStreamFlow
{
    public bool IsClosed { get; set; }

    /// <summary>Not yet connected: what is sent waits, and nobody gets it.</summary>
    public bool IsOpening { get; set; }

    public bool WasOpened => !IsOpening;

    public bool TrySend(ReadOnlySpan<byte> message)
    {
        if (IsClosed)
        {
            return false;
        }

        if (!IsOpening)
        {
            world.Arrive(peer, message.ToArray());
        }

        return true;
    }

    public string? VerifiedName { get; set; }

    public bool OffersAlias { get; set; }

    public bool MayTakeAlias { get; set; }

    /// <summary>The sent-by that an alias was taken for.</summary>
    public string? Alias { get; private set; }

    public void TakeAlias(ReadOnlySpan<byte> sentByHost, ushort sentByPort)
    {
        Alias = $"{System.Text.Encoding.ASCII.GetString(sentByHost)}:{sentByPort}";
        MayTakeAlias = false;
    }

    /// <summary>Shards that have sent requests on it, one bit each.</summary>
    public ulong RequestShards { get; private set; }

    /// <summary>The longest silence that was asked for.</summary>
    public TimeSpan KeptFor { get; private set; }

    public void NoteRequest(int shard) => RequestShards |= 1UL << shard;

    public void KeepFor(TimeSpan silence) => KeptFor = silence > KeptFor ? silence : KeptFor;
}
