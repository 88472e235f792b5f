using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Shards;

/// <summary>Log events of shards, ids 3100–3199.</summary>
internal static partial class ShardLog
{
    [LoggerMessage(3100, LogLevel.Critical, "shard {Shard} died of a defect; the process must be restarted", EventName = "ShardDied")]
    public static partial void Died(ILogger logger, int shard, Exception exception);

    [LoggerMessage(3101, LogLevel.Error, "shard {Shard}: a {Input} met a defect and was dropped ({Faults} so far)", EventName = "InputFaulted")]
    public static partial void Faulted(ILogger logger, int shard, string input, long faults, Exception exception);

    [LoggerMessage(3102, LogLevel.Error, "shard {Shard}: looking up a name that a peer gave met a defect", EventName = "LookupFaulted")]
    public static partial void LookupFaulted(ILogger logger, int shard, Exception exception);

    [LoggerMessage(3103, LogLevel.Error, "a {Command} met a defect on its way to its call and was refused", EventName = "CommandFaulted")]
    public static partial void CommandFaulted(ILogger logger, string command, Exception exception);

    [LoggerMessage(3104, LogLevel.Error, "looking up the names in an answer of the control plane met a defect, the call's default is taken", EventName = "AnswerFaulted")]
    public static partial void AnswerFaulted(ILogger logger, Exception exception);
}
