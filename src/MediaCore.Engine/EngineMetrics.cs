using System.Diagnostics.Metrics;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Control;
using MediaCore.Engine.Defence;
using MediaCore.Transport.Media;
using MediaCore.Engine.Ng;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Subscriptions;
using MediaCore.Engine.Trunks;
using MediaCore.Sip.Messages;
using MediaCore.Transport.Polling;

namespace MediaCore.Engine;

/// <summary>
/// The engine's instruments. Shards count in plain fields; here they are added up when somebody looks, so that counting costs no more than
/// an increment. Tags come from closed sets.
/// </summary>
internal sealed class EngineMetrics : IDisposable
{
    private readonly Meter _meter = new("MediaCore.Engine.Shards");
    private static readonly string[] s_packages = ["message-summary", "dialog"];
    private static readonly string[] s_notificationResults = ["accepted", "refused", "timeout", "unsent"];
    private static readonly string[] s_transferKinds = ["blind", "attended", "replaced"];
    private static readonly string[] s_transferResults = ["completed", "failed", "refused", "passed"];

    private static readonly string[] s_ngEnds = ["deleted", "media_timeout", "silent_timeout", "offer_timeout", "shutdown"];

    private static readonly string[] s_commandStatuses = ["accepted", "not_found", "invalid_argument", "failed_precondition", "already_exists", "resource_exhausted", "unavailable", "internal"];
    private static readonly string[] s_offerResults = ["claimed", "expired", "abandoned", "unheard"];
    private readonly List<Shard> _shards = [];
    private static readonly (DefenceReason Reason, string Name)[] s_defenceReasons =
    [
        (DefenceReason.Denied, "denied"), (DefenceReason.Banned, "banned"), (DefenceReason.Rate, "rate"), (DefenceReason.Scanner, "scanner"),
        (DefenceReason.Unidentified, "unidentified"), (DefenceReason.Overload, "overload"), (DefenceReason.OverloadDropped, "overload_dropped"),
    ];


