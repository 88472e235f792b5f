using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>One server in number mode for a class of tests: each test has a number and, where it rings, an account of its own.</summary>
public sealed class NumberServerFixture : IAsyncLifetime
{
    private MediaCoreServer? _server;
    private int _numbers;

    internal MediaCoreServer Server => _server!;

    public async Task InitializeAsync() => _server = await MediaCoreServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <summary>Adds a number by the command line while the server runs, and waits until it is in force.</summary>
    internal async Task<string> AddNumberAsync(params string[] targets)
    {
        string number = $"+1202555{++_numbers + 1000:D4}";
        (int code, string output) = await Server.RunAsync(["numbers", "add", number, .. targets]);
        Assert.True(code == 0, output);
        await Server.Process.WaitForLineAsync(l => l.Contains($" {_numbers + 1} numbers and ", StringComparison.Ordinal), "number in force");
        return number;
    }

    /// <summary>A phone of the first account.</summary>
    internal async Task<SipPeer> RegisterPhoneAsync(string account = "1001")
    {
        SipPeer phone = new(Server.Udp);
        string password = await Server.ReadPasswordAsync(account);
        Assert.Equal(200, (await SipPhone.RegisterAsync(phone, account, password)).Status);

        // The next test's calls must not ring a phone that is gone.
        phone.Farewell = async () => Assert.Equal(200, (await SipPhone.RegisterAsync(phone, account, password, expires: 0)).Status);
        return phone;
    }

    /// <summary>The record of the only call to a number.</summary>
    internal async Task<IReadOnlyDictionary<string, object?>> WaitForCallToAsync(string number)
    {
        var rows = await Eventually.IsAsync(
            () => Server.QueryAsync($"select * from call_records where called = '{number}'"), static r => r.Count > 0, $"the record of the call to {number}");
        return Assert.Single(rows);
    }
}
