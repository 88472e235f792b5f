using Microsoft.Extensions.Logging;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.MediaSessions.Control;
using MediaCore.Engine.Relaying;
using MediaCore.Engine.Shards;
using MediaCore.Primitives;
using MediaCore.Sdp;
using MediaCore.Transport.Media;

namespace MediaCore.Engine.Ng;

/// <summary>
/// The sessions of the ng protocol on one shard: a session is on the shard that the hash of its Call-ID says. Commands come by the mailbox, read already; answers go back as dictionaries.
/// Media is the shard's <see cref="RtpRelay"/> on <see cref="MediaLeg"/>s, as for calls of our own: a party's legs are the ports that face it, and their peers are the legs of the party that
/// it talks to. Owned by its shard.
/// </summary>
internal sealed partial class NgSessions
{
    private readonly ShardContext _context;
    private readonly IMediaPorts _ports;
    private readonly NgOptions _options;
    private readonly AudioSessions _audio;
    private readonly MediaControl _media;
    private readonly RtpRelay _relay;
    private readonly Dictionary<string, NgSession> _sessions = new(StringComparer.Ordinal);
    private readonly Stack<NgStream> _streams = new();
    private readonly SdpDescription _description = new();
    private readonly SdpDescription _written = new();
    private readonly NgRewriter _rewriter = new();
    private readonly int _maxSessions;
    private readonly ILogger _log;

    public NgSessions(ShardContext context, IMediaPorts ports, RtpRelay relay, AudioSessions audio, MediaControl media)
    {
        _relay = relay;
        _audio = audio;
        _media = media;
        _context = context;
        _ports = ports;
        _options = context.Options.Ng;
        _maxSessions = _options.MaxSessions;
        _log = context.Services.Loggers.CreateLogger("MediaCore.Ng");
    }

    /// <summary>Sessions held, those that wait for their deletion included.</summary>
    public int Count => _sessions.Count;

    /// <summary>Carries out one request.</summary>
    public NgDictionary Handle(NgRequest request)
    {
        NgDictionary answer = request.Error is { } error ? NgAnswers.Error(error) : Dispatch(request);
        if (request.Warnings.Count > 0 && answer["warning"] is null && NgAnswers.IsOk(answer))
        {
            answer["warning"] = string.Join("; ", request.Warnings);
        }

        return answer;
    }

    /// <summary>Call-ids of sessions, at most as many as the request wants.</summary>
    public NgDictionary List(NgRequest request) =>
        new() { ["result"] = "ok", ["calls"] = NgValue.Of([.. _sessions.Keys.Where(static k => !RelayKey.IsRelay(k)).Take(Math.Min(request.Limit, NgLimits.MaxListed)).Select(static k => (NgValue)k)]) };

    /// <summary>Sessions on all shards, as of a moment ago.</summary>
    private long TotalSessions => _context.AllStatistics.Sum(static s => s.NgSessions);

    /// <summary>Ends all sessions, at shutdown.</summary>
    public void EndAll()
    {
        foreach (NgSession session in _sessions.Values.ToArray())
        {
            End(session, NgSessionEnd.Shutdown);
        }
    }

    private NgDictionary Dispatch(NgRequest request)
    {
        if (request.CallId.Length == 0)
        {
            return NgAnswers.Error("No call-id in message");
        }

        return request.Command switch
        {
            NgCommand.Offer => Offer(request),
            NgCommand.Answer => Answer(request),
            NgCommand.Delete => Delete(request),
            NgCommand.Query => Query(request),
            _ => Control(request),
        };
    }

    /// <summary>Looks again when the first of the limits may be reached: nothing is done per packet.</summary>
    private void Watch(NgSession session)
    {
        Timestamp next = session.EndsAt;
        (TimeSpan limit, _) = GetLimit(session);
        if (limit > TimeSpan.Zero)
        {
            next = Timestamp.Min(next, GetLastActivity(session) + limit);
        }

        if (IsPiercing(session))
        {
            next = Timestamp.Min(next, _context.Now + NgLimits.PierceInterval);
        }

        if (next == Timestamp.Never)
        {
            _context.Wheel.Cancel(session.Timer);
        }
        else
        {
            _context.Wheel.Schedule(session.Timer, next);
        }
    }

    /// <summary>A session's timer is due.</summary>
    internal void OnTimer(NgSession session)
    {
        (TimeSpan limit, NgSessionEnd reason) = GetLimit(session);
        if (session.EndsAt <= _context.Now)
        {
            End(session, NgSessionEnd.Deleted);
        }
        else if (limit > TimeSpan.Zero && GetLastActivity(session) + limit <= _context.Now)
        {
            NgLog.TimedOut(_log, reason, limit.TotalSeconds);
            End(session, reason);
        }
        else
        {
            Pierce(session);
            Watch(session);
        }
    }

    private (TimeSpan Limit, NgSessionEnd Reason) GetLimit(NgSession session) =>
        !session.IsAnswered ? (_options.OfferTimeout, NgSessionEnd.OfferTimeout)
        : session.Streams.Any(static s => s is { Leg.Peer: not null, MaySend: true }) ? (_options.MediaTimeout, NgSessionEnd.MediaTimeout)
        : (_options.SilentTimeout, NgSessionEnd.SilentTimeout);

