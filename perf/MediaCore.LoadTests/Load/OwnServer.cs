using System.Diagnostics;
using System.Globalization;
using System.Net;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Scenarios;
using MediaCore.LoadTests.Server;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Storage;
using MediaCore.Primitives;

namespace MediaCore.LoadTests.Load;

/// <summary>A MediaCore of our own, configured for the scenarios: callers are a trunk, callees another, accounts exist.</summary>
internal sealed class OwnServer : IServerUnderTest
{
    private const string Realm = "load";

    /// <summary>An address of its own, so that nothing else of the run is on its ports.</summary>
    private const string MediaAddress = "127.0.0.6";

    /// <summary>Descriptors of a server that are not of media ports; without them it can neither take a connection nor tell how it is.</summary>
    private const int OtherDescriptors = 1000;

    private const int DescriptorsPerPair = 2;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly ServerProcess _process;

    private OwnServer(ServerProcess process) => _process = process;

    public NetworkEndpoint Endpoint => NetworkEndpoint.From(IPAddress.Loopback, (ushort)_process.SipPort);

    public static async Task<OwnServer> StartAsync(LoadOptions options, NetworkEndpoint callees)
    {
        bool registers = Registers(options);
        OwnServer server = new(await ServerProcess.StartAsync(options.Program, Configure(options, callees), registers ? folder => AddAccountsAsync(folder, options) : null));

        // Who registers before his account is in force has given a wrong password, and too many of those are not heard for a minute.
        Stopwatch watch = Stopwatch.StartNew();
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        while (registers && (await server._process.GetFiguresAsync()).Total("mediacore_numbers_accounts") < options.Accounts)
        {
            if (watch.Elapsed > s_patience)
            {
                await server.DisposeAsync();
                throw new CannotMeasureException($"the server did not take {options.Accounts} accounts in {s_patience.TotalSeconds:F0} s");
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        return server;
    }

    /// <summary>The server's configuration for a load.</summary>
    internal static Dictionary<string, object> Configure(LoadOptions options, NetworkEndpoint callees)
    {
        bool registers = Registers(options);
        string callers = $"{options.Callers.ToIPAddress()}/32";

        // Where nobody speaks no port is taken, or the highest rate would be the one at which ports come free.
        string media = options.Mix.Scenarios.All(static s => s.Media == MediaKind.None) ? "pass" : "anchor";
        return new Dictionary<string, object>
        {
            ["media"] = new { address = MediaAddress, ports = MediaPorts(ReadDescriptorLimit()) },
            ["calls"] = new { maxCalls = options.Places + 100 },
            ["numbers"] = new { enabled = registers },

            // The phones of a storm share an address here, which elsewhere they do not.
            ["sip"] = new Dictionary<string, object> { ["realm"] = Realm, ["defence"] = new { trusted = new[] { "127.0.0.0/8" } } },
            ["trunks"] = new object[]
            {
                new { name = "callees", targets = new[] { $"sip:{callees};transport=udp" }, from = new[] { $"{callees.ToIPAddress()}/32" }, media },
                new { name = "opus-callees", targets = new[] { $"sip:{callees};transport=udp" }, codecs = new[] { "opus" } },
                new { name = "callers", targets = new[] { $"sip:{options.Callers.ToIPAddress()}:9;transport=udp" }, from = new[] { callers }, media, srtp = "accept", transfer = "terminate" },
            }[..(registers ? 2 : 3)],
            ["routes"] = new object[]
            {
                Route("relayed", CallName.Relayed, "callees"),
                Route("targets", CallName.Target, "callees"),
                Route("transcoded", CallName.Transcoded, "opus-callees"),
            },
        };
    }

    public async Task<ServerFigures?> LookAsync() => await _process.GetFiguresAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>
    /// All ports that there are, or as many as a process may open: up to 31,768 pairs, of which a call takes two until 2 s after its end. With fewer a knee would sooner be that of the range.
    /// </summary>
    internal static string MediaPorts(long descriptors)
    {
        const int all = (ushort.MaxValue + 1 - ServerProcess.FirstMediaPort) / 2;
        long pairs = Math.Clamp((descriptors - OtherDescriptors) / DescriptorsPerPair, 1, all);
        return string.Create(CultureInfo.InvariantCulture, $"{ServerProcess.FirstMediaPort}-{ServerProcess.FirstMediaPort + (2 * pairs) - 1}");
    }

    /// <summary>Files and sockets that a process may have open (proc(5), limits): the hard limit, to which the runtime raises the other by itself.</summary>
    private static long ReadDescriptorLimit()
    {
        string line = File.ReadLines("/proc/self/limits").First(static l => l.StartsWith("Max open files", StringComparison.Ordinal));
        string hard = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        return long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : long.MaxValue;
    }

    private static bool Registers(LoadOptions options) => options.Mix.Scenarios.Any(static s => s.Registers);

    private static object Route(string name, byte digit, string trunk) => new { name, match = new { to = $"+1{(char)digit}*" }, trunks = new[] { trunk } };

    private static async Task AddAccountsAsync(string folder, LoadOptions options)
    {
        NumberStore store = await NumberStore.OpenAsync(new NumberStoreOptions { ConnectionString = $"Data Source={Path.Combine(folder, "mediacore.db")}", Realm = Realm });
        for (int i = 1; i <= options.Accounts; i++)
        {
            StoreResult added = await store.AddAccountAsync(GeneratorOptions.AccountName(i), options.Password, "load");
            if (!added.IsDone)
            {
                throw new InvalidOperationException($"An account could not be made: {added.Message}");
            }
        }
    }
}
