using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Load;

namespace MediaCore.LoadTests.Knee;

/// <summary>What users are promised: a rate at which it holds is one that the server bears.</summary>
/// <param name="SetUpP99Milliseconds">Most that the set-up of 99 of 100 calls takes, from the moment at which they were to begin.</param>
/// <param name="Failures">Largest share of calls that fail.</param>
/// <param name="Loss">Largest share of packets that are lost.</param>
internal sealed record ServiceLevel(double SetUpP99Milliseconds, double Failures, double Loss)
{
    /// <summary>What breaks it; empty: it holds.</summary>
    /// <param name="started">Calls that were due.</param>
    /// <param name="failed">Those that failed, or had no end.</param>
    /// <param name="setUpP99Microseconds">99th percentile.</param>
    /// <param name="sent">Packets.</param>
    /// <param name="lost">Those that did not come.</param>
    public string Broken(long started, long failed, double setUpP99Microseconds, long sent, long lost)
    {
        if (failed > Failures * started)
        {
            return FormattableString.Invariant($"{failed} of {started} calls failed");
        }

        if (setUpP99Microseconds > 1000 * SetUpP99Milliseconds)
        {
            return FormattableString.Invariant($"set-up p99 {setUpP99Microseconds / 1000:F1} ms");
        }

        return lost > Loss * sent ? FormattableString.Invariant($"{lost} of {sent} packets lost") : "";
    }

    /// <summary>The same of a whole run, in which what is transcoded has to be heard too: its packets cannot be looked for one by one.</summary>
    public string Broken(LoadResult result)
    {
        CallTotals totals = result.Totals;
        string broken = Broken(totals.Started, totals.Failed + result.Left, result.SetUp.P99, totals.Sent, totals.Sent - totals.Received);
        if (broken.Length > 0 || (TranscodedSound.IsDelivered(totals) && TranscodedSound.IsHeard(totals)))
        {
            return broken;
        }

        return FormattableString.Invariant($"transcoded: {totals.TranscodedReceived} packets of {totals.TranscodedSent}, tone in {totals.ToneWindows} of {totals.Windows} tenths of a second");
    }
}