    public void Watch(Shard[] shards, StreamFlows streams, SourceGuard guard)
    {
        _shards.AddRange(shards);
        MediaSessions.Reports.QualityMetrics.Publish();
        ObserveMessages();
        ObserveDefence(guard);
        ObserveSubscriptions();
        ObserveTrunks(shards[0].Context.Services);
        Counter("mediacore.sip.messages.malformed", "{message}", "Messages that broke the grammar or a limit", static s => s.MalformedMessages);
        Counter("mediacore.sip.keepalives", "{message}", "Keep-alives over UDP", static s => s.KeepAlives);
        Counter("mediacore.sip.responses.stray", "{response}", "Responses that match no transaction", static s => s.StrayResponses);
        Counter("mediacore.sip.acks.stray", "{ack}", "ACKs that match no dialog awaiting one", static s => s.StrayAcks);
        Counter("mediacore.sip.retransmissions.received", "{request}", "Requests that came again", static s => s.RequestRetransmissionsReceived);
        Counter("mediacore.sip.retransmissions.sent", "{message}", "Messages we had to send again", static s => s.RetransmissionsSent);
        Counter("mediacore.sip.transport.errors", "{message}", "Messages that could not be sent", static s => s.TransportErrors);
        Counter("mediacore.sip.handovers", "{message}", "Messages passed to the shard of their call", static s => s.HandedOver);
        Counter("mediacore.sip.handovers.dropped", "{message}", "Messages that shard had no room for", static s => s.HandOverDropped);
        Counter("mediacore.sip.handovers.delayed", "{message}", "Words between calls that waited for room at that shard", static s => s.HandOversDelayed);
        Counter("mediacore.sip.refusals.overload", "{request}", "Requests answered 503", static s => s.OverloadRefusals);
        Counter("mediacore.sip.authentication.failures", "{request}", "Wrong credentials", static s => s.AuthenticationFailures);
        Counter("mediacore.sip.authentication.blocked", "{request}", "Credentials refused unread after too many wrong ones", static s => s.AuthenticationsBlocked);
        Counter("mediacore.sip.registrations", "{request}", "REGISTERs that changed or refreshed contacts", static s => s.Registrations);
        Counter("mediacore.sip.stun.requests", "{request}", "STUN keep-alives answered (RFC 5626)", static s => s.StunRequests);
        Counter("mediacore.sip.requests.looped", "{request}", "Requests that came back to where they had been (482)", static s => s.LoopedRequests);
        Counter("mediacore.sip.requests.merged", "{request}", "Requests that came by two ways (482)", static s => s.MergedRequests);
        _meter.CreateObservableCounter(
            "mediacore.sip.trunk.challenges",
            () => new[]
            {
                new Measurement<long>(Sum(static s => s.AnsweredChallenges), new KeyValuePair<string, object?>("outcome", "answered")),
                new Measurement<long>(Sum(static s => s.RefusedCredentials), new KeyValuePair<string, object?>("outcome", "refused")),
                new Measurement<long>(Sum(static s => s.ForeignChallenges), new KeyValuePair<string, object?>("outcome", "foreign")),
            },
            "{challenge}",
            "Challenges to requests of ours that go to trunks with credentials: answered; refused again; not the trunk's own and left unanswered");
        ObserveTrunkHealth(shards[0].Context.Trunks, shards[0].Context.Services.Time);
        Counter("mediacore.sip.requests.large", "{request}", "INVITEs sent over TCP because of their size (sip.udpMaxRequestBytes)", static s => s.LargeRequests);
        Counter("mediacore.sip.requests.large.fallbacks", "{request}", "Of those, sent over UDP after all, since no connection came about", static s => s.LargeRequestFallbacks);
        Counter("mediacore.sip.keepalives.sent", "{message}", "Keep-alives to registered contacts behind a NAT", static s => s.KeepAlivesSent);
        Counter("mediacore.sip.dns.lookups.refused", "{lookup}", "Names given by peers that were not looked up, because too many lookups were under way", static s => s.LookupsRefused);
        Gauge("mediacore.sip.transactions.server", "{transaction}", "Server transactions held", static s => s.ServerTransactions);
        Gauge("mediacore.sip.transactions.client", "{transaction}", "Client transactions held", static s => s.ClientTransactions);
        Counter("mediacore.calls.started", "{call}", "Calls taken in", static s => s.CallsStarted);
        Gauge("mediacore.calls.active", "{call}", "Calls that have not ended", static s => s.ActiveCalls);
        Counter("mediacore.rtp.packets.relayed", "{packet}", "RTP packets relayed", static s => s.RtpRelayed);
        Counter("mediacore.rtp.relayed", "By", "RTP bytes relayed", static s => s.RtpBytesRelayed);
        Counter("mediacore.rtp.rtcp.relayed", "{packet}", "RTCP packets relayed", static s => s.RtcpRelayed);
        Counter("mediacore.rtp.packets.other", "{packet}", "Packets of media lines beside the audio relayed (video, fax)", static s => s.OtherRelayed);
        Counter("mediacore.rtp.rtcp.sent", "{packet}", "RTCP packets of our own sent", static s => s.RtcpSent);
        _meter.CreateObservableCounter(
            "mediacore.rtp.rtcp.dropped",
            () => new[]
            {
                new Measurement<long>(Sum(static s => s.RtcpForeign), new KeyValuePair<string, object?>("reason", "foreign")),
                new Measurement<long>(Sum(static s => s.RtcpFlooded), new KeyValuePair<string, object?>("reason", "flood")),
            },
            "{packet}",
            "RTCP packets from an accepted source that were neither believed nor relayed: about another stream than the one that comes; too many in a second");
        _meter.CreateObservableCounter(
            "mediacore.calls.audio.faults",
            () => new[]
            {
                new Measurement<long>(Sum(static s => s.OneWayLegs), new KeyValuePair<string, object?>("kind", "one_way")),
                new Measurement<long>(Sum(static s => s.SilentLegs), new KeyValuePair<string, object?>("kind", "silent")),
            },
            "{leg}",
            "Legs from which nothing came although it should have, or nothing but silence");
        ObserveConferences(shards[0].Context.Rooms);
        Counter("mediacore.digits.received", "{digit}", "DTMF digits that parties sent, on legs whose digits are looked at", static s => s.DigitsReceived);
        Counter("mediacore.digits.repeated", "{digit}", "DTMF digits that came a second time in another form", static s => s.DigitsRepeated);
        Counter("mediacore.digits.dropped", "{digit}", "DTMF digits that could not be sent: too many waited, or the peer can be sent none", static s => s.DigitsDropped);
        Counter("mediacore.rtp.packets.prompt", "{packet}", "RTP packets of prompts sent", static s => s.PromptPackets);
        Gauge("mediacore.calls.transcoding", "{session}", "Sessions of two sides that are transcoded now", static s => s.Audio.Transcoding);
        Counter("mediacore.calls.transcodings", "{session}", "Sessions that began to be transcoded", static s => s.Audio.TranscodingStarted);
        Gauge("mediacore.rtp.audio.parties", "{leg}", "Legs whose sound is decoded or made here", static s => s.Audio.Parties);
        Counter("mediacore.rtp.audio.played", "ms", "Sound decoded or filled", static s => s.Audio.PlayedMilliseconds);
        Counter("mediacore.rtp.audio.concealed", "ms", "Of it, what was lost or late and had to be concealed", static s => s.Audio.ConcealedMilliseconds);
        Counter("mediacore.rtp.audio.decode.errors", "{packet}", "Payloads that could not be decoded", static s => s.Audio.DecodeErrors);
        Counter("mediacore.rtp.audio.unknown", "{packet}", "Packets of a payload type that was not negotiated, on a leg that is decoded", static s => s.Audio.UnknownPayloads);
        Counter("mediacore.rtp.audio.noise", "{packet}", "Packets of comfort noise sent in place of background noise", static s => s.Audio.NoisePackets);
        Counter("mediacore.rtp.jitter.delay", "ms", "Sum of the delays that jitter buffers aimed at, over mediacore.rtp.jitter.frames", static s => s.Audio.DelayMilliseconds);
        Counter("mediacore.rtp.jitter.frames", "{frame}", "Frames of 20 ms read from jitter buffers", static s => s.Audio.ReadFrames);
        Counter("mediacore.rtp.send.errors", "{packet}", "Packets the system did not take", static s => s.RtpSendErrors);
        _meter.CreateObservableCounter(
            "mediacore.rtp.packets.dropped",
            () => new[]
            {
                new Measurement<long>(Sum(static s => s.RtpRejectedSource), new KeyValuePair<string, object?>("reason", "source")),
                new Measurement<long>(Sum(static s => s.RtpMalformed), new KeyValuePair<string, object?>("reason", "malformed")),
                new Measurement<long>(Sum(static s => s.RtpUnreadable), new KeyValuePair<string, object?>("reason", "unreadable")),
                new Measurement<long>(Sum(static s => s.RtpUnauthenticated), new KeyValuePair<string, object?>("reason", "unauthenticated")),
                new Measurement<long>(Sum(static s => s.RtpUnprotected), new KeyValuePair<string, object?>("reason", "unprotected")),
                new Measurement<long>(Sum(static s => s.RtpStray), new KeyValuePair<string, object?>("reason", "no_call")),
                new Measurement<long>(Sum(static s => s.RtpUnbridged), new KeyValuePair<string, object?>("reason", "no_peer")),
            },
            "{packet}",
            "RTP and RTCP packets not relayed");
        _meter.CreateObservableCounter(
            "mediacore.rtp.ports.refused",
            () => new[]
            {
                new Measurement<long>(Sum(static s => s.MediaPortsExhausted), new KeyValuePair<string, object?>("reason", "exhausted")),
                new Measurement<long>(Sum(static s => s.MediaPortsResting), new KeyValuePair<string, object?>("reason", "resting")),
                new Measurement<long>(Sum(static s => s.MediaPortBindFailures), new KeyValuePair<string, object?>("reason", "bind")),
            },
            "{port}",
            "Legs that got no media port");
        _meter.CreateObservableUpDownCounter(
            "mediacore.rtp.ports",
            MeasurePorts,
            "{port}",
            "Media port pairs");
        StreamMetrics.Watch(_meter, streams);
        _meter.CreateObservableCounter("mediacore.sip.defence.connections.refused", () => streams.Refused, "{connection}", "Connections of denied or banned sources closed at once");
        _meter.CreateObservableCounter("mediacore.sip.tcp.pauses", () => streams.Pauses, "{pause}", "Times a TCP connection was not read because its shard had too much of it");
        Counter("mediacore.shard.faults", "{input}", "Inputs dropped because of a defect; anything but 0 is worth a report", static s => s.Faults);
        _meter.CreateObservableGauge(
            "mediacore.shard.busy",
            () => _shards.Select(static s => new Measurement<double>(s.Context.Statistics.BusyPerMille / 1000.0, new KeyValuePair<string, object?>("shard", s.Index))),
            "1",
            "Share of the last second in which a shard did not wait for work");
        _meter.CreateObservableUpDownCounter(
            "mediacore.shard.calls",
            () => _shards.Select(static s => new Measurement<long>(s.Context.Statistics.ActiveCalls, new KeyValuePair<string, object?>("shard", s.Index))),
            "{call}",
            "Calls of a shard that have not ended");
        Counter("mediacore.shard.turns", "{turn}", "Turns of the shards' loops", static s => s.Turns);
    }

