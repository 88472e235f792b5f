namespace MediaCore.Engine.Tests.Simulation;

/// <summary>One dialog as a peer keeps it.</summary>
internal sealed class PeerDialog
{
    private string _inviteBranch = "";
    private string _inviteUri = "";
    private uint _inviteCSeq;

    private PeerDialog(Peer peer)
    {
        Peer = peer;
    }

    public Peer Peer { get; }

    public string CallId { get; private set; } = "";

    public string LocalTag { get; private set; } = "";

    public string RemoteTag { get; private set; } = "";

    /// <summary>Our address, in angle brackets.</summary>
    public string Local { get; private set; } = "";

    public string Remote { get; private set; } = "";

    public string Target { get; private set; } = "";

    public uint CSeq { get; private set; }

    /// <summary>Whether this side has sent an INVITE, which it can repeat, cancel and acknowledge.</summary>
    public bool HasInvited => _inviteCSeq > 0;

    /// <summary>The INVITE that this dialog was asked for by; null for the one who dialled.</summary>
    public SipText? Invite { get; private set; }

    /// <summary>Sends an INVITE; its 100 stays in the inbox.</summary>
    public static PeerDialog Dial(Peer peer, string number, string? sdp, string extra = "", int maxForwards = 70, string user = "+12025550123")
    {
        var dialog = new PeerDialog(peer)
        {
            CallId = peer.NextId("call") + "@" + peer.Host,
            LocalTag = peer.NextId("tag"),
            Local = $"\"Ms Caller\" <sip:{user}@{peer.Host}>",
            Remote = $"<sip:{number}@{World.ServerHost}>",
            Target = $"sip:{number}@{World.ServerHost}",
        };
        dialog.SendInvite(sdp, extra, maxForwards);
        return dialog;
    }

    /// <summary>Dials and takes the 100.</summary>
    public static PeerDialog Call(Peer peer, string number)
    {
        PeerDialog dialog = Dial(peer, number, PeerSdp.Audio(peer));
        peer.Take("100 INVITE");
        return dialog;
    }

    /// <summary>Takes the INVITE that has come.</summary>
    public static PeerDialog Answering(Peer peer) => Answering(peer, peer.Take("INVITE"));

    public static PeerDialog Answering(Peer peer, SipText invite)
    {
        return new PeerDialog(peer)
        {
            Invite = invite,
            CallId = invite.CallId,
            LocalTag = peer.NextId("tag"),
            RemoteTag = invite.FromTag,
            Local = $"<{invite.UriOf("To")}>",
            Remote = $"<{invite.UriOf("From")}>",
            Target = invite.UriOf("Contact"),
        };
    }

    public void Respond(int status, string? sdp = null, string extra = "", string? tag = null, string? contact = null) =>
        Peer.Respond(Invite!, status, status == 100 ? null : tag ?? LocalTag, sdp, extra, contact);

    /// <summary>Learns the peer's tag and target from a response to our INVITE.</summary>
    public SipText Learn(SipText response)
    {
        RemoteTag = response.ToTag;
        Target = response.UriOf("Contact");
        return response;
    }

    public void SendInvite(string? sdp, string extra = "", int maxForwards = 70)
    {
        _inviteBranch = Peer.NextBranch();
        _inviteCSeq = ++CSeq;
        _inviteUri = Target;
        Peer.Send(Format("INVITE", _inviteUri, _inviteCSeq, _inviteBranch, extra, sdp, maxForwards));
    }

    /// <summary>The last INVITE again, as it was when no answer came.</summary>
    public void Repeat(string? sdp) => Peer.Send(Format("INVITE", _inviteUri, _inviteCSeq, _inviteBranch, "", sdp, 70));

    /// <summary>The ACK for a 2xx: a branch of its own.</summary>
    public void Ack(string? sdp = null) => Peer.Send(Format("ACK", Target, _inviteCSeq, Peer.NextBranch(), "", sdp, 70));

    /// <summary>The ACK for a refusal: the INVITE's branch, its To tag.</summary>
    public void Ack(SipText refusal) =>
        Peer.Send(Peer.Request("ACK", _inviteUri, $"{Local};tag={LocalTag}", refusal["To"], CallId, _inviteCSeq, _inviteBranch));

    public void Cancel(string extra = "") =>
        Peer.Send(Peer.Request("CANCEL", _inviteUri, $"{Local};tag={LocalTag}", Remote + (RemoteTag.Length == 0 || _inviteCSeq == 1 ? "" : ";tag=" + RemoteTag), CallId, _inviteCSeq, _inviteBranch, extra));

    public void Send(string method, string extra = "", string? sdp = null) => Peer.Send(Format(method, Target, ++CSeq, Peer.NextBranch(), extra, sdp, 70));

    public void Bye(string extra = "") => Send("BYE", extra);

    /// <summary>Hangs up and takes the 200.</summary>
    public void HangUp()
    {
        Bye();
        Peer.Take("200 BYE");
    }

    /// <summary>Takes the BYE that has come and answers it.</summary>
    public SipText AcceptBye()
    {
        SipText bye = Peer.Take("BYE");
        Assert.Equal(CallId, bye.CallId);
        Assert.Equal(LocalTag, bye.ToTag);
        Peer.Respond(bye, 200);
        return bye;
    }

    /// <summary>Takes a re-INVITE and leaves it to be answered by <see cref="Respond"/>.</summary>
    public SipText TakeReInvite()
    {
        TakeReInvite(Peer.Take("INVITE"));
        Assert.Equal(CallId, Invite!.CallId);
        Assert.Equal(LocalTag, Invite.ToTag);
        return Invite;
    }

    public void TakeReInvite(SipText invite) => Invite = invite;

    private string Format(string method, string uri, uint cseq, string branch, string extra, string? sdp, int maxForwards) =>
        Peer.Request(method, uri, $"{Local};tag={LocalTag}", Remote + (RemoteTag.Length == 0 ? "" : ";tag=" + RemoteTag), CallId, cseq, branch, extra, sdp, maxForwards);
}
