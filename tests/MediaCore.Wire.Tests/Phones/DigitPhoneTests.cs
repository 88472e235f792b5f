using System.Net;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Phones;

/// <summary>A baresip phone, which has telephone events, calls trunks that want digits in another form: each side sees them in its own.</summary>
public class DigitPhoneTests
{
    [Fact]
    public async Task Digits_ReachEachTrunkInItsForm_AndThePhoneAsTelephoneEvents()
    {
        await using SipPeer trunk = new(new IPEndPoint(IPAddress.Loopback, 9));
        await using MediaCoreServer server = await MediaCoreServer.StartAsync($$"""
            "trunks": [
              { "name": "info", "targets": ["sip:{{trunk.Local}}"], "dtmf": "info" },
              { "name": "inband", "targets": ["sip:{{trunk.Local}}"], "dtmf": "inband" },
              { "name": "rtp", "targets": ["sip:{{trunk.Local}}"], "dtmf": "rtp" }
            ],
            "routes": [
              { "name": "info", "match": { "to": "+41*" }, "trunks": ["info"] },
              { "name": "inband", "match": { "to": "+42*" }, "trunks": ["inband"] },
              { "name": "rtp", "match": { "to": "+43*" }, "trunks": ["rtp"] }
            ]
            """);
        trunk.Server = server.Udp;
        await using BaresipPhone phone = await BaresipPhone.StartAsync(server, "1001", await server.ReadPasswordAsync("1001"), 450);
        await phone.WaitUntilRegisteredAsync();

        // INFO: no telephone events are offered to it.
        await WithCallAsync(phone, trunk, "+41555", "0", async (dialog, sound) =>
        {
            Assert.DoesNotContain("telephone-event", dialog.Invite!.Body, StringComparison.Ordinal);
            await phone.Control.CommandAsync("sndcode", "15#");
            foreach (char digit in "15#")
            {
                SipText info = await dialog.ExpectRequestAsync("INFO");
                dialog.Respond(info, 200, "OK");
                Assert.Equal("application/dtmf-relay", info["Content-Type"]);
                Assert.Contains($"Signal={digit}", info.Body.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
            }

            Assert.Equal(200, (await dialog.InfoAsync("application/dtmf-relay", "Signal=7\r\nDuration=160\r\n")).Status);
            await phone.Control.WaitForAsync("CALL_DTMF_START", param: "7");
            Assert.Empty(sound.Events);
            Assert.Equal("", DigitSound.Read(sound.Heard));
        });

        // Tones in the sound.
        await WithCallAsync(phone, trunk, "+42555", "0", async (_, sound) =>
        {
            await phone.Control.CommandAsync("sndcode", "26*");
            await Eventually.IsAsync(() => DigitSound.Read(sound.Heard), static heard => heard == "26*", "the three tones");
            sound.Say(DigitSound.Make("8"));
            await phone.Control.WaitForAsync("CALL_DTMF_START", param: "8");
            Assert.Empty(sound.Events);
        });

        // Telephone events, as Wireshark reads them.
        await WithCallAsync(phone, trunk, "+43555", "0 101", async (dialog, sound) =>
        {
            Assert.Contains("a=rtpmap:101 telephone-event/8000", dialog.Invite!.Body, StringComparison.Ordinal);
            await phone.Control.CommandAsync("sndcode", "30D");
            (int Event, bool IsEnd, int Duration, long Timestamp)[] read = [];
            await Eventually.IsAsync(() => sound.Events.Count(static p => (p[13] & 0x80) != 0), static ends => ends >= 9, "three ends of each of three digits");
            read = await Wireshark.ReadEventsAsync(sound.Events, 101);
            Assert.Equal([3, 0, 15], read.GroupBy(static e => e.Timestamp).Select(static digit => digit.Select(static e => e.Event).Distinct().Single()));
            Assert.All(read.GroupBy(static e => e.Timestamp), static digit => Assert.Equal(3, digit.Count(static e => e.IsEnd)));
            sound.Press(101, 9, 6);
            await phone.Control.WaitForAsync("CALL_DTMF_START", param: "9");
            Assert.Equal("", DigitSound.Read(sound.Heard));
        });
        Assert.Equal(3, phone.Control.Count("CALL_DTMF_START"));
    }

    /// <summary>A call by the phone, during which the trunk's party speaks.</summary>
    private static async Task WithCallAsync(BaresipPhone phone, SipPeer trunk, string number, string formats, Func<SipDialog, RtpEndpoint, Task> during)
    {
        await using RtpEndpoint sound = new(1000, 2);
        await phone.Control.CommandAsync("dial", number);
        SipText invite = await trunk.ExpectRequestAsync("INVITE");
        SipDialog dialog = SipDialog.From(trunk, invite);
        dialog.Answer(SdpText.Audio(sound.Port, formats));
        await dialog.ExpectRequestAsync("ACK");
        sound.Remote = new IPEndPoint(IPAddress.Loopback, invite.AudioPort);
        using CancellationTokenSource enough = new();
        Task talk = RtpEndpoint.SpeakAsync([sound], int.MaxValue, enough.Token);
        await Eventually.IsAsync(() => sound.Received, static n => n > 10, "the phone is heard");
        await during(dialog, sound);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => talk);
        int closed = phone.Control.Count("CALL_CLOSED");
        Assert.Equal(200, (await dialog.HangUpAsync()).Status);

        // The next call would be a second one to the phone.
        await phone.Control.WaitForAsync("CALL_CLOSED", closed + 1);
    }
}
