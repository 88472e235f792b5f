using System.Text.RegularExpressions;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Control;

/// <summary><c>mcctl</c> with SIPp on both ends of a call, and tshark to read what was traced.</summary>
[Collection(ControlServerCollection.Name)]
public partial class McctlCallTests(ControlServerFixture fixture)
{
    [Fact]
    public async Task Originated_ToTwoParties_TheyTalk_AreHungUp_AndTheCaptureIsWhole()
    {
        await using SippProcess first = await SippProcess.StartAsync("callee-joined", null, 1, more: ["-key", "rtp_port", "17002"]);
        await using SippProcess second = await SippProcess.StartAsync("callee", null, 1, more: ["-key", "rtp_port", "17004"]);
        Assert.Equal(0, (await ExampleProgram.RunMcctlAsync(fixture.Server, "trace", "on")).Code);
        (int code, string output) = await ExampleProgram.RunMcctlAsync(fixture.Server, "calls", "originate", $"sip:one@127.0.0.1:{first.Port}", $"sip:two@127.0.0.1:{second.Port}");
        Assert.True(code == 0, output);
        string callId = CallId().Match(output).Groups["id"].Value;
        Assert.Contains("connected", output, StringComparison.Ordinal);
        (code, output) = await ExampleProgram.RunMcctlAsync(fixture.Server, "calls", "show", callId);
        Assert.True(code == 0, output);
        Assert.Equal(2, output.Split('\n').Count(static l => l.Contains("answered", StringComparison.Ordinal) && l.Contains("connected", StringComparison.Ordinal)));
        (code, output) = await ExampleProgram.RunMcctlAsync(fixture.Server, "calls", "hangup", callId);
        Assert.True(code == 0, output);
        await first.ExpectSuccessAsync();
        await second.ExpectSuccessAsync();

        using ScratchFolder folder = new();
        string capture = folder.Combine("call.pcapng");
        (code, output) = await ExampleProgram.RunMcctlAsync(fixture.Server, "trace", "show", callId, "--pcap", capture);
        Assert.True(code == 0, output);
        var messages = await Wireshark.ReadSipAsync(capture);
        Assert.Equal(["INVITE", "180", "200", "ACK", "INVITE", "200", "ACK", "BYE", "200"], messages.Where(m => m.Ports.Contains(first.Port)).Select(static m => m.What));
        Assert.Equal(["INVITE", "180", "200", "ACK", "BYE", "200"], messages.Where(m => m.Ports.Contains(second.Port)).Select(static m => m.What));
    }

    [Fact]
    public async Task Originated_ToSomebodyBusy_EndsWithHisStatus()
    {
        await using AnsweringPeer busy = new(static _ => false) { Server = fixture.Server.Udp };
        await using AnsweringPeer there = new() { Server = fixture.Server.Udp };
        (int code, string output) = await ExampleProgram.RunMcctlAsync(fixture.Server, "calls", "originate", $"sip:one@{busy.Local}", "--wait");
        Assert.True(code == 1, output);
        Assert.Contains("486", output, StringComparison.Ordinal);
        (code, output) = await ExampleProgram.RunMcctlAsync(fixture.Server, "calls", "originate", $"sip:one@{there.Local}", $"sip:two@{busy.Local}");
        Assert.True(code == 1, output);
        Assert.Contains("486", output, StringComparison.Ordinal);

        // Nobody is left with nobody to talk to.
        await Eventually.IsAsync(() => there.HungUp, static n => n == 1, "the first party is hung up");
    }

    [GeneratedRegex(@"connected: (?<id>\S+)", RegexOptions.NonBacktracking)]
    private static partial Regex CallId();
}
