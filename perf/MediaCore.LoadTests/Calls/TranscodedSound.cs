using MediaCore.LoadTests.Media;

namespace MediaCore.LoadTests.Calls;

/// <summary>
/// What calls whose sides have no codec in common have to come to. The server paces what it encodes by its own clock, so that no packet can be looked for by itself: about as many come as were sent, all of them can be
/// decoded, and the other side's tone is in them.
/// </summary>
internal static class TranscodedSound
{
    private const double MostLoss = 0.01;
    private const double MostGain = 0.02;
    private const double LeastTone = 0.98;

    /// <summary>Tenths of a second without the tone for a packet that was lost on purpose. Each has five packets: in half of the tenths with a gap the gap has to be concealed so well that the tone is still there.</summary>
    private const double MostGapsHeard = 2.5;

    /// <summary>Of calls so short that their ends are most of them: less than this is no tone at all.</summary>
    private const double LeastToneOfShort = 0.1;

    /// <summary>At the ends of a call one side is there before the other: so long without its tone, and so much longer the server's own stream, which begins with the answer and goes on until the BYE, whatever the call's duration.</summary>
    private const double EndSeconds = 0.6;

    /// <summary>Whether each side got about as many packets as the other sent.</summary>
    public static bool IsDelivered(CallTotals totals) =>
        totals.TranscodedSent == 0
        || (((double)totals.TranscodedReceived / totals.TranscodedSent) - 1 is var gained && gained >= -MostLoss && gained <= MostGain + Ends(totals));

    /// <summary>Whether what came could be decoded and had the other side's tone.</summary>
    public static bool IsHeard(CallTotals totals) =>
        totals.Undecoded == 0
        && (totals.TranscodedSent == 0 || (totals.Windows > 0 && totals.ToneWindows >= Math.Max(LeastToneOfShort, LeastTone - Ends(totals) - Gaps(totals)) * totals.Windows));

    private static double Gaps(CallTotals totals) => MostGapsHeard * totals.TranscodedDropped / totals.TranscodedSent;

    /// <summary>The share of a call of the mean duration that its ends are.</summary>
    private static double Ends(CallTotals totals) => EndSeconds * Sound.FramesPerSecond * totals.TranscodedSides / totals.TranscodedSent;
}
