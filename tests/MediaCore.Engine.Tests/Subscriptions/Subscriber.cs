using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Subscriptions;

/// <summary>A phone's subscription: proves itself, refreshes, answers notifications.</summary>
internal sealed class Subscriber(Peer peer, string user, string password, string package, string? target = null)
{
    private readonly string _callId = peer.NextId("sub");
    private readonly string _tag = peer.NextId("tag");

    public Peer Peer { get; } = peer;

    public string User { get; set; } = user;

    public string Password { get; set; } = password;

    /// <summary>Value of the Event header.</summary>
    public string Event { get; set; } = package;

    public string? Contact { get; set; }

    public string From { get; set; } = $"<sip:{user}@{World.ServerHost}>";

    public uint CSeq { get; set; }

    public string RemoteTag { get; set; } = "";

    private string Target => $"sip:{target ?? User}@{World.ServerHost}";

    /// <summary>Sends a SUBSCRIBE, answers its challenge, and returns what comes then; what follows stays in the inbox.</summary>
    public SipText Subscribe(int? expires = 3600, string extra = "")
    {
        string lifetime = expires is { } seconds ? $"Expires: {seconds}\r\n" : "";
        string headers = (Event.Length == 0 ? "" : $"Event: {Event}\r\n") + lifetime + extra;
        SipText answer = Send(headers);
        if (answer.Status == 401)
        {
            answer = Send(headers + World.Authorize(answer["WWW-Authenticate"], User, Password, "SUBSCRIBE", Target));
        }

        RemoteTag = answer.Status == 200 ? answer.ToTag : RemoteTag;
        return answer;
    }

    /// <summary>Subscribes and takes the first notification.</summary>
    public SipText Begin(int? expires = 3600, string extra = "")
    {
        SipText answer = Subscribe(expires, extra);
        Assert.Equal(200, answer.Status);
        return TakeNotify();
    }

    /// <summary>Ends the subscription in good order.</summary>
    public void End()
    {
        Assert.Equal(200, Subscribe(0).Status);
        Assert.Equal("terminated;reason=timeout", TakeNotify()["Subscription-State"]);
    }

    /// <summary>The next notification, answered.</summary>
    public SipText TakeNotify(int status = 200)
    {
        SipText notify = Peer.World.WaitFor(Peer, "NOTIFY");
        Assert.Equal(_tag, notify.ToTag);
        Assert.Equal(_callId, notify.CallId);
        Peer.Respond(notify, status);
        return notify;
    }

    private SipText Send(string headers)
    {
        string to = $"<{Target}>{(RemoteTag.Length == 0 ? "" : ";tag=" + RemoteTag)}";
        int before = Peer.History.Count;
        Peer.Send(Peer.Request("SUBSCRIBE", Target, $"{From};tag={_tag}", to, _callId, ++CSeq, Peer.NextBranch(), headers, contact: Contact));
        return Peer.Take(Peer.History[before].Message.Kind);
    }
}
