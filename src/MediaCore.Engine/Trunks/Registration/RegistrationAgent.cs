using System.Buffers.Text;
using System.Collections.Immutable;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Trunks.Registration;

/// <summary>
/// Keeps one trunk's registrar knowing our contact (RFC 3261 §10.2): registers, refreshes before the binding ends, goes on to the next destination
/// or waits after failures (RFC 5626 §4.5), and takes the contact back at the end. Challenges are answered below it, by the transaction layer. Owned by
/// one shard, the trunk's.
/// </summary>
/// <remarks>A redirect is refused: a registrar elsewhere is not the one that the operator gave a password for. Path and Service-Route are not asked for.</remarks>
internal sealed class RegistrationAgent : SoleRequestOwner, ITimerOwner
{
    private readonly ShardContext _context;
    private readonly TransactionLayer _transactions;
    private readonly TrunkStatus _status;
    private readonly ILogger _log;
    private readonly OwnedTimer _timer;
    private readonly string _callId;
    private readonly byte[] _tag = new byte[IdentifierSource.TagBytes];
    private Trunk _trunk;
    private TrunkRegistration _options;
    private Flow _flow;
    private uint _cseq;
    private int _destination;
    private int _tried;
    private int _failures;
    private TimeSpan _expires;
    private bool _hasRaised;
    private bool _isRemoving;
    private bool _isReplaced;
    private bool _hasBinding;
    private Timestamp _until;
    private Timestamp _lookupLimit;

    public RegistrationAgent(ShardContext context, TransactionLayer transactions, Trunk trunk, TrunkStatus status)
    {
        _context = context;
        _transactions = transactions;
        _trunk = trunk;
        _options = trunk.Registration!;
        _status = status;
        _log = context.Services.Loggers.CreateLogger("MediaCore.Trunks");
        _timer = new OwnedTimer(this);
        _expires = _options.Expires;
        Span<byte> callId = stackalloc byte[32];
        IdentifierSource.WriteHex(context.Identifiers.Next(), callId[..16]);
        IdentifierSource.WriteHex(context.Identifiers.Next(), callId[16..]);
        _callId = System.Text.Encoding.ASCII.GetString(callId);
        context.Identifiers.WriteTag(_tag);
        _lookupLimit = context.Now + TrunkAgentLimits.LookupWait;
        Publish(TrunkRegistrationState.Trying, 0);
    }

    /// <summary>The configuration that it works by.</summary>
    public TrunkRegistration Options => _options;

    /// <summary>The connection of the binding; null over UDP.</summary>
    public IStreamFlow? Stream => _flow.Stream;

    /// <summary>Registers within <see cref="TrunkAgentLimits.StartSpread"/>.</summary>
    public void Start() => Wait(Draw(TimeSpan.Zero, TrunkAgentLimits.StartSpread));

    /// <summary>Takes the objects of a reload that changed nothing of the binding; with other credentials it is made anew.</summary>
    public void Update(Trunk trunk)
    {
        bool isOther = !ReferenceEquals(trunk.Credentials, _trunk.Credentials);
        _trunk = trunk;
        _options = trunk.Registration!;
        _lookupLimit = _context.Now + TrunkAgentLimits.LookupWait;
        if (isOther)
        {
            RegisterSoon();
        }
    }

    /// <summary>The registrar has come back, or the connection that it knew us by is gone: the binding is made anew at once.</summary>
    public void RegisterSoon()
    {
        if (Pending is null && !_isRemoving)
        {
            _failures = 0;
            Wait(Draw(TimeSpan.Zero, TrunkAgentLimits.StartSpread));
        }
    }

    /// <summary>Takes the binding back (RFC 3261 §10.2.2) and ends. Until its answer <see cref="ShardStatistics.LeavingRegistrations"/> counts it.</summary>
    /// <param name="isReplaced">The trunk is gone or has another registration: its status is no longer ours to write.</param>
    public void Remove(bool isReplaced)
    {
        if (_isRemoving)
        {
            return;
        }

        _isRemoving = true;
        _isReplaced = isReplaced;
        _status.Registration = isReplaced ? null : _status.Registration;
        _context.Statistics.LeavingRegistrations++;
        _context.Wheel.Cancel(_timer);
        if (Pending is { } pending)
        {
            // It may have made a binding; what it answers does not matter any more, and the CSeq of the removal is higher (§10.3 step 7).
            _hasBinding = true;
            pending.Disown();
            Pending = null;
        }

        if (!_hasBinding || !TrySend(TimeSpan.Zero))
        {
            Finish();
        }
    }

    /// <inheritdoc/>
    public void OnTimer(OwnedTimer timer)
    {
        _tried = 0;
        _hasRaised = false;
        Register();
    }