    /// <summary>The ng protocol, where it is served.</summary>
    public void Watch(CallControl control)
    {
        _meter.CreateObservableCounter(
            "mediacore.calls.commands",
            () => Enumerable.Range(0, s_commandStatuses.Length).Select(i => new Measurement<long>(control.CountReplies((CommandStatus)i), new KeyValuePair<string, object?>("status", s_commandStatuses[i]))),
            "{command}",
            "Commands of controllers by what was replied");
        _meter.CreateObservableCounter(
            "mediacore.calls.offers",
            () => Enumerable.Range(0, s_offerResults.Length).Select(i => new Measurement<long>(Sum(s => s.Offers[i]), new KeyValuePair<string, object?>("result", s_offerResults[i]))),
            "{call}",
            "Calls that came to an application: claimed by a controller; not claimed in time; given up by the caller; not offered, because nobody listens");
        Counter("mediacore.policy.defaults", "{question}", "Questions to the control plane that were answered by their default", static s => s.AnswerDefaults);
        Counter("mediacore.policy.answers.late", "{answer}", "Answers of the control plane that came when nobody waited any more", static s => s.LateAnswers);
        Counter("mediacore.policy.answers.unusable", "{answer}", "Answers of the control plane that could not be carried out: no such trunk, route or account", static s => s.UnusableAnswers);
        Gauge("mediacore.calls.controlled", "{call}", "Calls that a controller has", static s => s.ControlledCalls);
        Counter("mediacore.calls.events", "{event}", "Events of calls published", static s => s.CallEvents);
    }

