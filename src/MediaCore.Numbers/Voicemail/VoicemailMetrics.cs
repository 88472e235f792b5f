using System.Diagnostics.Metrics;

namespace MediaCore.Numbers.Voicemail;

/// <summary>Figures of voicemail; the exposition turns dots into underscores and adds <c>_total</c> to counters.</summary>
internal static class VoicemailMetrics
{
    private static readonly Meter Meter = new("MediaCore.Numbers");
    private static int _open;

    internal static readonly Counter<long> Messages = Meter.CreateCounter<long>("mediacore.numbers.voicemail.messages", "{message}", "Messages that were left and are in their boxes.");
    internal static readonly Counter<long> Short = Meter.CreateCounter<long>("mediacore.numbers.voicemail.short", "{message}", "Messages that were too short, or silent, and not kept.");
    internal static readonly Counter<long> Lost = Meter.CreateCounter<long>("mediacore.numbers.voicemail.lost", "{message}", "Messages whose sound could not be recorded or whose box is gone.");
    internal static readonly Counter<long> Failures = Meter.CreateCounter<long>("mediacore.numbers.voicemail.failures", "{attempt}", "Times that a message could not be put into its box; it is tried again.");
    internal static readonly ObservableGauge<int> Open = Meter.CreateObservableGauge("mediacore.numbers.voicemail.open", static () => Volatile.Read(ref _open), "{message}", "Messages that are being recorded, or wait for the database.");

    internal static readonly Counter<long> SignIns = Meter.CreateCounter<long>("mediacore.numbers.voicemail.sign_ins", "{attempt}", "Times that somebody wanted into a box by phone, by what came of it.");
    internal static readonly Counter<long> DeskFailures = Meter.CreateCounter<long>("mediacore.numbers.voicemail.desk_failures", "{attempt}", "Times that what an owner wanted by phone could not be done: the database or the disk.");
    internal static readonly Counter<long> Tidied = Meter.CreateCounter<long>("mediacore.numbers.voicemail.tidied", "{message}", "Messages, deleted or too old, whose sound is gone.");
    internal static readonly Counter<long> TidyFailures = Meter.CreateCounter<long>("mediacore.numbers.voicemail.tidy_failures", "{attempt}", "Times that messages could not be tidied away; it is tried again.");
    internal static readonly Counter<long> LampFailures = Meter.CreateCounter<long>("mediacore.numbers.voicemail.lamp_failures", "{attempt}", "Times that waiting messages could not be counted; lamps stay as they are, and it is tried again.");

    /// <summary>Shows all of them, so that an alert on one finds a 0 before the first fault.</summary>
    internal static void Publish()
    {
        foreach (Counter<long> counter in (ReadOnlySpan<Counter<long>>)[Messages, Short, Lost, Failures, DeskFailures, Tidied, TidyFailures, LampFailures])
        {
            counter.Add(0);
        }

        foreach (BoxEntry entry in Enum.GetValues<BoxEntry>())
        {
            SignIns.Add(0, ResultOf(entry));
        }
    }

    internal static void CountSignIn(BoxEntry entry) => SignIns.Add(1, ResultOf(entry));

    private static KeyValuePair<string, object?> ResultOf(BoxEntry entry) => new("result", entry switch { BoxEntry.Open => "open", BoxEntry.Wrong => "wrong", BoxEntry.Locked => "locked", _ => "no_pin" });

    internal static void CountOpen(int change) => Interlocked.Add(ref _open, change);
}
