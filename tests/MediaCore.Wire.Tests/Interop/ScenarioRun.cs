using System.Collections.Concurrent;
using System.Net;
using MediaCore.Tests;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Interop;

/// <summary>Runs the whole table once, several pairs at a time, against one server: each pair has addresses, trunks and a route of its own.</summary>
public sealed class ScenarioRun : IAsyncLifetime
{
    /// <summary>Pairs at a time: enough to hide their waiting, few enough not to wait for the processors.</summary>
    private const int AtATime = 8;

    /// <summary>
    /// RFC 3261 §17.1.1.1 lets T1 be longer. A callee of SIPp that sends 180 and 200 one after the other knows only the second of them when the INVITE comes again, and gives the call up as
    /// "unexpected"; on a machine where a process gets no turn for half a second that is what happens. Nothing is lost here, so nothing need be sent again; time-outs stay what they are.
    /// </summary>
    private const string Patient = "\"timers\": { \"t1Seconds\": 5, \"t2Seconds\": 5, \"inviteTimeoutSeconds\": 32, \"requestTimeoutSeconds\": 32, \"ackTimeoutSeconds\": 32 }";

    private readonly Dictionary<string, string> _failures = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _sent = new();

    /// <summary>Where the scenarios are, or null when this machine has none.</summary>
    public static string? Folder { get; } = SharedData.TryGetPath("sipp-scenarios");

    /// <summary>What the server wrote.</summary>
    public string ServerOutput { get; private set; } = "";

    /// <summary>Inputs that the server dropped for a defect of its own.</summary>
    public double Faults { get; private set; }

    /// <summary>Calls that the server still has when every scenario is over.</summary>
    public double CallsLeft { get; private set; }

    /// <summary>Every message that the server sent to the scenarios.</summary>
    public IReadOnlyCollection<string> Sent => _sent;

    /// <summary>What went wrong with a pair; empty when nothing did.</summary>
    internal string FailureOf(ScenarioPair pair) => _failures[pair.ToString()];

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Folder is null)
        {
            return;
        }

        Row[] rows = [.. ScenarioTable.Rows.Select(static (pair, i) => new Row(pair, i))];
        await using MediaCoreServer server = await MediaCoreServer.StartAsync(
            $$"""
            "trunks": [{{string.Join(",\n", rows.Select(static r => r.Trunks))}}],
            "routes": [{{string.Join(",\n", rows.Select(static r => r.Route))}}],
            "numbers": { "enabled": false }
            """,
            sip: $"{ProxiedSbc.NoOverload}, {Patient}");
        using SemaphoreSlim places = new(AtATime);
        (string Name, string Failure)[] results = await Task.WhenAll(rows.Select(async row =>
        {
            await places.WaitAsync();
            try
            {
                return (row.Pair.ToString(), await row.RunAsync(server, _sent));
            }
            finally
            {
                places.Release();
            }
        }));
        foreach ((string name, string failure) in results)
        {
            _failures.Add(name, failure);
        }

        Faults = await server.ReadMetricAsync("mediacore_shard_faults_total");
        CallsLeft = await server.ReadMetricAsync("mediacore_calls_active");
        ServerOutput = server.Process.Output;
    }

    /// <inheritdoc/>
    public Task DisposeAsync() => Task.CompletedTask;

    private sealed class Row(ScenarioPair pair, int index)
    {
        private readonly string _caller = $"127.9.{index + 1}.1";
        private readonly (string Address, int Port)[] _callees =
            [.. Enumerable.Range(2, Math.Max(1, pair.Callees.Length)).Select(i => ($"127.9.{index + 1}.{i}", FreePorts.Next(IPAddress.Parse($"127.9.{index + 1}.{i}"))))];

        public ScenarioPair Pair => pair;

        public string Trunks => string.Join(",\n", _callees
            .Select((c, i) => $$"""{ "name": "out{{index}}-{{i}}", "targets": ["sip:{{c.Address}}:{{c.Port}}{{pair.TargetParameters}}"]{{Member(pair.CalleeTrunk)}} }""")
            .Prepend($$"""{ "name": "in{{index}}", "from": ["127.9.{{index + 1}}.0/24"]{{Member(pair.CallerTrunk)}} }"""));

        public string Route
        {
            get
            {
                string where = pair.Reject != 0 ? $"\"reject\": {pair.Reject}" : $"\"trunks\": [{string.Join(", ", _callees.Select((_, i) => $"\"out{index}-{i}\""))}]";
                return $$"""{ "name": "row{{index}}", "match": { "trunks": ["in{{index}}"] }, {{where}} }""";
            }
        }

        /// <summary>Empty when all went as the scenarios want it.</summary>
        public async Task<string> RunAsync(MediaCoreServer server, ConcurrentQueue<string> sent)
        {
            using ScratchFolder folder = new();
            string[] limits = ["-timeout", "60", "-timeout_error"];
            List<(string Name, SippProcess Process)> processes = [];
            try
            {
                (string, string)[] edits = [.. pair.CalleeEdits.Select(e => (e.Old, e.New.Replace("{server}", $"{server.Udp.Port}", StringComparison.Ordinal)))];
                for (int i = 0; i < pair.Callees.Length; i++)
                {
                    string file = Prepare(folder, $"callee{i}", pair.Callees[i], edits, isCallee: true);
                    processes.Add((pair.Callees[i], await SippProcess.StartAsync(file, null, 1, _callees[i].Address, port: _callees[i].Port, more: limits)));
                }

                string caller = Prepare(folder, "caller", pair.Caller, pair.CallerEdits, isCallee: false);
                processes.Insert(0, (pair.Caller, await SippProcess.StartAsync(caller, server.Udp, 1, _caller, more: [.. limits, "-s", "+12025550123", "-d", "500", .. pair.CallerArguments])));
                List<string> failures = [];
                foreach ((string name, SippProcess process) in processes)
                {
                    int code = await process.WaitForExitAsync(TimeSpan.FromSeconds(90));
                    foreach (string message in process.ReadReceived())
                    {
                        sent.Enqueue(message);
                    }

                    if (code != 0)
                    {
                        failures.Add($"{name} at port {process.Port} ended with {code}:\n{process.Errors}");
                    }
                }

                return string.Join("\n", failures);
            }
            finally
            {
                foreach ((_, SippProcess process) in processes)
                {
                    await process.DisposeAsync();
                }
            }
        }

        private static string Prepare(ScratchFolder folder, string name, string scenario, (string, string)[] edits, bool isCallee)
        {
            string file = folder.Combine(name);
            File.WriteAllText(file + ".xml", ScenarioText.Read(Path.Combine(Folder!, scenario + ".xml"), edits, isCallee), System.Text.Encoding.Latin1);
            return file;
        }

        private static string Member(string text) => text.Length == 0 ? "" : ", " + text;
    }
}
