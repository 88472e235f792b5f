namespace MediaCore.Sip.Messages;

/// <summary>
/// Header fields that are known by value. Names are compared without regard to case, and a compact form (RFC 3261 §7.3.3) is the same header.
/// From <see cref="Route"/> on a row is a comma-separated list, as it is in <see cref="Via"/> and <see cref="Contact"/>; the others are taken whole.
/// </summary>
public enum SipHeaderName : byte
{
    /// <summary>A name not in this list; <see cref="SipMessage.GetHeaderNameToken"/> has it as written.</summary>
    Unknown = 0,

    /// <summary><c>Via</c>, compact <c>v</c>, RFC 3261 §20.</summary>
    Via,

    /// <summary><c>From</c>, compact <c>f</c>, RFC 3261 §20.</summary>
    From,

    /// <summary><c>To</c>, compact <c>t</c>, RFC 3261 §20.</summary>
    To,

    /// <summary><c>Call-ID</c>, compact <c>i</c>, RFC 3261 §20.</summary>
    CallId,

    /// <summary><c>CSeq</c>, RFC 3261 §20.</summary>
    CSeq,

    /// <summary><c>Contact</c>, compact <c>m</c>, RFC 3261 §20.</summary>
    Contact,

    /// <summary><c>Max-Forwards</c>, RFC 3261 §20.</summary>
    MaxForwards,

    /// <summary><c>Content-Length</c>, compact <c>l</c>, RFC 3261 §20.</summary>
    ContentLength,

    /// <summary><c>Content-Type</c>, compact <c>c</c>, RFC 3261 §20.</summary>
    ContentType,

    /// <summary><c>Expires</c>, RFC 3261 §20.</summary>
    Expires,

    /// <summary><c>Date</c>, RFC 3261 §20.</summary>
    Date,

    /// <summary><c>Authorization</c>, RFC 3261 §20.</summary>
    Authorization,

    /// <summary><c>Proxy-Authorization</c>, RFC 3261 §20.</summary>
    ProxyAuthorization,

    /// <summary><c>WWW-Authenticate</c>, RFC 3261 §20.</summary>
    WwwAuthenticate,

    /// <summary><c>Proxy-Authenticate</c>, RFC 3261 §20.</summary>
    ProxyAuthenticate,

    /// <summary><c>Authentication-Info</c>, RFC 3261 §20.</summary>
    AuthenticationInfo,

    /// <summary><c>Min-Expires</c>, RFC 3261 §20.</summary>
    MinExpires,

    /// <summary><c>User-Agent</c>, RFC 3261 §20.</summary>
    UserAgent,

    /// <summary><c>Server</c>, RFC 3261 §20.</summary>
    Server,

    /// <summary><c>Subject</c>, compact <c>s</c>, RFC 3261 §20.</summary>
    Subject,

    /// <summary><c>Priority</c>, RFC 3261 §20.</summary>
    Priority,

    /// <summary><c>Content-Disposition</c>, RFC 3261 §20.</summary>
    ContentDisposition,

    /// <summary><c>Event</c>, compact <c>o</c>, RFC 6665.</summary>
    Event,

    /// <summary><c>Refer-To</c>, compact <c>r</c>, RFC 3515.</summary>
    ReferTo,

    /// <summary><c>Referred-By</c>, compact <c>b</c>, RFC 3892.</summary>
    ReferredBy,

    /// <summary><c>Replaces</c>, RFC 3891.</summary>
    Replaces,

    /// <summary><c>Retry-After</c>, RFC 3261 §20.</summary>
    RetryAfter,

    /// <summary><c>RSeq</c>, RFC 3262.</summary>
    RSeq,

    /// <summary><c>RAck</c>, RFC 3262.</summary>
    RAck,

    /// <summary><c>Session-Expires</c>, compact <c>x</c>, RFC 4028.</summary>
    SessionExpires,

    /// <summary><c>Min-SE</c>, RFC 4028.</summary>
    MinSE,

    /// <summary><c>Privacy</c>, RFC 3323.</summary>
    Privacy,

    /// <summary><c>MIME-Version</c>, RFC 3261 §20.</summary>
    MimeVersion,

    /// <summary><c>Organization</c>, RFC 3261 §20.</summary>
    Organization,

    /// <summary><c>Timestamp</c>, RFC 3261 §20.</summary>
    Timestamp,

    /// <summary><c>Subscription-State</c>, RFC 6665.</summary>
    SubscriptionState,

    /// <summary><c>SIP-If-Match</c>, RFC 3903.</summary>
    SipIfMatch,

    /// <summary><c>SIP-ETag</c>, RFC 3903.</summary>
    SipETag,

    /// <summary><c>Identity</c>, compact <c>y</c>, RFC 8224.</summary>
    Identity,

    /// <summary><c>Join</c>, RFC 3911.</summary>
    Join,

    /// <summary><c>Target-Dialog</c>, RFC 4538.</summary>
    TargetDialog,

