using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Shards;

/// <summary>Log events of shards, ids 3100–3199.</summary>
internal static partial class ShardLog
{
    [LoggerMessage(3100, LogLevel.Critical, "shard {Shard} died of a defect; the process must be restarted", EventName = "ShardDied")]
    public static partial void Died(ILogger logger, int shard, Exception exception);
}