    /// <summary>Sessions of the relay, whoever asked for them: the ng protocol or the control interface.</summary>
    public void WatchRelay()
    {
        Gauge("mediacore.ng.sessions", "{session}", "Sessions of the ng protocol and of MediaRelay", static s => s.NgSessions);
        Counter("mediacore.ng.sessions.started", "{session}", "Sessions that an offer began", static s => s.NgSessionsStarted);
        Counter("mediacore.ng.sessions.rejected", "{session}", "Offers refused at ng.maxSessions", static s => s.NgRejected);
        _meter.CreateObservableCounter(
            "mediacore.ng.sessions.ended",
            () => Enumerable.Range(0, s_ngEnds.Length).Select(i => new Measurement<long>(Sum(s => s.NgSessionsEnded[i]), new KeyValuePair<string, object?>("reason", s_ngEnds[i]))),
            "{session}",
            "Sessions by how they ended");
        _meter.CreateObservableCounter(
            "mediacore.ng.sessions.incomplete",
            () => new[]
            {
                new Measurement<long>(Sum(static s => s.NgOneWayStreams), new KeyValuePair<string, object?>("media", "one_way")),
                new Measurement<long>(Sum(static s => s.NgZeroWayStreams), new KeyValuePair<string, object?>("media", "none")),
            },
            "{stream}",
            "Streams of answered sessions in which one side, or none, has sent anything");
    }