    /// <inheritdoc/>
    public override void OnResponse(ClientTransaction transaction, SipMessage response)
    {
        if (!ReferenceEquals(transaction, Pending) || response.StatusCode < 200)
        {
            return;
        }

        Pending = null;
        if (_isRemoving)
        {
            Finish();
            return;
        }

        int status = response.StatusCode;
        switch (status)
        {
            case < 300:
                OnRegistered(response);
                break;
            case 423 when TryRaise(response):
                Register();
                break;

            // The registrar itself can't: another of its kind may (RFC 3263 §4.3).
            case 408 or 480 or (>= 500 and < 600):
                FailHere(status, ReadRetryAfter(response));
                break;
            default:
                Fail(status, ReadRetryAfter(response));
                break;
        }
    }

    /// <inheritdoc/>
    public override void OnFailure(ClientTransaction transaction, bool timedOut)
    {
        if (!ReferenceEquals(transaction, Pending))
        {
            return;
        }

        Pending = null;
        if (_isRemoving)
        {
            Finish();
            return;
        }

        FailHere(0, TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public override void OnRepeated(ClientTransaction transaction, ClientTransaction repetition)
    {
        base.OnRepeated(transaction, repetition);
        _cseq = ReferenceEquals(Pending, repetition) ? repetition.CSeq : _cseq;
    }

    private void Register()
    {
        if (!_options.Registrar.WasLookedUp && _context.Now < _lookupLimit)
        {
            // The server has just started, or the trunk is new.
            Wait(TrunkAgentLimits.LookupPoll);
            return;
        }

        while (Pending is null && !TrySend(_expires))
        {
            if (!TryNextDestination())
            {
                Fail(0, TimeSpan.Zero);
                return;
            }
        }
    }

    /// <summary>Sends a REGISTER to the current destination. False when that cannot even be begun; a failure after that comes by <see cref="OnFailure"/>.</summary>
    private bool TrySend(TimeSpan expires)
    {
        ImmutableArray<SipDestination> destinations = _options.Registrar.Destinations;
        if (destinations.IsEmpty || !_context.Output.TryOpenFlow(destinations[_destination % destinations.Length], _context.Networks.NumberOf(_trunk.Network), out Flow flow))
        {
            return false;
        }

        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        ClientTransaction? transaction = _transactions.Open(SipMethod.Register, ++_cseq, this, flow, branch);
        if (transaction is null)
        {
            return false;
        }

        transaction.Trunk = _trunk;
        _flow = flow;
        Pending = transaction;
        SipWriter writer = new(_context.Scratch);
        int branchOffset = Write(ref writer, flow, branch, expires);
        _transactions.Start(transaction, writer, branchOffset);
        return true;
    }

    private int Write(ref SipWriter writer, in Flow flow, scoped ReadOnlySpan<byte> branch, TimeSpan expires)
    {
        Span<byte> text = stackalloc byte[1024];
        var address = new SipWriter(text);
        Append(ref address, "<sip:");
        Append(ref address, _options.User);
        Append(ref address, "@");
        Append(ref address, _options.Domain);
        Append(ref address, ">");
        Span<byte> uri = stackalloc byte[512];
        var registrar = new SipWriter(uri);
        Append(ref registrar, "sip:");
        Append(ref registrar, _options.Domain);

        writer.RequestLine(SipMethod.Register, registrar.Written);
        int branchOffset = TrunkRequests.WriteVia(ref writer, flow, branch);
        writer.HeaderStart(SipHeaderName.From);
        writer.Raw(address.Written);
        writer.Raw(";tag="u8);
        writer.Raw(_tag);
        writer.EndLine();
        writer.Header(SipHeaderName.To, address.Written);
        writer.HeaderStart(SipHeaderName.CallId);
        Append(ref writer, _callId);
        writer.EndLine();
        TrunkRequests.WriteCSeq(ref writer, _cseq, SipMethod.Register);
        writer.HeaderStart(SipHeaderName.Contact);
        Append(ref writer, "<sip:");
        Append(ref writer, _options.ContactUser);
        writer.Raw("@"u8);
        writer.Raw(flow.Local.HostPort);
        writer.Raw(flow.Local.UriParameters);
        writer.Raw(">"u8);
        writer.EndLine();
        writer.Header(SipHeaderName.Expires, (long)expires.TotalSeconds);
        TrunkRequests.Finish(ref writer, _context);
        return branchOffset;
    }

    private static void Append(ref SipWriter writer, string text)
    {
        Span<byte> bytes = stackalloc byte[512];
        writer.Raw(System.Text.Encoding.UTF8.TryGetBytes(text, bytes, out int length) ? bytes[..length] : default);
    }

    private void OnRegistered(SipMessage response)
    {
        TimeSpan granted = ReadExpires(response);
        bool isNews = !_hasBinding || _failures > 0;
        _hasBinding = true;
        _failures = 0;
        _until = _context.Now + granted;
        _flow.Stream?.KeepFor(granted + TimeSpan.FromMinutes(1));
        Publish(TrunkRegistrationState.Registered, response.StatusCode);

        // Long ones are refreshed in their last quarter, with the time-out of a lost REGISTER to spare; short ones in their second half. Drawn, so
        // that the registrations of one start drift apart.
        bool isLong = granted >= TimeSpan.FromMinutes(5);
        Wait(Max(TrunkAgentLimits.MinExpires / 2, Draw(granted * (isLong ? 0.75 : 0.5), granted * (isLong ? 0.9 : 0.7))));
        if (isNews)
        {
            TrunkLog.Registered(_log, _trunk.Name, (long)granted.TotalSeconds);
        }
    }

    /// <summary>What the registrar gave our contact: the contact's own parameter, else Expires, else what was asked for (RFC 3261 §10.2.4).</summary>
    private TimeSpan ReadExpires(SipMessage response)
    {
        uint? seconds = null;
        foreach (ReadOnlySpan<byte> value in response.EnumerateValues(SipHeaderName.Contact))
        {
            if (NameAddress.TryParse(value, out NameAddress contact) && !contact.IsWildcard && IsOurs(contact)
                && contact.TryGetParameter("expires"u8, out ReadOnlySpan<byte> text)
                && Utf8Parser.TryParse(text, out uint own, out int used) && used == text.Length)
            {
                seconds = own;
            }
        }

        seconds ??= response.TryGetNumber(SipHeaderName.Expires, out uint general) ? general : null;
        return seconds is null ? _expires : Max(TrunkAgentLimits.MinExpires, Min(TrunkAgentLimits.MaxExpires, TimeSpan.FromSeconds(seconds.Value)));
    }

    private bool IsOurs(scoped in NameAddress contact)
    {
        Span<byte> user = stackalloc byte[256];
        return SipUri.TryParse(contact.Uri, out SipUri uri) && uri.User.Length <= user.Length
            && TrunkRequests.AreEqual(user[..Math.Max(0, uri.UnescapeUser(user))], _options.ContactUser)
            && TrunkRequests.IsHostPort(uri, _flow.Local.HostPort);
    }

    /// <summary>423: the registrar wants a longer lifetime; once per round, so that two minds cannot quarrel (RFC 3261 §10.2.8).</summary>
    private bool TryRaise(SipMessage response)
    {
        if (_hasRaised || !response.TryGetNumber(SipHeaderName.MinExpires, out uint seconds) || seconds <= _expires.TotalSeconds || seconds > TrunkAgentLimits.MaxExpires.TotalSeconds)
        {
            return false;
        }

        _hasRaised = true;
        _expires = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static TimeSpan ReadRetryAfter(SipMessage response)
    {
        if (!response.TryGetHeader(SipHeaderName.RetryAfter, out ReadOnlySpan<byte> text) || !Utf8Parser.TryParse(text, out uint seconds, out _))
        {
            return TimeSpan.Zero;
        }

        return Min(TrunkAgentLimits.MaxRetryAfter, TimeSpan.FromSeconds(seconds));
    }

    private bool TryNextDestination()
    {
        int count = _options.Registrar.Destinations.Length;
        if (++_tried >= count)
        {
            return false;
        }

        _destination = (_destination + 1) % count;
        return true;
    }

    /// <summary>The destination failed; the next one is asked at once, and after the last of them we wait.</summary>
    private void FailHere(int status, TimeSpan retryAfter)
    {
        if (TryNextDestination())
        {
            Register();
        }
        else
        {
            Fail(status, retryAfter);
        }
    }

    private void Fail(int status, TimeSpan retryAfter)
    {
        _failures++;
        TimeSpan longest = Min(_options.MaxRetry, _options.MinRetry * Math.Pow(2, Math.Min(_failures - 1, 16)));
        TimeSpan wait = Max(Draw(longest / 2, longest), retryAfter);
        bool isBound = _hasBinding && _until > _context.Now;
        if (isBound && retryAfter == TimeSpan.Zero)
        {
            // A refresh failed while the binding still holds: there is time for more than one more try.
            wait = Min(wait, Max(TrunkAgentLimits.MinExpires / 2, (_until - _context.Now) / 2));
        }

        _hasBinding = isBound;
        Publish(isBound ? TrunkRegistrationState.Registered : TrunkRegistrationState.Failed, status);
        TrunkLog.RegistrationFailed(_log, _trunk.Name, status, wait.TotalSeconds);
        _destination++;
        Wait(wait);
    }

    private void Finish()
    {
        _context.Statistics.LeavingRegistrations--;
        _hasBinding = false;
        if (!_isReplaced)
        {
            Publish(TrunkRegistrationState.Unregistered, 0);
        }

        TrunkLog.Unregistered(_log, _trunk.Name);
    }

    private void Publish(TrunkRegistrationState state, int status)
    {
        TrunkRegistrationState? former = _status.Registration?.State;
        _status.Registration = new TrunkRegistrationStatus(
            state, state == TrunkRegistrationState.Registered ? _context.WallClock + (_until - _context.Now) : default, status, _failures);
        if (state != former && state != TrunkRegistrationState.Trying)
        {
            TrunkNews.TellRegistration(_context, _trunk, _status);
        }
    }

    private void Wait(TimeSpan span) => _context.Wheel.Schedule(_timer, _context.Now + span);

    private TimeSpan Draw(TimeSpan least, TimeSpan most) => least + ((most - least) * ((_context.Identifiers.Next() >> 11) * (1.0 / (1UL << 53))));

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