    private static Timestamp GetLastActivity(NgSession session)
    {
        Timestamp last = session.LastSignal;
        foreach (NgStream stream in session.Streams)
        {
            last = stream.Leg.LastHeard > last ? stream.Leg.LastHeard : last;
        }

        return last;
    }

    private void Touch(NgSession session)
    {
        session.LastSignal = _context.Now;
        session.LastSignalAt = _context.WallClock;
    }

    /// <summary>Where a stream's ports are reached; the address alone where there is no stream.</summary>
    private NetworkEndpoint GetLocal(NgStream? stream, NgRequest request)
    {
        MediaPort? port = stream?.Leg.Port;
        NetworkEndpoint address = request.MediaAddress.HasAddress ? request.MediaAddress
            : port is not null ? _context.Networks.GetAdvertised(port)
            : _context.Networks.GetAdvertised(network: 0);
        return address.WithPort(port?.Port ?? 0);
    }

    /// <summary>The network that a controller's name means; where there is one alone, any name means that one.</summary>
    private int FindNetwork(NgRequest request, string? name)
    {
        int number = 0;
        if (name is { Length: > 0 } && _context.Networks.All.Length > 1 && !_context.Networks.TryGetNumber(name, out number))
        {
            request.Warn($"ignored: interface {name}");
        }

        return number;
    }

    /// <summary>Takes ports for a stream that has none, of a network, and of a family where it has such.</summary>
    private bool TryOpen(NgSession session, NgStream stream, int network, bool isIPv6)
    {
        if (stream.Leg.Port is not null)
        {
            return true;
        }

        if (!_ports.TryAllocate(_context.Now, network, isIPv6, out MediaPort? port))
        {
            return false;
        }

        if (session.TrafficClass is { } octet)
        {
            port.TrySetTrafficClass(octet);
        }

        stream.Leg.Open(port, _context.Now);
        stream.Leg.Latch.AllowsHandover = _context.Options.MediaHandover;
        stream.Leg.Latch.SendsToSignalled = stream.Leg.Latch.WaitsForPeer = stream.Leg.Latch.AcceptsSignalledAddressOnly = false;
        stream.Leg.CallId = session.CallId;
        return true;
    }

    private void Close(NgStream stream)
    {
        EndRecording(stream);
        stream.Keys?.Clear();
        stream.Offered.Clear();
        if (stream.Leg.Close() is { } port)
        {
            _ports.Release(port, _context.Now);
        }
    }

    private void Recycle(NgStream stream)
    {
        Close(stream);
        stream.Clear();
        if (!stream.Leg.IsOpaque && _streams.Count < NgLimits.MaxIdleStreams)
        {
            _streams.Push(stream);
        }
    }

    private void Remove(NgSession session, NgParty party)
    {
        Drop(party);
        foreach (NgStream stream in party.Streams)
        {
            Recycle(stream);
        }

        party.Streams.Clear();
        session.Parties.Remove(party);
        foreach (NgParty other in session.Parties)
        {
            other.Peer = ReferenceEquals(other.Peer, party) ? null : other.Peer;
            other.Counterpart = ReferenceEquals(other.Counterpart, party) ? null : other.Counterpart;
        }
    }

    private void End(NgSession session, NgSessionEnd reason)
    {
        CountWays(session);
        while (session.Parties.Count > 0)
        {
            Remove(session, session.Parties[^1]);
        }

        _context.Wheel.Cancel(session.Timer);
        _sessions.Remove(session.CallId);
        CountEnd(session, reason);
    }

    private void CountEnd(NgSession session, NgSessionEnd reason)
    {
        ShardStatistics statistics = _context.Statistics;
        long milliseconds = (long)(_context.Now - session.Opened).TotalMilliseconds;
        statistics.NgSessions = _sessions.Count;
        statistics.NgSessionsEnded[(int)reason]++;
        statistics.NgSessionMilliseconds += milliseconds;
        if (session.IsMediaRelay)
        {
            statistics.MediaRelaySessions--;
            statistics.MediaRelaySessionsEnded[(int)reason]++;
            statistics.MediaRelaySessionMilliseconds += milliseconds;
        }
    }

    /// <summary>Whether a session that was answered had media in one direction only, or none.</summary>
    private void CountWays(NgSession session)
    {
        if (!session.IsAnswered)
        {
            return;
        }

        foreach (NgParty party in session.Parties)
        {
            if (!party.IsOfferer || party.Peer is not { } peer)
            {
                continue;
            }

            for (int i = 0; i < Math.Min(party.Streams.Count, peer.Streams.Count); i++)
            {
                bool there = party.Streams[i].Leg.Received.Packets > 0;
                bool back = peer.Streams[i].Leg.Received.Packets > 0;
                if (party.Streams[i].Leg.Port is not null)
                {
                    _context.Statistics.NgZeroWayStreams += there || back ? 0 : 1;
                    _context.Statistics.NgOneWayStreams += there != back ? 1 : 0;
                }
            }
        }
    }
}
