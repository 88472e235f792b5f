using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Policies.Headers;

/// <summary>Which headers rules may touch and which may pass from side to side.</summary>
public static class HeaderProtection
{
    /// <summary>Why a header is no business of rules; null when it may be changed.</summary>
    public static string? WhyProtected(SipHeaderName name) => name switch
    {
        SipHeaderName.Via or SipHeaderName.Route or SipHeaderName.RecordRoute or SipHeaderName.Path or SipHeaderName.ServiceRoute
            => "says how messages find their way; changed, answers would be lost",
        SipHeaderName.Contact => "says where the dialog's requests go; changed, calls could not be ended",
        SipHeaderName.From or SipHeaderName.To => "identifies the dialog; use numbers or identity to change who calls or is called",
        SipHeaderName.CSeq or SipHeaderName.CallId or SipHeaderName.RSeq or SipHeaderName.RAck or SipHeaderName.Replaces or SipHeaderName.Join or SipHeaderName.TargetDialog
            => "identifies the dialog or transaction; changed, the peer would take it for another",
        SipHeaderName.ContentLength or SipHeaderName.ContentType or SipHeaderName.ContentEncoding => "describes the body, which rules do not change",
        SipHeaderName.MaxForwards => "keeps calls from going round for ever",
        SipHeaderName.Authorization or SipHeaderName.ProxyAuthorization or SipHeaderName.WwwAuthenticate or SipHeaderName.ProxyAuthenticate or SipHeaderName.AuthenticationInfo
            => "is between two neighbours; use credentials",
        SipHeaderName.Require or SipHeaderName.ProxyRequire or SipHeaderName.Supported or SipHeaderName.Unsupported or SipHeaderName.SessionExpires or SipHeaderName.MinSE
            => "says what we do with the call ourselves; there are keys for it",
        _ => null,
    };

    /// <summary>Whether a header tells who calls or has diverted, so that an untrusted trunk is not believed about it.</summary>
    public static bool IsIdentity(SipHeaderName name) => name is SipHeaderName.PAssertedIdentity or SipHeaderName.PPreferredIdentity or SipHeaderName.RemotePartyId
        or SipHeaderName.Diversion or SipHeaderName.HistoryInfo;

    /// <summary>Whether a header tells about the caller and so is left out where the caller wants not to be known (RFC 3323 §4.2, RFC 3325 §7).</summary>
    public static bool RevealsCaller(SipHeaderName name) => IsIdentity(name) || name is SipHeaderName.ReferredBy or SipHeaderName.ReplyTo or SipHeaderName.CallInfo
        or SipHeaderName.Organization or SipHeaderName.Identity or SipHeaderName.IdentityInfo or SipHeaderName.PAccessNetworkInfo or SipHeaderName.PChargingVector
        or SipHeaderName.PAssociatedUri or SipHeaderName.InReplyTo;

    /// <summary>Whether a header may be named in a pass list: it is not ours to write, and no identity, which has its own configuration.</summary>
    public static bool MayPass(SipHeaderName name) => name is SipHeaderName.Unknown or SipHeaderName.Organization or SipHeaderName.ReplyTo or SipHeaderName.InReplyTo
        or SipHeaderName.CallInfo or SipHeaderName.AlertInfo or SipHeaderName.ErrorInfo or SipHeaderName.UserToUser or SipHeaderName.AnswerMode or SipHeaderName.SessionId
        or SipHeaderName.Identity or SipHeaderName.IdentityInfo or SipHeaderName.AcceptContact or SipHeaderName.RejectContact or SipHeaderName.RequestDisposition
        or SipHeaderName.FeatureCaps or SipHeaderName.PChargingVector or SipHeaderName.PAccessNetworkInfo or SipHeaderName.PCalledPartyId or SipHeaderName.PVisitedNetworkId
        or SipHeaderName.PAssociatedUri or SipHeaderName.Date or SipHeaderName.ContentLanguage or SipHeaderName.Warning;
}
