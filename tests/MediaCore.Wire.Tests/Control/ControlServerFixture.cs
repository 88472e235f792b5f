using Grpc.Net.Client;
using MediaCore.Control.V1;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Control;

/// <summary>One server in number mode that records on command, with numbers whose calls are offered to applications; and the Python modules of the proto files.</summary>
public sealed class ControlServerFixture : IAsyncLifetime
{
    public const string BotNumber = "+12025550101";
    public const string TutorialNumber = "+12025550102";

    private MediaCoreServer? _server;
    private GrpcChannel? _channel;

    internal MediaCoreServer Server => _server!;

    internal CallControl.CallControlClient Calls => new(_channel!);

    public async Task InitializeAsync()
    {
        Task modules = ExampleProgram.GenerateAsync();
        _server = await MediaCoreServer.StartAsync("\"recording\": { \"format\": \"wav\" }");
        _channel = GrpcChannel.ForAddress(_server.Grpc);
        await AddAsync("numbers", BotNumber, "control:answering-bot");
        await AddAsync("numbers", TutorialNumber, "control:ivr");
        await modules;
        await _server.Process.WaitForLineAsync(static l => l.Contains(" 3 numbers and ", StringComparison.Ordinal), "numbers in force");
    }

    public async Task DisposeAsync()
    {
        _channel?.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>Adds an account or a number by the command line; what that said.</summary>
    internal async Task<string> AddAsync(string what, params string[] values)
    {
        (int code, string output) = await Server.RunAsync([what, "add", .. values]);
        Assert.True(code == 0, output);
        return output;
    }

    /// <summary>A phone of an account that the test plays message by message.</summary>
    internal async Task<SipPeer> RegisterAsync(string account)
    {
        SipPeer phone = new(Server.Udp);
        string password = await Server.ReadPasswordAsync(account);
        Assert.Equal(200, (await SipPhone.RegisterAsync(phone, account, password)).Status);

        // The next test's calls must not ring a phone that is gone.
        phone.Farewell = async () => Assert.Equal(200, (await SipPhone.RegisterAsync(phone, account, password, expires: 0)).Status);
        return phone;
    }

    internal async Task<BaresipPhone> StartPhoneAsync(string account, int hertz)
    {
        BaresipPhone phone = await BaresipPhone.StartAsync(Server, account, await Server.ReadPasswordAsync(account), hertz);
        await phone.WaitUntilRegisteredAsync();
        return phone;
    }
}
