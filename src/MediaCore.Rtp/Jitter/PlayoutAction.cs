namespace MediaCore.Rtp.Jitter;

/// <summary>What is to be done for the next stretch of time.</summary>
public enum PlayoutAction
{
    /// <summary>There is no stream yet, or its first packet is still being held back: silence of ours.</summary>
    Idle,

    /// <summary>Decode and play the packet as it is.</summary>
    Play,

    /// <summary>Decode the packet and play it shorter by up to <see cref="Playout.AdjustUnits"/> units: the delay is larger than it has to be.</summary>
    Compress,

    /// <summary>Decode the packet and play it longer by up to <see cref="Playout.AdjustUnits"/> units: the delay has to grow.</summary>
    Stretch,

    /// <summary>
    /// Give the packet to the decoder, so that its state is right, and throw the sound away; then ask again for the same time. Happens in silence, and for packets whose
    /// time was filled by <see cref="Expand"/> already.
    /// </summary>
    Skip,

    /// <summary>The packet did not come in time, later ones did: conceal it, or decode it from the redundancy in <see cref="Playout.Following"/>. The position moves on.</summary>
    Conceal,

    /// <summary>Nothing is there to play: conceal. The position stays, so that a packet that comes now can still be heard.</summary>
    Expand,

    /// <summary>The sender is silent on purpose (RFC 3389, discontinuous transmission, a telephone event): comfort noise or silence.</summary>
    ComfortNoise,
}
