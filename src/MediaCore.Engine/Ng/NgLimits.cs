namespace MediaCore.Engine.Ng;

/// <summary>What the ng protocol may cost us: of a message, of a session, of all of them.</summary>
internal static class NgLimits
{
    /// <summary>Longest message in either direction: a UDP datagram over IPv4 (65,535 less the two headers).</summary>
    public const int MaxMessageBytes = 65_507;

    /// <summary>Longest cookie. Kamailio's and OpenSIPS's have about 20 bytes.</summary>
    public const int MaxCookieBytes = 128;

    /// <summary>Nesting of lists and dictionaries, the message's own included. Requests that are in use have three.</summary>
    public const int MaxDepth = 8;

    /// <summary>Values in one message, of all levels. A long list of flags has about 50.</summary>
    public const int MaxValues = 1_024;

    /// <summary>Longest call-id, tag, branch or label; SIP messages are bounded themselves, and real ones have less than 100.</summary>
    public const int MaxIdentifierBytes = 512;

    /// <summary>Parties of one session, a fork's branches included. Carriers fork to fewer than ten.</summary>
    public const int MaxParties = 16;

    /// <summary>Further to-tags that one offer's ports may be answered by: the forks of a proxy behind the one that asks.</summary>
    public const int MaxAliases = 16;

    /// <summary>Streams of one party, as many as a description may have.</summary>
    public const int MaxStreams = Sdp.SdpLimits.MaxMediaCount;

    /// <summary>Streams of ended sessions kept for the next ones, of about 4 kB.</summary>
    public const int MaxIdleStreams = 1_024;

    /// <summary>Room for what rewriting adds to a description: our attributes and keys, about 700 bytes a stream.</summary>
    public const int MaxRewrittenBytes = Sdp.SdpLimits.MaxSdpBytes + (MaxStreams * 1_024);

    /// <summary>Codec names in one list of a request.</summary>
    public const int MaxCodecs = 64;

    /// <summary>Requests under way, accepted and not answered yet; beyond it messages are dropped, and their senders repeat them.</summary>
    public const int MaxPending = 16_384;

    /// <summary>Files of <c>play media</c> that are read and decoded at once; the store of prompts takes more, so that calls of our own are not kept out.</summary>
    public const int MaxPreparations = 32;

    /// <summary>How long empty packets go out to open a NAT, counted from the last command: as long as a session without media lives by default.</summary>
    public static readonly TimeSpan PierceTime = TimeSpan.FromSeconds(60);

    /// <summary>Between two of them: a binding lives two minutes (RFC 4787 REQ-5), but the first packets may come before the peer's own way is open.</summary>
    public static readonly TimeSpan PierceInterval = TimeSpan.FromSeconds(1);

    /// <summary>Answers remembered for repeated cookies.</summary>
    public const int MaxRememberedAnswers = 16_384;

    /// <summary>Bytes of the answers remembered; 16,384 answers with a description of 1 kB each fit.</summary>
    public const int MaxRememberedBytes = 16 * 1024 * 1024;

    /// <summary>Call-ids that one answer to <c>list</c> names at most; a datagram holds no more with Call-IDs of 60 bytes.</summary>
    public const int MaxListed = 1_000;

    /// <summary>Call-ids named where the request has no limit, as rtpengine does.</summary>
    public const int DefaultListed = 32;

    /// <summary>Flags that were logged once; after so many different ones further unknown ones are answered with a warning and not logged.</summary>
    public const int MaxLoggedFlags = 256;

    /// <summary>Unknown flags and the like that one answer's warning names.</summary>
    public const int MaxWarnings = 8;

    /// <summary>How long an answer is remembered. Kamailio asks again for at most 5 s (rtpengine_tout_ms and retr).</summary>
    public static readonly TimeSpan AnswerMemory = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait of a delete.</summary>
    public static readonly TimeSpan MaxDeleteDelay = TimeSpan.FromHours(1);
}
