using System.Globalization;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>One call as one side of it sees it: writes the requests and responses of a dialog over a <see cref="SipPeer"/>.</summary>
internal sealed class SipDialog
{
    private static int s_count;
    private readonly SipPeer _peer;
    private readonly string _localTag = Unique("tag");
    private readonly bool _isCaller;
    private int _cseq = 1;
    private string _inviteBranch = "";

    private SipDialog(SipPeer peer, bool isCaller)
    {
        _peer = peer;
        _isCaller = isCaller;
    }

    public string CallId { get; private init; } = Unique("call");

    public string LocalTag => _localTag;

    /// <summary>The INVITE that opened it, on the called side.</summary>
    public SipText? Invite { get; private set; }

    private string RemoteTag { get; set; } = "";

    private string Target { get; set; } = "";

    private string LocalUri { get; init; } = "";

    private string RemoteUri { get; init; } = "";

    /// <summary>A call to be placed.</summary>
    public static SipDialog To(SipPeer peer, string number, string caller = "+12025550199") => new(peer, isCaller: true)
    {
        Target = $"sip:{number}@{peer.Server}",
        LocalUri = $"<sip:{caller}@{peer.Local}>",
        RemoteUri = $"<sip:{number}@{peer.Server}>",
    };

    /// <summary>A call that came in.</summary>
    public static SipDialog From(SipPeer peer, SipText invite) => new(peer, isCaller: false)
    {
        CallId = invite.CallId,
        Invite = invite,
        RemoteTag = invite.FromTag,
        Target = invite.TryGet("Contact") is null ? "" : invite.ContactUri,
        LocalUri = invite["To"].Split(';')[0],
        RemoteUri = invite["From"].Split(";tag")[0],
    };

    /// <summary>Sends INVITE or, once there is a dialog, re-INVITE.</summary>
    public void SendInvite(string? sdp, params string[] headers)
    {
        _inviteBranch = NewBranch();
        string[] content = sdp is null ? [] : ["Content-Type: application/sdp"];
        _peer.Send(Request("INVITE", _cseq, _inviteBranch, [Contact, .. headers, .. content], sdp ?? ""));
    }

    /// <summary>The next response to our INVITE with a status of at least <paramref name="atLeast"/>; a failure is acknowledged.</summary>
    public async Task<SipText> ExpectInviteResponseAsync(int atLeast = 200, TimeSpan? limit = null)
    {
        int cseq = _cseq;
        SipText response = await _peer.ExpectAsync(
            m => !m.IsRequest && m.CallId == CallId && m.CSeqMethod == "INVITE" && m.CSeq == cseq && m.Status >= atLeast, $"a response to INVITE of {CallId}", limit);
        TakeInviteResponse(response);
        return response;
    }

    /// <summary>Learns from a response to our INVITE; a failure is acknowledged.</summary>
    public void TakeInviteResponse(SipText response)
    {
        if (response.Status is > 100 and < 300)
        {
            RemoteTag = response.ToTag;
            Target = response.ContactUri;
        }
        else if (response.Status >= 300)
        {
            _peer.Send(Request("ACK", _cseq, _inviteBranch, [], "", toTag: response.ToTag));
            _cseq++;
        }
    }

    /// <summary>Acknowledges a 2xx.</summary>
    public void SendAck(string? sdp = null)
    {
        _peer.Send(Request("ACK", _cseq, NewBranch(), sdp is null ? [] : ["Content-Type: application/sdp"], sdp ?? ""));
        _cseq++;
    }

    public async Task<SipText> CancelAsync()
    {
        _peer.Send(Request("CANCEL", _cseq, _inviteBranch, [], "", toTag: ""));
        return await ExpectResponseAsync("CANCEL", _cseq);
    }

    /// <summary>Hangs up; gives the answer to BYE.</summary>
    public async Task<SipText> HangUpAsync()
    {
        return await ExpectResponseAsync("BYE", SendBye());
    }

