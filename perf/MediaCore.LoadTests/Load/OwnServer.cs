using System.Net;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Server;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Storage;
using MediaCore.Primitives;

namespace MediaCore.LoadTests.Load;

/// <summary>A MediaCore of our own, configured for the scenarios: callers are a trunk, callees another, accounts exist.</summary>
internal sealed class OwnServer : IServerUnderTest
{
    private const string Realm = "load";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly ServerProcess _process;

    private OwnServer(ServerProcess process) => _process = process;

    public NetworkEndpoint Endpoint => NetworkEndpoint.From(IPAddress.Loopback, (ushort)_process.SipPort);

    public static async Task<OwnServer> StartAsync(LoadOptions options, NetworkEndpoint callees)
    {
        bool registers = options.Mix.Scenarios.Any(static s => s.Registers);
        string callers = $"{options.Callers.ToIPAddress()}/32";
        Dictionary<string, object> configuration = new()
        {
            ["media"] = new { address = "127.0.0.1", ports = "10000-31999" },
            ["calls"] = new { maxCalls = options.Places + 100 },
            ["numbers"] = new { enabled = registers },

            // The phones of a storm share an address here, which elsewhere they do not.
            ["sip"] = new Dictionary<string, object> { ["realm"] = Realm, ["defence"] = new { trusted = new[] { "127.0.0.0/8" } } },
            ["trunks"] = new object[]
            {
                new { name = "callees", targets = new[] { $"sip:{callees};transport=udp" }, from = new[] { $"{callees.ToIPAddress()}/32" } },
                new { name = "opus-callees", targets = new[] { $"sip:{callees};transport=udp" }, codecs = new[] { "opus" } },
                new { name = "callers", targets = new[] { $"sip:{options.Callers.ToIPAddress()}:9;transport=udp" }, from = new[] { callers }, srtp = "accept", transfer = "terminate" },
            }[..(registers ? 2 : 3)],
            ["routes"] = new object[]
            {
                Route("relayed", CallName.Relayed, "callees"),
                Route("targets", CallName.Target, "callees"),
                Route("transcoded", CallName.Transcoded, "opus-callees"),
            },
        };
        OwnServer server = new(await ServerProcess.StartAsync(options.Program, configuration, registers ? folder => AddAccountsAsync(folder, options) : null));

        // Who registers before his account is in force has given a wrong password, and too many of those are not heard for a minute.
        using CancellationTokenSource patience = new(s_patience);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        while (registers && (await server._process.GetFiguresAsync()).Total("mediacore_numbers_accounts") < options.Accounts)
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }

        return server;
    }

    public async Task<ServerFigures?> LookAsync() => await _process.GetFiguresAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

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
