using MediaCore.Engine.Signalling;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>A connection to a peer.</summary>
internal sealed class SimulatedStream(World world, Peer peer) : IStreamFlow
{
    public bool IsClosed { get; set; }

    public bool TrySend(ReadOnlySpan<byte> message)
    {
        if (IsClosed)
        {
            return false;
        }

        world.Arrive(peer, message.ToArray());
        return true;
    }
}
