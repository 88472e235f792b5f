using MediaCore.Audio.Prompts;
using MediaCore.Engine.Control;
using MediaCore.Engine.Ng;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Subscriptions;
using MediaCore.Primitives;

namespace MediaCore.Engine.Shards;

/// <summary>What can be put into a shard's mailbox.</summary>
internal enum ShardItemKind : byte
{
    /// <summary>A SIP message: a frame of a stream, or a datagram that another shard received.</summary>
    Message,

    /// <summary>A stream is gone.</summary>
    StreamLost,

    /// <summary>A prompt is there, or will not come.</summary>
    PromptReady,

    /// <summary>A name that a peer gave has been resolved.</summary>
    Located,

    /// <summary>Word about subscriptions.</summary>
    Subscription,

    /// <summary>A command of the ng protocol.</summary>
    Ng,

    /// <summary>A command to a call, or a question.</summary>
    Control,

    /// <summary>Refuse new calls from now on.</summary>
    Drain,

    /// <summary>Take new calls again.</summary>
    EndDrain,

    /// <summary>End all calls.</summary>
    EndCalls,

    /// <summary>Something to be run on the shard's thread (listings).</summary>
    Run,

    /// <summary>Leave the loop.</summary>
    Stop,
}

/// <summary>One piece of work from another thread.</summary>
internal readonly struct ShardItem
{
    public ShardItemKind Kind { get; init; }

    /// <summary>For a message: where it came from.</summary>
    public Flow Flow { get; init; }

    /// <summary>For a message: rented bytes, the shard's to return.</summary>
    public byte[]? Buffer { get; init; }

    /// <summary>For a message: how many.</summary>
    public int Length { get; init; }

    /// <summary>For a message: another shard passed it on.</summary>
    public bool HandedOver { get; init; }

    /// <summary>For a prompt: the call that waits for it.</summary>
    public SessionHandle Call { get; init; }

    /// <summary>For a prompt: the clip; null when it failed.</summary>
    public AudioClip? Clip { get; init; }

    /// <summary>For a failed prompt: why.</summary>
    public string? Problem { get; init; }

    /// <summary>For a resolved name.</summary>
    public PeerLookup? Lookup { get; init; }

    /// <summary>For <see cref="ShardItemKind.Subscription"/>.</summary>
    public SubscriptionItem? Subscription { get; init; }

    /// <summary>For <see cref="ShardItemKind.Ng"/>.</summary>
    public NgExchange? Ng { get; init; }

    /// <summary>For <see cref="ShardItemKind.Control"/>.</summary>
    public ShardExchange? Control { get; init; }

    /// <summary>For <see cref="ShardItemKind.Run"/>.</summary>
    public Action? Action { get; init; }
}