    /// <summary>Sends BYE without waiting for its answer; gives its CSeq.</summary>
    public int SendBye()
    {
        int cseq = _isCaller ? _cseq++ : ++_cseq;
        _peer.Send(Request("BYE", cseq, NewBranch(), [], ""));
        return cseq;
    }

    /// <summary>Sends an INFO; gives the answer.</summary>
    public async Task<SipText> InfoAsync(string contentType, string body)
    {
        int cseq = _isCaller ? _cseq++ : ++_cseq;
        _peer.Send(Request("INFO", cseq, NewBranch(), [$"Content-Type: {contentType}"], body));
        return await ExpectResponseAsync("INFO", cseq);
    }

    /// <summary>Answers a request of this dialog.</summary>
    public void Respond(SipText request, int status, string reason, string? sdp = null, params string[] headers) =>
        _peer.Send(Response(request, status, reason, sdp, headers));

    public void Ring() => Respond(Invite!, 180, "Ringing");

    public void Answer(string sdp) => Respond(Invite!, 200, "OK", sdp);

    public Task<SipText> ExpectRequestAsync(string method, TimeSpan? limit = null) =>
        _peer.ExpectAsync(m => m.IsRequest && m.Method == method && m.CallId == CallId, $"{method} of {CallId}", limit);

    /// <summary>A BYE from the other side, answered.</summary>
    public async Task<SipText> ExpectHangUpAsync(TimeSpan? limit = null)
    {
        SipText bye = await ExpectRequestAsync("BYE", limit);
        Respond(bye, 200, "OK");
        return bye;
    }

    private string Contact => $"Contact: <sip:peer@{_peer.Local}>";

    private static string Unique(string what) => string.Create(CultureInfo.InvariantCulture, $"{what}-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");

    private static string NewBranch() => "z9hG4bK" + Unique("b");

    private Task<SipText> ExpectResponseAsync(string method, int cseq) =>
        _peer.ExpectAsync(m => !m.IsRequest && m.CallId == CallId && m.CSeqMethod == method && m.CSeq == cseq && m.Status >= 200, $"the answer to {method} of {CallId}");

    private string Request(string method, int cseq, string branch, string[] headers, string body, string? toTag = null)
    {
        string tag = toTag ?? RemoteTag;
        string uri = method is "CANCEL" || (method is "ACK" && toTag is not null) ? RemoteUri.Trim('<', '>') : Target;
        return string.Join("\r\n",
            (string[])[
                $"{method} {uri} SIP/2.0",
                $"Via: SIP/2.0/UDP {_peer.Local};branch={branch};rport",
                "Max-Forwards: 70",
                $"From: {LocalUri};tag={_localTag}",
                $"To: {RemoteUri}{(tag.Length == 0 ? "" : ";tag=" + tag)}",
                $"Call-ID: {CallId}",
                $"CSeq: {cseq} {method}",
                .. headers,
                $"Content-Length: {body.Length}",
                "",
                body,
            ]);
    }

    private string Response(SipText request, int status, string reason, string? sdp, string[] headers)
    {
        string to = request["To"].Contains(";tag=", StringComparison.Ordinal) ? request["To"] : $"{request["To"]};tag={_localTag}";
        return string.Join("\r\n",
            (string[])[
                $"SIP/2.0 {status} {reason}",
                .. request.All("Via").Select(static v => $"Via: {v}"),
                $"From: {request["From"]}",
                $"To: {to}",
                $"Call-ID: {request.CallId}",
                $"CSeq: {request["CSeq"]}",
                .. request.Method == "INVITE" && status < 300 ? (string[])[Contact] : [],
                .. headers,
                .. sdp is null ? (string[])[] : ["Content-Type: application/sdp"],
                $"Content-Length: {sdp?.Length ?? 0}",
                "",
                sdp ?? "",
            ]);
    }
}