    public void Watch(NgServer ng)
    {
        _meter.CreateObservableCounter(
            "mediacore.ng.requests",
            () => Enumerable.Range(0, NgCommands.Names.Length).SelectMany(i => new[]
            {
                new Measurement<long>(ng.Statistics.Requests[i] - ng.Statistics.Errors[i], new("command", NgCommands.Names[i]), new("result", "ok")),
                new Measurement<long>(ng.Statistics.Errors[i], new("command", NgCommands.Names[i]), new("result", "error")),
            }),
            "{request}",
            "Requests by command and result");
        _meter.CreateObservableCounter("mediacore.ng.requests.repeated", () => ng.Statistics.Repeated, "{message}", "Messages that came again and got the answer that is remembered");
        _meter.CreateObservableCounter(
            "mediacore.ng.messages.dropped",
            () => new[]
            {
                new Measurement<long>(ng.Statistics.Malformed, new KeyValuePair<string, object?>("reason", "malformed")),
                new Measurement<long>(ng.Statistics.RefusedSources, new KeyValuePair<string, object?>("reason", "source")),
                new Measurement<long>(ng.Statistics.Overflowed, new KeyValuePair<string, object?>("reason", "overflow")),
            },
            "{message}",
            "Messages that were not carried out");
    }

    private void ObserveConferences(ConferenceRooms rooms)
    {
        long OfShards(Func<ConferenceStatistics, long> value) => _shards.Sum(shard => value(shard.Core.Conferences.Statistics));
        _meter.CreateObservableUpDownCounter("mediacore.conferences.active", () => rooms.Count, "{conference}", "Conferences with somebody in them");
        _meter.CreateObservableUpDownCounter("mediacore.conferences.members", () => OfShards(static s => s.Members), "{member}", "Members of conferences");
        _meter.CreateObservableCounter("mediacore.conferences.joined", () => OfShards(static s => s.Joined), "{member}", "Legs that became members of a conference");
        _meter.CreateObservableCounter("mediacore.conferences.refused", () => OfShards(static s => s.Refused), "{member}", "Legs that found a conference full, or too many conferences");
        _meter.CreateObservableCounter("mediacore.conferences.sums.late", () => OfShards(static s => s.LateSums), "{frame}", "Frames of 20 ms that another shard's members were too late for");
        _meter.CreateObservableCounter("mediacore.conferences.frames.shared", () => OfShards(static s => s.SharedFrames), "{frame}", "Frames sent to members without an encoding of their own");
    }

    /// <summary>Labels are names of the configuration, so they are as many as the operator wants.</summary>
    private void ObserveTrunks(EngineServices services)
    {
        _meter.CreateObservableUpDownCounter(
            "mediacore.sip.trunk.calls",
            () => services.Trunks.All.SelectMany(static t => new[] { Of(t, t.InboundCalls, "in"), Of(t, t.OutboundCalls, "out") }),
            "{call}",
            "Calls in progress by trunk");
        _meter.CreateObservableCounter(
            "mediacore.sip.trunk.refusals",
            () => services.Trunks.All.SelectMany(static t => new[]
            {
                Of(t, t.GetRefusals(TrunkRefusal.Calls, inbound: true), "in", "calls"),
                Of(t, t.GetRefusals(TrunkRefusal.Rate, inbound: true), "in", "rate"),
                Of(t, t.GetRefusals(TrunkRefusal.Calls, inbound: false), "out", "calls"),
                Of(t, t.GetRefusals(TrunkRefusal.Rate, inbound: false), "out", "rate"),
            }),
            "{call}",
            "Calls that a trunk's limits kept off it");
        _meter.CreateObservableCounter(
            "mediacore.sip.trunk.failovers",
            () => services.Trunks.All.Select(static t => new Measurement<long>(t.Failovers, new KeyValuePair<string, object?>("trunk", t.Name))),
            "{call}",
            "Calls that left a target of the trunk because it failed");
        _meter.CreateObservableUpDownCounter(
            "mediacore.sip.trunk.destinations.blocked",
            () => services.Trunks.All.Select(static t => new Measurement<long>(
                t.Destinations.Count(static d => d.IsBlocked(MonotonicClock.Now)), new KeyValuePair<string, object?>("trunk", t.Name))),
            "{destination}",
            "Addresses of the trunk that calls pass over");
    }

