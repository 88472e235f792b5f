using System.Net;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Sbc;

/// <summary>A server between a caller and carriers that the test plays message by message.</summary>
internal sealed class ScriptedSbc : IAsyncDisposable
{
    public const string Number = "+12025550123";

    private ScriptedSbc(MediaCoreServer server, SipPeer caller, SipPeer[] carriers)
    {
        Server = server;
        Caller = caller;
        Carriers = carriers;
    }

    public MediaCoreServer Server { get; }

    public SipPeer Caller { get; }

    public SipPeer[] Carriers { get; }

    public SipPeer Carrier => Carriers[0];

    public static async Task<ScriptedSbc> StartAsync(int carriers = 1, string sip = "", string media = "", string more = "", string? folder = null, string trunk = "", int mediaPorts = 400, int firstMediaPort = 0, int maxFileKilobytes = 0)
    {
        IPEndPoint nowhere = new(IPAddress.Loopback, 9);
        SipPeer[] peers = [.. Enumerable.Range(0, carriers).Select(_ => new SipPeer(nowhere))];
        MediaCoreServer server = await MediaCoreServer.StartSbcAsync(peers.Select(static p => $"sip:{p.Local}"), sip, media, more, folder, mediaPorts, trunk: trunk, firstMediaPort: firstMediaPort, maxFileKilobytes: maxFileKilobytes);
        foreach (SipPeer peer in peers)
        {
            peer.Server = server.Udp;
        }

        return new ScriptedSbc(server, new SipPeer(server.Udp), peers);
    }

    /// <summary>A call up to its ACK, both sides' dialogs.</summary>
    public async Task<(SipDialog Caller, SipDialog Callee)> ConnectAsync(int callerPort = 40000, int calleePort = 40002)
    {
        SipDialog outer = SipDialog.To(Caller, Number);
        outer.SendInvite(SdpText.Audio(callerPort));
        SipDialog inner = SipDialog.From(Carrier, await Carrier.ExpectRequestAsync("INVITE"));
        inner.Answer(SdpText.Audio(calleePort));
        Assert.Equal(200, (await outer.ExpectInviteResponseAsync()).Status);
        outer.SendAck();
        await inner.ExpectRequestAsync("ACK");
        return (outer, inner);
    }

    /// <summary>A call up to its ACK whose parties know where to send; gives the caller's dialog.</summary>
    /// <param name="link">What lies between the caller and the server; nothing when null.</param>
    public async Task<SipDialog> ConnectMediaAsync(RtpEndpoint caller, RtpEndpoint callee, LossyLink? link = null, string callerFormats = "0", string calleeFormats = "0")
    {
        SipDialog outer = SipDialog.To(Caller, Number);
        outer.SendInvite(SdpText.Audio(link?.Port ?? caller.Port, callerFormats));
        SipText invite = await Carrier.ExpectRequestAsync("INVITE");
        SipDialog inner = SipDialog.From(Carrier, invite);
        inner.Answer(SdpText.Audio(callee.Port, calleeFormats));
        SipText answer = await outer.ExpectInviteResponseAsync();
        Assert.Equal(200, answer.Status);
        outer.SendAck();
        await inner.ExpectRequestAsync("ACK");
        IPEndPoint server = new(IPAddress.Loopback, answer.AudioPort);
        caller.Remote = link is null ? server : link.Connect(caller, server);
        callee.Remote = new IPEndPoint(IPAddress.Loopback, invite.AudioPort);
        return outer;
    }

    public System.Text.Json.JsonElement OnlyRecord() => Assert.Single(Server.ReadJournal());

    public async ValueTask DisposeAsync()
    {
        // The server first: a peer that faulted says so when it is disposed of, and must not leave a process behind.
        await Server.DisposeAsync();
        await Caller.DisposeAsync();
        foreach (SipPeer carrier in Carriers)
        {
            await carrier.DisposeAsync();
        }
    }
}
