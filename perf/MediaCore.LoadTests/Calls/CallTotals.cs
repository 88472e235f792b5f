namespace MediaCore.LoadTests.Calls;

/// <summary>What all ended calls came to.</summary>
internal sealed class CallTotals
{
    public long Started { get; set; }

    public long Ended { get; set; }

    public long Failed { get; set; }

    /// <summary>Packets sent in calls that were relayed as they are.</summary>
    public long Sent { get; set; }

    /// <summary>Those that came out on the other side.</summary>
    public long Received { get; set; }

    /// <summary>Packets sent in transcoded calls, and what came: the server paces these by its own clock, so that they need not be equal.</summary>
    public long TranscodedSent { get; set; }

    public long TranscodedReceived { get; set; }

    /// <summary>Tenths of a second listened to in transcoded calls, and those in which the other side's tone was there.</summary>
    public long Windows { get; set; }

    public long ToneWindows { get; set; }

    /// <summary>Sides of calls that heard nothing at all though the other side sent, and sides that sent nothing, which is the generator's own defect.</summary>
    public long SilentSides { get; set; }

    public long MuteSides { get; set; }

    public long Unauthentic { get; set; }

    /// <summary>Packets of relayed calls whose sound was compared with what was sent, and those of all calls that were not as they should be.</summary>
    public long Compared { get; set; }

    public long Altered { get; set; }

    public long SendErrors { get; set; }

    public long Retransmissions { get; set; }

    /// <summary>Why calls failed: text and how often.</summary>
    public SortedDictionary<string, int> Problems { get; } = new(StringComparer.Ordinal);
}