    private static Measurement<long> Of(TrunkStatus trunk, long value, string direction, string? reason = null) => reason is null
        ? new(value, new("trunk", trunk.Name), new("direction", direction))
        : new(value, new("trunk", trunk.Name), new("direction", direction), new("reason", reason));

    private void ObserveTrunkHealth(TrunkStates trunks, TimeProvider time)
    {
        _meter.CreateObservableUpDownCounter("mediacore.sip.trunk.up", () => trunks.All.Select(static t => ByTrunk(t.IsUp ? 1L : 0, t)), "{trunk}", "1 unless probing has found every destination of the trunk down");
        _meter.CreateObservableUpDownCounter(
            "mediacore.sip.trunk.registered",
            () => trunks.All.Where(static t => t.Registration is not null).Select(t => ByTrunk(t.Registration!.IsRegistered(time.GetUtcNow()) ? 1L : 0, t)),
            "{trunk}",
            "1 while the trunk's registrar has our contact");
        _meter.CreateObservableGauge(
            "mediacore.sip.trunk.probe",
            () => trunks.All.Where(static t => t.FastestProbe > TimeSpan.Zero).Select(static t => ByTrunk(t.FastestProbe.TotalSeconds, t)),
            "s",
            "Answer time of the trunk's fastest destination at its last probe");
    }

    private static Measurement<T> ByTrunk<T>(T value, TrunkStatus trunk)
        where T : struct => new(value, new KeyValuePair<string, object?>("trunk", trunk.Name));

    private void ObserveDefence(SourceGuard guard)
    {
        _meter.CreateObservableCounter("mediacore.sip.defence.dropped", () => ByDefence(), "{message}", "Messages not handled, by why; those of reason overload were answered 503");
        _meter.CreateObservableCounter("mediacore.sip.defence.bans", () => guard.BansMade, "{ban}", "Source addresses banned");
        _meter.CreateObservableUpDownCounter("mediacore.sip.defence.banned", () => (long)guard.CountBans(MonotonicClock.Now), "{address}", "Source addresses banned now");
        _meter.CreateObservableGauge(
            "mediacore.sip.overload.admitted",
            () => _shards.Count == 0 ? 1 : _shards.Min(static s => s.Context.Statistics.AdmittedPerMille) / 1000.0,
            "1",
            "Share of the new requests that the busiest shard lets in");
    }

    private IEnumerable<Measurement<long>> ByDefence()
    {
        foreach ((DefenceReason reason, string name) in s_defenceReasons)
        {
            yield return new Measurement<long>(Sum(s => s.DefenceDrops[(int)reason]), new KeyValuePair<string, object?>("reason", name));
        }
    }

    private void ObserveMessages()
    {
        _meter.CreateObservableCounter("mediacore.sip.requests", () => ByMethod(), "{request}", "Requests by method and direction");
        _meter.CreateObservableCounter("mediacore.sip.responses", () => ByClass(), "{response}", "Responses by status class and direction");
        _meter.CreateObservableCounter("mediacore.calls.ended", () => ByReason(), "{call}", "Calls by how they ended");
        _meter.CreateObservableCounter("mediacore.calls.transfers", () => ByTransfer(), "{transfer}", "Transfers by kind and result");
    }

