using MediaCore.Primitives;

namespace MediaCore.Sip.Tests.Transactions;

/// <summary>The inputs of the machines, by name, so that a row of a matrix reads as in the RFC's figures.</summary>
internal static class TransactionInputs
{
    public static string Run(List<string> log, Action input)
    {
        log.Clear();
        input();
        return string.Join(", ", log);
    }

    public static Timestamp OneTickBefore(Timestamp deadline) => new(deadline.Nanoseconds - 1);

    /// <summary>Runs a machine from deadline to deadline and notes when each was and what happened; checks that one tick earlier nothing does.</summary>
    public static List<string> Schedule(List<string> log, Func<Timestamp> deadline, Action<Timestamp> handle)
    {
        List<string> schedule = [];
        for (int guard = 0; guard < 100 && !deadline().IsNever; guard++)
        {
            Timestamp due = deadline();
            Assert.Equal("", Run(log, () => handle(OneTickBefore(due))));
            Assert.Equal(due, deadline());
            schedule.Add($"{(due - Timestamp.Zero).TotalMilliseconds}: {Run(log, () => handle(due))}");
            Assert.NotEqual(due, deadline());
            Assert.Equal("", Run(log, () => handle(due)));
        }

        return schedule;
    }
}
