namespace MediaCore.Engine.Signalling;

/// <summary>Bounds of what peers can make the engine hold, and what happens at each.</summary>
public static class EngineLimits
{
    /// <summary>
    /// Server transactions of one shard. A UDP transaction lives up to 32 s after its answer (RFC 3261 timers H and J), so this is
    /// 4,000 requests/s sustained. Beyond it a request is answered 503 without keeping state.
    /// </summary>
    public const int MaxServerTransactionsPerShard = 131_072;

    /// <summary>Client transactions of one shard; beyond it a request is not sent and the leg fails with 503.</summary>
    public const int MaxClientTransactionsPerShard = 131_072;

    /// <summary>Contacts rung at once for one step; further ones are not rung. Twilio rings ten at most.</summary>
    public const int MaxParallelTargets = 10;

    /// <summary>Legs that one call may try over all its steps.</summary>
    public const int MaxLegsPerCall = 32;

    /// <summary>Early dialogs of one INVITE beside the first (RFC 3261 §13.2.2.4); further forks ring unheard. As many as phones are rung at once.</summary>
    public const int MaxEarlyForks = 10;

    /// <summary>Longest session interval that is taken (RFC 4028): a week, twice what a call may last; a longer one counts as this.</summary>
    public const uint MaxSessionIntervalSeconds = 604_800;

    /// <summary>Shortest session interval that is run, whatever a peer answers: RFC 4028 §5 allows none below 90 s.</summary>
    public const uint MinSessionIntervalSeconds = 30;

    /// <summary>
    /// Bytes of a request that a transaction keeps to echo in its responses. 8 KiB is Kamailio's sanity limit for all headers of a message; beyond
    /// it the request is refused with 513 and nothing is kept.
    /// </summary>
    public const int MaxEchoedBytes = 8_192;

    /// <summary>Option tags that a 420 names; a request that lists more is told of these.</summary>
    public const int MaxUnsupportedTags = 16;

    /// <summary>Longest message we write; larger ones (an absurd Via list) are refused with 513.</summary>
    public const int MaxOutgoingMessageBytes = 65_535;

    /// <summary>Messages and commands waiting for one shard; beyond it datagrams are dropped (their sender retransmits) and commands refused.</summary>
    public const int MaxMailboxItems = 16_384;

    /// <summary>
    /// Words of one shard's calls to others that wait for room there, and places reserved for those that will have to be told (one for each bridge with a call of another shard): as many as a mailbox holds. Beyond it bridges are
    /// refused.
    /// </summary>
    public const int MaxWaitingPosts = MaxMailboxItems;

    /// <summary>
    /// Names given by peers that one shard has in the DNS at once; beyond it a name is not looked up and its dialog stays with the address it came from.
    /// With a DNS that never answers each takes the whole time budget of 5 s, so this is 51 calls/s with a new name each.
    /// </summary>
    public const int MaxLookupsPerShard = 256;

    /// <summary>Records are cut to this many characters per identity, so that a peer cannot grow them.</summary>
    public const int MaxRecordedIdentityChars = 256;

    /// <summary>Requests of one party within a call that may be on their way to the other; a further one gets 500 with Retry-After. Key presses come one after the other.</summary>
    public const int MaxRelaysPerLeg = 8;

    /// <summary>Longest body passed on within a call; a longer one gets 413. RFC 3428 §8 allows 1,300 bytes over UDP, application bodies of INFO are of that order.</summary>
    public const int MaxRelayedBodyBytes = 16_384;

    /// <summary>
    /// Messages outside calls that one shard has under way; beyond it a MESSAGE gets 503. Each waits 24 s at most, so this is 42 messages/s to recipients
    /// who never answer.
    /// </summary>
    public const int MaxMessagesPerShard = 1_024;

    /// <summary>Of those, one account's: who writes to sixty-four who do not answer is no person, and must not take the places of the others.</summary>
    public const int MaxMessagesPerAccount = 64;

    /// <summary>Of those, one trunk's, which speaks for many: half, so that no two can be shut out by a third.</summary>
    public const int MaxMessagesPerTrunk = MaxMessagesPerShard / 2;

    /// <summary>Bytes of Recv-Info headers passed on with a 2xx; there are a dozen registered packages with names of some twenty characters. Longer ones are left out.</summary>
    public const int MaxRecvInfoBytes = 512;

    /// <summary>Bytes of a Replaces value; a Call-ID and two tags of three times the usual length. A longer one gets 400.</summary>
    public const int MaxReplacesBytes = 512;

    /// <summary>Times that a party is asked to talk with the one it was transferred to while it is busy with another re-INVITE; after some ten seconds the call is ended.</summary>
    public const int MaxRenegotiations = 20;

    /// <summary>Seconds that a refused caller is asked to wait (Retry-After), RFC 3261 §20.33.</summary>
    public const int RetryAfterSeconds = 10;

    /// <summary>Networks beside the first one: each has two pools of media ports on every shard at most.</summary>
    public const int MaxNetworks = 16;
}
