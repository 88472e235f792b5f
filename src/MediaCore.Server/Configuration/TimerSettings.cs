using MediaCore.Sip.Transactions;

namespace MediaCore.Server.Configuration;

/// <summary>The transaction timers of section <c>sip.timers</c> (RFC 3261 §17, table 4).</summary>
internal static class TimerSettings
{
    /// <summary>Reads them; time-outs that are not given are 64·T1.</summary>
    public static TransactionTimers Read(SectionReader section)
    {
        TransactionTimers defaults = TransactionTimers.Default;
        TransactionTimers result = defaults with
        {
            T1 = section.Seconds("t1Seconds", defaults.T1, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5)),
            T2 = section.Seconds("t2Seconds", defaults.T2, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(40)),
            T4 = section.Seconds("t4Seconds", defaults.T4, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60)),
        };
        if (result.T2 < result.T1)
        {
            section.Error("t2Seconds", "must not be below t1Seconds: it is the longest interval of repetitions that begin with t1Seconds");
        }

        if (ReadTimeout(section, "inviteTimeoutSeconds", result) is { } invite)
        {
            result = result with { TimerB = invite };
        }

        if (ReadTimeout(section, "requestTimeoutSeconds", result) is { } request)
        {
            result = result with { TimerF = request };
        }

        return ReadTimeout(section, "ackTimeoutSeconds", result) is { } ack ? result with { AckTimeout = ack } : result;
    }

    private static TimeSpan? ReadTimeout(SectionReader section, string key, TransactionTimers timers)
    {
        TimeSpan read = section.Seconds(key, TimeSpan.Zero, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(320));
        if (read != TimeSpan.Zero && read < timers.T1 * 2)
        {
            section.Error(key, "must be at least twice t1Seconds: with less nothing that is lost is ever sent again");
        }

        return read == TimeSpan.Zero ? null : read;
    }
}
