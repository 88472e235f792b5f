using System.Globalization;
using MediaCore.Engine.Shards;

namespace MediaCore.Engine.Ng;

/// <summary>What the server's thread counts, and the answer to <c>statistics</c>. Written by that thread alone, read by the metrics.</summary>
internal sealed class NgStatistics
{
    /// <summary>Requests by command, repeated ones left out.</summary>
    public readonly long[] Requests = new long[NgCommands.Names.Length];

    /// <summary>Those that were not answered <c>ok</c>.</summary>
    public readonly long[] Errors = new long[NgCommands.Names.Length];

    /// <summary>Messages that came again.</summary>
    public long Repeated;

    /// <summary>Messages that could not be read.</summary>
    public long Malformed;

    /// <summary>Messages of those who may not ask.</summary>
    public long RefusedSources;

    /// <summary>Messages dropped because too many were under way.</summary>
    public long Overflowed;

    /// <summary>The answer, with rtpengine's names for what exists here. Sessions are the protocol's own, without those of MediaRelay; packets are not told apart.</summary>
    public NgDictionary Describe(ShardStatistics[] shards, TimeSpan uptime)
    {
        long Sum(Func<ShardStatistics, long> read) => shards.Sum(read);
        long Ended(NgSessionEnd reason) => Sum(s => s.NgSessionsEnded[(int)reason] - s.MediaRelaySessionsEnded[(int)reason]);
        long sessions = Sum(static s => s.NgSessions - s.MediaRelaySessions);
        long ended = Sum(static s => s.NgSessionsEnded.Sum() - s.MediaRelaySessionsEnded.Sum());
        long packets = Sum(static s => s.RtpRelayed);
        double seconds = Sum(static s => s.NgSessionMilliseconds - s.MediaRelaySessionMilliseconds) / 1000.0;
        var control = new NgDictionary();
        for (int i = 1; i < NgCommands.Names.Length; i++)
        {
            control["total" + NgCommands.Names[i].Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant() + "count"] = Requests[i];
        }

        control["totalerrorcount"] = Errors.Sum();
        return new NgDictionary
        {
            ["result"] = "ok",
            ["statistics"] = new NgDictionary
            {
                ["currentstatistics"] = new NgDictionary { ["sessionsown"] = sessions, ["sessionsforeign"] = 0, ["sessionstotal"] = sessions },
                ["totalstatistics"] = new NgDictionary
                {
                    ["uptime"] = ((long)uptime.TotalSeconds).ToString(CultureInfo.InvariantCulture),
                    ["managedsessions"] = ended,
                    ["rejectedsessions"] = Sum(static s => s.NgRejected),
                    ["timeoutsessions"] = Ended(NgSessionEnd.MediaTimeout),
                    ["silenttimeoutsessions"] = Ended(NgSessionEnd.SilentTimeout),
                    ["finaltimeoutsessions"] = 0,
                    ["offertimeoutsessions"] = Ended(NgSessionEnd.OfferTimeout),
                    ["regularterminatedsessions"] = Ended(NgSessionEnd.Deleted),
                    ["forcedterminatedsessions"] = Ended(NgSessionEnd.Shutdown),
                    ["relayedpackets"] = packets,
                    ["relayedpacketerrors"] = Sum(static s => s.RtpSendErrors),
                    ["relayedbytes"] = Sum(static s => s.RtpBytesRelayed),
                    ["zerowaystreams"] = Sum(static s => s.NgZeroWayStreams),
                    ["onewaystreams"] = Sum(static s => s.NgOneWayStreams),
                    ["avgcallduration"] = (ended == 0 ? 0 : seconds / ended).ToString("F6", CultureInfo.InvariantCulture),
                    ["totalcallsduration"] = seconds.ToString("F6", CultureInfo.InvariantCulture),
                },
                ["controlstatistics"] = control,
            },
        };
    }
}
