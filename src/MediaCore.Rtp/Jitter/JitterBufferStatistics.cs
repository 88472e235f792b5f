namespace MediaCore.Rtp.Jitter;

/// <summary>What a buffer did since it was made or reset, all streams together.</summary>
public struct JitterBufferStatistics
{
    /// <summary>Packets put in, of every kind and verdict.</summary>
    public long Received { get; internal set; }

    /// <summary>Packets handed out to be played, <see cref="PlayoutAction.Compress"/> and <see cref="PlayoutAction.Stretch"/> included.</summary>
    public long Played { get; internal set; }

    /// <summary>Packets that came after their time.</summary>
    public long Late { get; internal set; }

    /// <summary>Packets that came twice.</summary>
    public long Duplicates { get; internal set; }

    /// <summary>Packets that did not continue the stream.</summary>
    public long OutOfStream { get; internal set; }

    /// <summary>Packets that cannot be kept.</summary>
    public long Unusable { get; internal set; }

    /// <summary>Packets given up because newer ones needed the room or another stream began.</summary>
    public long Flushed { get; internal set; }

    /// <summary>Packets skipped in silence to shorten the delay.</summary>
    public long SkippedInSilence { get; internal set; }

    /// <summary>Packets skipped whose time had been filled by <see cref="PlayoutAction.Expand"/>, or because the delay was far too large.</summary>
    public long SkippedLate { get; internal set; }

    /// <summary>Packets concealed.</summary>
    public long Concealed { get; internal set; }

    /// <summary>Times that there was nothing to play; <see cref="JitterBufferLimits.ExpandMilliseconds"/> each.</summary>
    public long Expanded { get; internal set; }

    /// <summary>Units taken out by <see cref="PlayoutAction.Compress"/>, as asked for.</summary>
    public long CompressedUnits { get; internal set; }

    /// <summary>Units put in by <see cref="PlayoutAction.Stretch"/>, as asked for.</summary>
    public long StretchedUnits { get; internal set; }

    /// <summary>Streams after the first one: another SSRC, or sequence numbers or timestamps that restarted.</summary>
    public long Restarts { get; internal set; }
}
