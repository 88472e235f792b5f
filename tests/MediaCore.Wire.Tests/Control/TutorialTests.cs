using System.Text.Json;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Control;

/// <summary>The program in <c>docs/control-api.md</c>, word for word but for the server's port.</summary>
[Collection(ControlServerCollection.Name)]
public class TutorialTests(ControlServerFixture fixture)
{
    private const string Address = "\"127.0.0.1:50051\"";
    private const string Begin = "```python\n";

    [Fact]
    public async Task Program_AnswersGathersAndDials()
    {
        using ScratchFolder folder = new();
        string document = await File.ReadAllTextAsync(Path.Combine(ExampleProgram.Root, "docs", "control-api.md"));
        int start = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        string text = document[start..document.IndexOf("```", start, StringComparison.Ordinal)];
        Assert.Contains(Address, text, StringComparison.Ordinal);
        string file = folder.Combine("ivr.py");
        await File.WriteAllTextAsync(file, text.Replace(Address, $"\"{fixture.Server.Grpc.Authority}\"", StringComparison.Ordinal));

        string password = (await fixture.AddAsync("accounts", "bob")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)[^1];
        await fixture.Server.Process.WaitForLineAsync(static l => l.Contains(" and 3 accounts", StringComparison.Ordinal), "account in force");
        await using SipPeer bob = new(fixture.Server.Udp);
        Assert.Equal(200, (await SipPhone.RegisterAsync(bob, "bob", password)).Status);

        await using ChildProcess program = ExampleProgram.StartPython(file, folder.Path);
        await program.WaitForLineAsync(static l => l.StartsWith("epoch ", StringComparison.Ordinal), "session");
        await using SipPeer peer = new(fixture.Server.Udp);
        await using RtpEndpoint sound = new(450, 1);
        SipDialog caller = SipDialog.To(peer, ControlServerFixture.TutorialNumber);
        caller.SendInvite(SdpText.Audio(sound.Port, "0 101"));
        SipText answer = await caller.ExpectInviteResponseAsync();
        Assert.Equal(200, answer.Status);
        caller.SendAck();

        // The prompt is heard before a digit is typed.
        await sound.FirstPacket;
        foreach (char digit in "1234")
        {
            Assert.Equal(200, (await caller.InfoAsync("application/dtmf-relay", $"Signal={digit}\r\nDuration=160\r\n")).Status);
        }

        SipDialog ringing = SipDialog.From(bob, await bob.ExpectRequestAsync("INVITE"));
        ringing.Answer(SdpText.Audio(sound.Port));
        await ringing.ExpectRequestAsync("ACK");
        Task<SipText> hungUp = ringing.ExpectHangUpAsync();
        Assert.Equal(200, (await caller.HangUpAsync()).Status);
        await hungUp;
        string record = await program.WaitForLineAsync(static l => l.StartsWith('{'), "record");
        Assert.Equal("completed", JsonDocument.Parse(record).RootElement.GetProperty("reason").GetString());
        Assert.DoesNotContain("refused", program.Output, StringComparison.Ordinal);
    }
}
