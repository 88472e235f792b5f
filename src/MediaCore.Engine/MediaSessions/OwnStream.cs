using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions;

/// <summary>
/// How far a stream of our own towards a leg has got. Prompts, transcoding, rooms and bridges send it one after the other; whoever begins goes on where the last one stopped, so that the peer sees one source with one
/// sequence and one clock (RFC 3550 §5.1). At any time one of them has it: packets of two under one SSRC would have the same numbers, and under SRTP the same key stream.
/// </summary>
/// <param name="Ssrc">Its SSRC; 0 for no stream.</param>
/// <param name="NextSequence">Sequence number of the next packet.</param>
/// <param name="NextTimestamp">RTP timestamp at <paramref name="At"/>.</param>
/// <param name="At">The time of it.</param>
/// <param name="ClockHz">Its clock.</param>
internal readonly record struct OwnStream(uint Ssrc, ushort NextSequence, uint NextTimestamp, Timestamp At, int ClockHz)
{
    /// <summary>The RTP timestamp at a time not before <see cref="At"/>.</summary>
    public uint GetTimestamp(Timestamp now) => now <= At ? NextTimestamp : unchecked(NextTimestamp + (uint)((now.Nanoseconds - At.Nanoseconds) / 1_000_000 * ClockHz / 1000));
}
