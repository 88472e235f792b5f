using MediaCore.Primitives;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Defence;

/// <summary>
/// What is remembered of source addresses: how many requests they send, which are banned, which have proved who they are. An address is an IPv4 address or an IPv6
/// /64, kept as a keyed hash. Shared by all shards; tables of fixed size, about 7 MB. See docs/adr/0012-defence.md for what a spoofed address can and cannot do.
/// </summary>
internal sealed class SourceGuard
{
    private readonly SipHashKey _key;
    private readonly ILogger? _log;
    private readonly AddressSet _trusted;
    private readonly AddressSet _allow;
    private readonly AddressSet _deny;
    private readonly Rate _requests;
    private readonly Rate _answers;
    private readonly DeadlineTable _bans = new(DefenceLimits.TrackedBans);
    private readonly DeadlineTable _heard = new(DefenceLimits.TrackedBans);
    private readonly DeadlineTable _proved = new(DefenceLimits.TrackedProofs);
    private readonly DeadlineTable _known = new(DefenceLimits.TrackedProofs);
    private readonly RateTable _rates = new(DefenceLimits.TrackedSources);
    private double _cpu;
    private long _bansMade;
    private long _logSecond;
    private int _loggedInSecond;

    /// <summary>Knows nobody and limits nobody.</summary>
    public static readonly SourceGuard None = new(DefenceOptions.Off, new SipHashKey(0, 0));

    public SourceGuard(DefenceOptions options, SipHashKey key, ILogger? log = null)
    {
        Options = options;
        _key = key;
        _log = log;
        _trusted = new AddressSet(options.Trusted);
        _allow = new AddressSet(options.Allow);
        _deny = new AddressSet(options.Deny);
        _requests = Rate.PerSecond(options.RequestsPerSecond, options.Burst);
        _answers = Rate.PerWindow(options.UnidentifiedAnswers, options.UnidentifiedWindow);
        Scanners = new ScannerPatterns(options.Scanners);
    }

    public DefenceOptions Options { get; }

    public ScannerPatterns Scanners { get; }

    /// <summary>Share of all processors that the process uses, as last sampled; a number off the shards, see <see cref="ProcessLoad"/>.</summary>
    public double Cpu
    {
        get => Volatile.Read(ref _cpu);
        set => Volatile.Write(ref _cpu, value);
    }

    /// <summary>Bans made so far.</summary>
    public long BansMade => Volatile.Read(ref _bansMade);

    /// <summary>Addresses banned now.</summary>
    public int CountBans(Timestamp now) => _bans.Count(now);

    /// <summary>Whether the lists of the configuration shut the address out. <paramref name="isResponse"/>: <c>allow</c> is about requests, since we choose ourselves whom we call.</summary>
    public bool IsDenied(in NetworkEndpoint source, bool isResponse) =>
        (!_deny.IsEmpty && _deny.Contains(source)) || (!_allow.IsEmpty && !isResponse && !_allow.Contains(source));

    /// <summary>Whether nothing is heard of the address.</summary>
    public bool IsBanned(in NetworkEndpoint source, Timestamp now) => Options.IsEnabled && _bans.Contains(Hash(source), now);

    /// <summary>
    /// Whether one message of a banned address is looked at after all: once a second, so that somebody whose address another one has spoofed can still
    /// prove a password, which ends the ban.
    /// </summary>
    public bool TryHear(in NetworkEndpoint source, Timestamp now)
    {
        ulong hash = Hash(source);
        return !_heard.Contains(hash, now) && _heard.TryAdd(hash, now + DefenceLimits.HearingInterval, now);
    }

    /// <summary>What is known of the address.</summary>
    public Standing GetStanding(in NetworkEndpoint source, Timestamp now)
    {
        if (_trusted.Contains(source))
        {
            return Standing.Trusted;
        }

        ulong hash = Hash(source);
        return _proved.Contains(hash, now) ? Standing.Proved : _known.Contains(hash, now) ? Standing.Known : Standing.Stranger;
    }

    /// <summary>A request of a stranger: whether it is within the limit.</summary>
    public bool TryTakeRequest(in NetworkEndpoint source, Timestamp now) => _rates.TryTake(Hash(source), RateKind.Requests, _requests, now);

    /// <summary>An answer to a stranger who is nobody here: whether it is given.</summary>
    public bool TryTakeAnswer(in NetworkEndpoint source, Timestamp now) => _rates.TryTake(Hash(source), RateKind.Answers, _answers, now);

    /// <summary>Whether such an answer would be given.</summary>
    public bool HasAnswer(in NetworkEndpoint source, Timestamp now) => _rates.HasToken(Hash(source), RateKind.Answers, _answers, now);

    /// <summary>A stranger did what it should not; enough of that makes a ban.</summary>
    public void Strike(in NetworkEndpoint source, int strikes, Timestamp now)
    {
        ulong hash = Hash(source);
        if (!_rates.Strike(hash, strikes, now) || _known.Contains(hash, now) || _proved.Contains(hash, now) || !_bans.TryAdd(hash, now + Options.BanDuration, now))
        {
            return;
        }

        Interlocked.Increment(ref _bansMade);
        long second = now.Nanoseconds / 1_000_000_000;
        if (Interlocked.Exchange(ref _logSecond, second) != second)
        {
            Volatile.Write(ref _loggedInSecond, 0);
        }

        if (_log is not null && Interlocked.Increment(ref _loggedInSecond) <= DefenceLimits.LoggedBansPerSecond)
        {
            DefenceLog.Banned(_log, source.WithPort(0).ToIPAddress().ToString(), (long)Options.BanDuration.TotalSeconds);
        }
    }

    /// <summary>The address has proved a password: it is trusted until then, and a ban that others brought on it is over.</summary>
    public void NoteProof(in NetworkEndpoint source, Timestamp until, Timestamp now)
    {
        if (!Options.IsEnabled)
        {
            return;
        }

        ulong hash = Hash(source);
        _proved.TryAdd(hash, until, now);
        _bans.Remove(hash);
    }

    /// <summary>The address has acknowledged what we sent to it: it exists.</summary>
    public void NoteReachable(in NetworkEndpoint source, Timestamp now)
    {
        if (Options.IsEnabled)
        {
            _known.TryAdd(Hash(source), now + DefenceLimits.KnownFor, now);
        }
    }

    private ulong Hash(in NetworkEndpoint source)
    {
        // An IPv6 host has a whole /64 to choose from.
        Span<byte> bytes = stackalloc byte[16];
        int length = source.CopyAddressTo(bytes);
        ulong hash = SipHash24.Hash(bytes[..(length == 16 ? 8 : length)], _key.K0, _key.K1);
        return hash == 0 ? 1 : hash;
    }
}
