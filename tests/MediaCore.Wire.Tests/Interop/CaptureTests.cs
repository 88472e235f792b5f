using System.Collections.Concurrent;
using System.Net;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Interop;

/// <summary>What the server sends, as Wireshark reads it: nothing malformed, no error.</summary>
public sealed class CaptureTests
{
    [Fact]
    public async Task RegistrationProbeAndCallWithPrack_AreReadWithoutAComplaint()
    {
        ConcurrentQueue<SipText> seen = new();
        await using SipPeer carrier = new(new IPEndPoint(IPAddress.Loopback, 9));
        await using MediaCoreServer server = await MediaCoreServer.StartAsync(
            $$"""
            "trunks": [
              { "name": "pbx", "from": ["127.0.0.0/8"] },
              { "name": "carrier", "targets": ["sip:{{carrier.Local}}"], "credentials": { "user": "line7", "password": "secret", "realm": "carrier.test" },
                "registration": { "domain": "carrier.test" }, "probe": { "intervalSeconds": 1, "timeoutSeconds": 1 } }
            ],
            "routes": [ { "name": "out", "match": { "to": "+1*" }, "trunks": ["carrier"] } ],
            "numbers": { "enabled": false }
            """);
        carrier.Server = server.Udp;
        carrier.AtOnce = message =>
        {
            seen.Enqueue(message);
            if (message.IsRequest && message.Method is "REGISTER" or "OPTIONS" or "PRACK" or "BYE")
            {
                bool isChallenged = message.Method == "REGISTER" && message.TryGet("Authorization") is null;
                SipDialog.From(carrier, message).Respond(
                    message, isChallenged ? 401 : 200, isChallenged ? "Unauthorized" : "OK", null,
                    isChallenged ? ["WWW-Authenticate: Digest realm=\"carrier.test\", nonce=\"1a2b\", algorithm=SHA-256, qop=\"auth\""] : []);
                return true;
            }

            return false;
        };
        await Eventually.IsAsync(() => seen.Count(static m => m.IsRequest && m.Method is "REGISTER" && m.TryGet("Authorization") is not null), static n => n > 0, "registered");
        await Eventually.IsAsync(() => seen.Count(static m => m.IsRequest && m.Method is "OPTIONS"), static n => n > 0, "probed");

        await using SipPeer phone = new(server.Udp) { AtOnce = message => { seen.Enqueue(message); return false; } };
        SipDialog caller = SipDialog.To(phone, "+12025550123");
        caller.SendInvite(SdpText.Audio(40000), "Supported: timer", "Session-Expires: 1800");
        SipText invite = await carrier.ExpectRequestAsync("INVITE");
        SipDialog callee = SipDialog.From(carrier, invite);
        callee.Respond(invite, 183, "Session Progress", SdpText.Audio(40002), "Require: 100rel", "RSeq: 7");
        Assert.Equal(183, (await caller.ExpectInviteResponseAsync(101)).Status);
        await Eventually.IsAsync(() => seen.Count(static m => m.IsRequest && m.Method is "PRACK"), static n => n > 0, "PRACK");
        callee.Respond(invite, 200, "OK");
        Assert.Equal(200, (await caller.ExpectInviteResponseAsync()).Status);
        caller.SendAck();
        await carrier.ExpectRequestAsync("ACK");
        Assert.Equal(200, (await caller.HangUpAsync()).Status);
        await Eventually.IsAsync(() => seen.Count(static m => m.IsRequest && m.Method is "BYE"), static n => n > 0, "BYE");

        SipText[] messages = [.. seen];
        (int read, string complaints) = await Wireshark.ReadAsync(messages.Select(static m => m.ToString()));
        Assert.True(complaints.Length == 0, complaints);
        Assert.Equal(messages.Length, read);
    }

    /// <summary>The other way round: it does complain when there is reason to.</summary>
    [Fact]
    public async Task Nonsense_IsNotReadAsSip()
    {
        (int read, string complaints) = await Wireshark.ReadAsync(["SIP/2.0 two hundred\r\n\r\n"]);
        Assert.True(read == 0 || complaints.Length > 0);
    }
}