    /// <summary><c>Reply-To</c>, RFC 3261 §20.</summary>
    ReplyTo,

    /// <summary><c>P-Charging-Vector</c>, RFC 7315.</summary>
    PChargingVector,

    /// <summary><c>P-Called-Party-ID</c>, RFC 7315.</summary>
    PCalledPartyId,

    /// <summary><c>P-Visited-Network-ID</c>, RFC 7315.</summary>
    PVisitedNetworkId,

    /// <summary><c>Session-ID</c>, RFC 7989.</summary>
    SessionId,

    /// <summary><c>Flow-Timer</c>, RFC 5626.</summary>
    FlowTimer,

    /// <summary><c>Identity-Info</c>, compact <c>n</c>, RFC 4474.</summary>
    IdentityInfo,

    /// <summary><c>Answer-Mode</c>, RFC 5373.</summary>
    AnswerMode,

    /// <summary><c>Route</c>, RFC 3261 §20.</summary>
    Route,

    /// <summary><c>Record-Route</c>, RFC 3261 §20.</summary>
    RecordRoute,

    /// <summary><c>Allow</c>, RFC 3261 §20.</summary>
    Allow,

    /// <summary><c>Supported</c>, compact <c>k</c>, RFC 3261 §20.</summary>
    Supported,

    /// <summary><c>Require</c>, RFC 3261 §20.</summary>
    Require,

    /// <summary><c>Proxy-Require</c>, RFC 3261 §20.</summary>
    ProxyRequire,

    /// <summary><c>Unsupported</c>, RFC 3261 §20.</summary>
    Unsupported,

    /// <summary><c>Accept</c>, RFC 3261 §20.</summary>
    Accept,

    /// <summary><c>Accept-Encoding</c>, RFC 3261 §20.</summary>
    AcceptEncoding,

    /// <summary><c>Accept-Language</c>, RFC 3261 §20.</summary>
    AcceptLanguage,

    /// <summary><c>Content-Encoding</c>, compact <c>e</c>, RFC 3261 §20.</summary>
    ContentEncoding,

    /// <summary><c>Content-Language</c>, RFC 3261 §20.</summary>
    ContentLanguage,

    /// <summary><c>Warning</c>, RFC 3261 §20.</summary>
    Warning,

    /// <summary><c>P-Asserted-Identity</c>, RFC 3325.</summary>
    PAssertedIdentity,

    /// <summary><c>P-Preferred-Identity</c>, RFC 3325.</summary>
    PPreferredIdentity,

    /// <summary><c>Path</c>, RFC 3327.</summary>
    Path,

    /// <summary><c>Service-Route</c>, RFC 3608.</summary>
    ServiceRoute,

    /// <summary><c>Diversion</c>, RFC 5806.</summary>
    Diversion,

    /// <summary><c>History-Info</c>, RFC 7044.</summary>
    HistoryInfo,

    /// <summary><c>Allow-Events</c>, compact <c>u</c>, RFC 6665.</summary>
    AllowEvents,

    /// <summary><c>Call-Info</c>, RFC 3261 §20.</summary>
    CallInfo,

    /// <summary><c>Alert-Info</c>, RFC 3261 §20.</summary>
    AlertInfo,

    /// <summary><c>Error-Info</c>, RFC 3261 §20.</summary>
    ErrorInfo,

    /// <summary><c>In-Reply-To</c>, RFC 3261 §20.</summary>
    InReplyTo,

    /// <summary><c>Reason</c>, RFC 3326.</summary>
    Reason,

    /// <summary><c>Accept-Contact</c>, compact <c>a</c>, RFC 3841.</summary>
    AcceptContact,

    /// <summary><c>Reject-Contact</c>, compact <c>j</c>, RFC 3841.</summary>
    RejectContact,

    /// <summary><c>Request-Disposition</c>, compact <c>d</c>, RFC 3841.</summary>
    RequestDisposition,

    /// <summary><c>Remote-Party-ID</c>, draft-ietf-sip-privacy-04.</summary>
    RemotePartyId,

    /// <summary><c>P-Access-Network-Info</c>, RFC 7315.</summary>
    PAccessNetworkInfo,

    /// <summary><c>P-Associated-URI</c>, RFC 7315.</summary>
    PAssociatedUri,

    /// <summary><c>Security-Client</c>, RFC 3329.</summary>
    SecurityClient,

    /// <summary><c>Security-Server</c>, RFC 3329.</summary>
    SecurityServer,

    /// <summary><c>Security-Verify</c>, RFC 3329.</summary>
    SecurityVerify,

    /// <summary><c>Recv-Info</c>, RFC 6086.</summary>
    RecvInfo,

    /// <summary><c>User-to-User</c>, RFC 7433.</summary>
    UserToUser,

    /// <summary><c>Feature-Caps</c>, RFC 6809.</summary>
    FeatureCaps,
}
