using MediaCore.Engine.Shards;

namespace MediaCore.Engine;

/// <summary>What a node does now and has done since its start; totals only grow.</summary>
/// <param name="ActiveCalls">Calls that have not ended.</param>
/// <param name="CallsStarted">Calls taken in since the start.</param>
/// <param name="Refusals">Requests answered 503 since the start.</param>
/// <param name="Registrations">Contacts held.</param>
/// <param name="PacketsRelayed">RTP packets relayed since the start.</param>
/// <param name="PacketsDropped">RTP packets that were not, for whatever reason.</param>
/// <param name="MediaPortsUsed">Port pairs that legs have.</param>
/// <param name="MediaPortsFree">Port pairs that are ready or could still be bound.</param>
/// <param name="Transcoding">Sessions that are transcoded.</param>
/// <param name="Shards">Shard by shard.</param>
public sealed record EngineFigures(
    long ActiveCalls,
    long CallsStarted,
    long Refusals,
    long Registrations,
    long PacketsRelayed,
    long PacketsDropped,
    long MediaPortsUsed,
    long MediaPortsFree,
    long Transcoding,
    IReadOnlyList<ShardFigures> Shards)
{
    internal static EngineFigures Of(Shard[] shards, long registrations)
    {
        long Sum(Func<ShardStatistics, long> value) => shards.Sum(shard => value(shard.Context.Statistics));
        return new EngineFigures(
            Sum(static s => s.ActiveCalls),
            Sum(static s => s.CallsStarted),
            Sum(static s => s.OverloadRefusals),
            registrations,
            Sum(static s => s.RtpRelayed),
            Sum(static s => s.RtpRejectedSource + s.RtpMalformed + s.RtpUnreadable + s.RtpUnauthenticated + s.RtpUnprotected + s.RtpStray + s.RtpUnbridged),
            shards.Sum(static s => s.Pools.Sum(static p => (long)p.InUse)),
            shards.Sum(static s => s.Pools.Sum(static p => (long)(p.Free + p.Capacity - p.Bound))),
            Sum(static s => s.Audio.Transcoding),
            [.. shards.Select(static s => new ShardFigures(s.Index, s.Context.Statistics.ActiveCalls, s.MailboxCount, s.Context.Admission.Gate.StandingDelay))]);
    }
}

/// <summary>One shard.</summary>
/// <param name="Index">Its number.</param>
/// <param name="ActiveCalls">Its calls.</param>
/// <param name="Mailbox">What waits in its mailbox.</param>
/// <param name="QueueDelay">How long messages have waited at least, of late, before it looked at them.</param>
public sealed record ShardFigures(int Index, long ActiveCalls, long Mailbox, TimeSpan QueueDelay);