    private void ObserveSubscriptions()
    {
        _meter.CreateObservableUpDownCounter("mediacore.sip.subscriptions", () => BySubscription(), "{subscription}", "Subscriptions held, by event package");
        _meter.CreateObservableCounter("mediacore.sip.notifications", () => ByNotification(), "{notification}", "Notifications by event package and what became of them");
    }

    private IEnumerable<Measurement<long>> BySubscription()
    {
        for (int package = 0; package < (int)EventPackage.Count; package++)
        {
            int index = package;
            yield return new Measurement<long>(Sum(s => s.Subscriptions[index]), new KeyValuePair<string, object?>("package", s_packages[package]));
        }
    }

    private IEnumerable<Measurement<long>> ByNotification()
    {
        for (int package = 0; package < (int)EventPackage.Count; package++)
        {
            for (int result = 0; result < (int)NotificationResult.Count; result++)
            {
                int index = (package * (int)NotificationResult.Count) + result;
                yield return new Measurement<long>(Sum(s => s.Notifications[index]), new("package", s_packages[package]), new("result", s_notificationResults[result]));
            }
        }
    }

    private IEnumerable<Measurement<long>> ByMethod()
    {
        for (int method = 0; method <= (int)SipMethod.Update; method++)
        {
            int index = method;
            string name = method == 0 ? "other" : ((SipMethod)method).ToString().ToUpperInvariant();
            yield return new Measurement<long>(Sum(s => s.RequestsReceived[index]), new("method", name), new("direction", "in"));
            yield return new Measurement<long>(Sum(s => s.RequestsSent[index]), new("method", name), new("direction", "out"));
        }
    }

    private IEnumerable<Measurement<long>> ByClass()
    {
        for (int status = 1; status <= 6; status++)
        {
            int index = status;
            string name = $"{status}xx";
            yield return new Measurement<long>(Sum(s => s.ResponsesReceived[index]), new("class", name), new("direction", "in"));
            yield return new Measurement<long>(Sum(s => s.ResponsesSent[index]), new("class", name), new("direction", "out"));
        }
    }

    private IEnumerable<Measurement<long>> ByReason()
    {
        for (int reason = 1; reason <= (int)CallEndReason.Shutdown; reason++)
        {
            int index = reason;
            yield return new Measurement<long>(Sum(s => s.CallsEnded[index]), new KeyValuePair<string, object?>("reason", ((CallEndReason)reason).ToString()));
        }
    }

    private IEnumerable<Measurement<long>> ByTransfer()
    {
        for (int kind = 0; kind <= (int)TransferKind.Replaced; kind++)
        {
            for (int result = 0; result < (int)TransferResult.Count; result++)
            {
                int index = (kind * (int)TransferResult.Count) + result;
                yield return new Measurement<long>(Sum(s => s.Transfers[index]), new("kind", s_transferKinds[kind]), new("result", s_transferResults[result]));
            }
        }
    }

    private void Counter(string name, string unit, string description, Func<ShardStatistics, long> read) =>
        _meter.CreateObservableCounter(name, () => Sum(read), unit, description);

    private void Gauge(string name, string unit, string description, Func<ShardStatistics, long> read) =>
        _meter.CreateObservableUpDownCounter(name, () => Sum(read), unit, description);

    private long Sum(Func<ShardStatistics, long> read) => _shards.Sum(s => read(s.Context.Statistics));

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> MeasurePorts()
    {
        foreach (IGrouping<int, MediaPortPool> pools in _shards.SelectMany(static shard => shard.Pools).GroupBy(static pool => pool.Network))
        {
            string network = _shards[0].Context.Networks.All[pools.Key].Name;
            yield return Ports("used", static pool => pool.InUse);
            yield return Ports("free", static pool => pool.Free);
            yield return Ports("resting", static pool => pool.Resting);
            yield return Ports("unbound", static pool => pool.Capacity - pool.Bound);

            Measurement<long> Ports(string state, Func<MediaPortPool, long> count) =>
                new(pools.Sum(count), new KeyValuePair<string, object?>("state", state), new KeyValuePair<string, object?>("network", network));
        }
    }
}
