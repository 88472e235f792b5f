using System.Diagnostics.Metrics;

namespace MediaCore.Numbers.Routing;

/// <summary>Figures of the number service; the exposition turns dots into underscores and adds <c>_total</c> to counters.</summary>
internal static class NumberMetrics
{
    private static readonly Meter Meter = new("MediaCore.Numbers");
    private static int _numbers;
    private static int _accounts;

    internal static readonly Counter<long> Reloads = Meter.CreateCounter<long>("mediacore.numbers.reloads", "{reload}", "Snapshots of the inventory that came into force.");
    internal static readonly Counter<long> ReloadFailures = Meter.CreateCounter<long>("mediacore.numbers.reload.failures", "{reload}", "Times the inventory could not be read.");
    internal static readonly Counter<long> Imported = Meter.CreateCounter<long>("mediacore.numbers.records.imported", "{record}", "Call records taken into the database.");
    internal static readonly Counter<long> Duplicates = Meter.CreateCounter<long>("mediacore.numbers.records.duplicates", "{record}", "Call records that were in the database already.");
    internal static readonly Counter<long> ImportFailures = Meter.CreateCounter<long>("mediacore.numbers.import.failures", "{import}", "Imports that the database or the journal refused; they are tried again.");
    internal static readonly Counter<long> TracesLost = Meter.CreateCounter<long>("mediacore.numbers.traces.lost", "{trace}", "Calls whose decisions could not be kept.");
    internal static readonly ObservableGauge<int> Numbers = Meter.CreateObservableGauge("mediacore.numbers.count", static () => Volatile.Read(ref _numbers), "{number}", "Numbers in force.");
    internal static readonly ObservableGauge<int> Accounts = Meter.CreateObservableGauge("mediacore.numbers.accounts", static () => Volatile.Read(ref _accounts), "{account}", "Accounts in force.");

    /// <summary>Shows all of them, so that an alert on one finds a 0 before the first fault.</summary>
    internal static void Publish()
    {
        foreach (Counter<long> counter in (ReadOnlySpan<Counter<long>>)[Reloads, ReloadFailures, Imported, Duplicates, ImportFailures, TracesLost])
        {
            counter.Add(0);
        }
    }

    internal static void SetInventory(int numbers, int accounts)
    {
        Volatile.Write(ref _numbers, numbers);
        Volatile.Write(ref _accounts, accounts);
    }
}
