using System.Text;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Sip.Authentication;

namespace MediaCore.Engine.Tests.Registrar;

/// <summary>Phones that register: what the registrar's tests share.</summary>
public abstract class RegistrarTest : CallTest
{
    internal const string Uri = "sip:192.0.2.1";
    private uint _cseq;

    protected RegistrarTest()
    {
        World.Accounts.Add("bob", "secret");
        World.Accounts.Add("alice", "hidden");
    }

    internal string Challenge(Peer? peer = null) => Send(peer ?? Bob, null)["WWW-Authenticate"];

    internal static string Authorize(string challenge, string user = "bob", string password = "secret", uint nonceCount = 1, string method = "REGISTER")
    {
        byte[] value = new byte[2048];
        string uri = method == "REGISTER" ? Uri : "sip:+1001@192.0.2.1";
        Assert.True(DigestClient.TryWriteAuthorization(value, out int length, Encoding.UTF8.GetBytes(challenge), user, password, Encoding.ASCII.GetBytes(method), Encoding.ASCII.GetBytes(uri), nonceCount, "cnonce"u8));
        return $"Authorization: {Encoding.UTF8.GetString(value, 0, length)}\r\n";
    }

    /// <summary>A REGISTER with the right password; by default one that refreshes or makes the peer's own contact.</summary>
    internal SipText Register(Peer peer, string? contact = null, string extra = "", string? callId = null, uint cseq = 0) =>
        Send(peer, Authorize(Challenge(peer)), extra, contact, callId: callId, cseq: cseq);

    internal SipText Send(Peer peer, string? authorization, string extra = "", string? contact = null, string user = "bob", string? callId = null, uint cseq = 0, string? to = null, string? from = null)
    {
        string id = callId ?? peer.NextId("reg");
        string address = $"<sip:{user}@192.0.2.1>";
        string request = peer.Request("REGISTER", Uri, $"{from ?? address};tag={(callId is null ? peer.NextId("tag") : "t-" + peer.Name)}", to ?? address, id, cseq == 0 ? ++_cseq : cseq, peer.NextBranch(), authorization + extra, contact: contact);
        if (contact == "none")
        {
            request = request.Replace("Contact: none\r\n", "", StringComparison.Ordinal);
        }

        peer.Send(request);
        return TakeAnswer(peer);
    }

    internal static SipText Invite(Peer peer, string user, string? authorization)
    {
        peer.Send(peer.Request("INVITE", "sip:+1001@192.0.2.1", $"<sip:{user}@{peer.Host}>;tag=t-{peer.Name}", "<sip:+1001@192.0.2.1>", "cc-" + peer.Name, 1, peer.NextBranch(), authorization ?? "", PeerSdp.Audio(peer)));
        return TakeAnswer(peer);
    }

    internal static SipText TakeAnswer(Peer peer)
    {
        SipText answer = peer.History[^1].Message;
        peer.Take(answer.Kind);
        peer.TakeNothing();
        return answer;
    }
}
