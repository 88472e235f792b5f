using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Phones;

/// <summary>A server that is told to speak Opus, on a machine whose libopus cannot be loaded.</summary>
public sealed class WithoutOpusTests
{
    [Fact]
    public async Task Server_SaysSo_AndTranscodesTheRest()
    {
        // The loader takes the first file of this name, and this one is no library.
        using ScratchFolder libraries = new();
        await File.WriteAllTextAsync(libraries.Combine("libopus.so.0"), "no library at all, and long enough for the loader to read its header from it");
        await using MediaCoreServer server = await MediaCoreServer.StartAsync(sip: "\"accountCodecs\": [\"opus\", \"PCMA\", \"PCMU\"]", libraries: libraries.Path);
        await server.Process.WaitForLineAsync(static l => l.Contains("libopus is not on this machine", StringComparison.Ordinal) && l.Contains("NotServed", StringComparison.Ordinal), "notice about Opus");
        await using BaresipPhone callee = await BaresipPhone.StartAsync(server, "1002", await server.ReadPasswordAsync("1002"), 1000, codec: "PCMA");
        await using BaresipPhone caller = await BaresipPhone.StartAsync(server, "1001", await server.ReadPasswordAsync("1001"), 450, codec: "PCMU");
        await callee.WaitUntilRegisteredAsync();
        await caller.WaitUntilRegisteredAsync();
        await caller.Control.CommandAsync("dial", "1002");
        await callee.Control.WaitForAsync("CALL_ESTABLISHED");
        await callee.WaitUntilHeardAsync(TimeSpan.FromSeconds(1.2));
        await callee.Control.CommandAsync("hangup");
        RtpEndpoint.AssertTone(await callee.ReadHeardAsync(), 450);
    }
}
