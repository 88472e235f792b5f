using System.Collections.Frozen;

namespace MediaCore.Engine.Ng;

/// <summary>The commands.</summary>
internal enum NgCommand : byte
{
    Unknown,
    Ping,
    Offer,
    Answer,
    Delete,
    Query,
    List,
    Statistics,
    StartRecording,
    StopRecording,
    PauseRecording,
    StartForwarding,
    StopForwarding,
    PlayMedia,
    StopMedia,
    PlayDtmf,
    BlockMedia,
    UnblockMedia,
    SilenceMedia,
    UnsilenceMedia,
    BlockDtmf,
    UnblockDtmf,
    Publish,
    SubscribeRequest,
    SubscribeAnswer,
    Unsubscribe,
}

/// <summary>The commands' names on the wire.</summary>
internal static class NgCommands
{
    /// <summary>Names in the order of <see cref="NgCommand"/>; the first one stands for what is none of them.</summary>
    public static readonly string[] Names =
    [
        "unknown", "ping", "offer", "answer", "delete", "query", "list", "statistics", "start recording", "stop recording", "pause recording", "start forwarding", "stop forwarding",
        "play media", "stop media", "play DTMF", "block media", "unblock media", "silence media", "unsilence media", "block DTMF", "unblock DTMF", "publish", "subscribe request",
        "subscribe answer", "unsubscribe",
    ];

    private static readonly FrozenDictionary<string, NgCommand> s_byName =
        Enumerable.Range(1, Names.Length - 1).ToFrozenDictionary(static i => Names[i], static i => (NgCommand)i, StringComparer.Ordinal);

    /// <summary>The command of a name.</summary>
    public static NgCommand Of(string name) => s_byName.GetValueOrDefault(name);
}
