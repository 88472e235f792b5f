using System.CommandLine;
using System.Globalization;
using MediaCore.Engine.CallRecords;

namespace MediaCore.Server.CommandLine;

/// <summary><c>mediacore calls …</c></summary>
internal static class CallCommands
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal, ConfigurationOptions configuration)
    {
        StoreAccess access = new(configuration, terminal);
        Option<int> limit = new("--limit", "-n") { Description = "At most so many, the latest first.", DefaultValueFactory = static _ => 50 };
        Option<string?> number = new("--number") { Description = "Only calls that this virtual number took." };
        Option<bool> json = new("--json") { Description = "Write the whole records as JSON." };
        Command list = new("list", "List calls that have ended, the latest first. A call is here about a second after its end.");
        list.Options.Add(limit);
        list.Options.Add(number);
        list.Options.Add(json);
        configuration.AddTo(list);
        list.SetAction((parsed, cancellation) => access.RunAsync(parsed, mayCreate: false, async store =>
        {
            IReadOnlyList<CallRecord> calls = await store.ListCallsAsync(limit: parsed.GetValue(limit), number: parsed.GetValue(number), cancellationToken: cancellation);
            if (parsed.GetValue(json))
            {
                JsonOutput.WriteArray(terminal, calls, CallRecordJson.Write);
            }
            else
            {
                WriteTable(terminal, calls);
            }

            return ExitCode.Success;
        }));
        Command root = new("calls", "Call records.");
        root.Subcommands.Add(list);
        return root;
    }

    /// <summary>The table of calls.</summary>
    internal static void WriteTable(Terminal terminal, IEnumerable<CallRecord> calls) =>
        TextTable.Write(terminal, ["started", "caller", "called", "talk", "status", "cause", "reason", "ended by", "call id"], calls.Select(static call => (string[])
        [
            call.StartedAt.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            call.Caller,
            call.Called,
            call.TalkTime.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture),
            call.SipStatus.ToString(CultureInfo.InvariantCulture),
            call.Q850Cause.ToString(CultureInfo.InvariantCulture),
            call.Reason.ToString(),
            call.EndedBy.ToString(),
            call.CallId,
        ]));
}
