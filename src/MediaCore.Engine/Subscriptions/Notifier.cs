using MediaCore.Engine.Calls;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Subscriptions;

/// <summary>
/// The notifier of RFC 6665 §4.2 on one shard: accounts subscribe to their waiting messages and to calls. A subscription lives on the shard that its
/// SUBSCRIBE came to, and our tag leads later ones there.
/// </summary>
internal sealed partial class Notifier : ITimerOwner
{
    private readonly ShardContext _context;
    private readonly TransactionLayer _transactions;
    private readonly LocationService _locations;
    private readonly DigestGate _gate;
    private readonly BackToBackUserAgent _calls;
    private readonly SubscriptionRegistry _registry;
    private readonly Dictionary<SessionKey, Subscription> _subscriptions = [];
    private readonly Dictionary<(EventPackage Package, string Account), WatchedAccount> _watched = [];
    private readonly OwnedTimer _flowTimer;

    public Notifier(ShardContext context, TransactionLayer transactions, LocationService locations, DigestGate gate, BackToBackUserAgent calls)
    {
        _context = context;
        _transactions = transactions;
        _locations = locations;
        _gate = gate;
        _calls = calls;
        _registry = context.Services.Subscriptions;
        _flowTimer = new OwnedTimer(this);
        calls.Watcher = this;
    }

    /// <summary>Subscriptions held.</summary>
    public int Count => _subscriptions.Count;

    /// <summary>A SUBSCRIBE, in a dialog or not (RFC 6665 §4.2.1).</summary>
    public void OnSubscribe(SipMessage request, in Flow flow)
    {
        if (!EventPackages.TryRead(request, out EventPackage package, out ReadOnlySpan<byte> id))
        {
            Refuse(request, flow, 489);
            return;
        }

        if (_context.FindTrunk(flow) is not null)
        {
            // A carrier has no account, and what our accounts do is none of its business.
            _transactions.RespondStateless(request, flow, 403, default);
            return;
        }

        GateVerdict verdict = _gate.Check(request, flow, _context, out Account? account);
        if (verdict != GateVerdict.Accepted || account is null)
        {
            _gate.Refuse(request, flow, verdict, _context, _transactions);
            return;
        }

        int status = TryReadExpires(request, out TimeSpan expires) ? 0 : 423;
        status = status == 0 && !AcceptsBody(request, package) ? 406 : status;
        status = status == 0 && id.Length > SubscriptionLimits.MaxEventIdBytes ? 400 : status;
        if (status != 0)
        {
            Refuse(request, flow, status);
        }
        else if (request.ToTag.IsEmpty)
        {
            Subscribe(request, flow, package, id, account, expires);
        }
        else
        {
            Refresh(request, flow, package, id, account, expires);
        }
    }

    /// <summary>Word from another shard, or from the host.</summary>
    public void Handle(SubscriptionItem item)
    {
        switch (item)
        {
            case SubscriptionItem.DialogChanged changed:
                OnDialogChanged(changed.Dialog);
                break;
            case SubscriptionItem.DialogsWanted wanted:
                Post(wanted.Shard, new SubscriptionItem.DialogsFound(wanted.Account, _context.Index, _calls.FindDialogs(wanted.Account)));
                break;
            case SubscriptionItem.DialogsFound found when _watched.TryGetValue((EventPackage.Dialog, found.Account), out WatchedAccount? watched):
                OnDialogsFound(watched, found);
                break;
            case SubscriptionItem.MessagesChanged messages when _watched.TryGetValue((EventPackage.MessageSummary, messages.Account), out WatchedAccount? watched):
                NoteChange(watched);
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// A dialog of a watched account has changed. Called in the midst of a call's handling: nothing is sent here, and the shared buffers are not touched.
    /// </summary>
    public void OnDialogChanged(DialogView dialog)
    {
        if (_watched.TryGetValue((EventPackage.Dialog, dialog.Account), out WatchedAccount? watched) && watched.Take(dialog))
        {
            NoteChange(watched);
        }
    }

    /// <summary>We stop: every subscriber is told to look elsewhere (RFC 6665 §4.1.3, "deactivated").</summary>
    public void BeginDrain()
    {
        foreach (Subscription subscription in _subscriptions.Values.ToArray())
        {
            Finish(subscription, SubscriptionEnd.Deactivated);
        }
    }

    private void Subscribe(SipMessage request, in Flow flow, EventPackage package, ReadOnlySpan<byte> id, Account account, TimeSpan expires)
    {
        int status = ReadTarget(request, package, account, out SipUri target, out string resource);
        status = _context.IsDraining ? 503 : status;
        if (status != 0)
        {
            _transactions.RespondStateless(request, flow, status, default);
            return;
        }

        if (!_watched.TryGetValue((package, resource), out WatchedAccount? watched))
        {
            watched = new WatchedAccount(package, resource);
        }

        var subscription = new Subscription(this, watched, account.Name, flow)
        {
            EventId = id.ToArray(),
            Entity = WriteEntity(target, flow),
            ExpiresAt = _context.Now + expires,
        };
        Span<byte> tag = stackalloc byte[IdentifierSource.TagBytes];
        _context.Identifiers.WriteTag(tag);
        if (!SetUp(subscription, request, tag))
        {
            _transactions.RespondStateless(request, flow, 400, default);
            return;
        }

        status = _registry.TryEnter(account.Name, flow.Remote);
        if (status != 0)
        {
            _context.Statistics.OverloadRefusals += status == 503 ? 1 : 0;
            _transactions.RespondStateless(request, flow, status, default);
            return;
        }

        if (_transactions.Open(request, flow) is not { } transaction)
        {
            _registry.Leave(account.Name, flow.Remote);
            return;
        }

        Add(subscription);
        Accept(subscription, transaction, expires);
        bool asks = package == EventPackage.Dialog && watched.Subscriptions.Count == 1;
        if (asks)
        {
            AskForDialogs(watched);
        }

        subscription.IsDue = true;
        if (expires == TimeSpan.Zero)
        {
            subscription.End = SubscriptionEnd.Timeout;
        }
        else
        {
            _context.Wheel.Schedule(subscription.ExpiryTimer, subscription.ExpiresAt);
        }

        if (watched.Awaited > 0)
        {
            _context.Wheel.Schedule(subscription.SendTimer, watched.AskedAt + SubscriptionLimits.MaxQuery);
        }
        else
        {
            TrySend(subscription);
        }
    }

    /// <summary>A SUBSCRIBE in a dialog: goes on, or ends (RFC 6665 §4.1.2.2, §4.1.2.3).</summary>
    private void Refresh(SipMessage request, in Flow flow, EventPackage package, ReadOnlySpan<byte> id, Account account, TimeSpan expires)
    {
        if (!_subscriptions.TryGetValue(SessionKey.From(request.CallId, request.ToTag), out Subscription? subscription)
            || !subscription.Dialog.Matches(request.CallId, request.ToTag, request.FromTag)
            || subscription.End != SubscriptionEnd.None || subscription.Watched.Package != package || !id.SequenceEqual(subscription.EventId))
        {
            _transactions.RespondStateless(request, flow, 481, default);
            return;
        }

        if (subscription.Subscriber != account.Name)
        {
            // Knowing a dialog's tags is not knowing its account's password.
            _transactions.RespondStateless(request, flow, 403, default);
            return;
        }

        if (!request.TryGetCSeq(out CSeqHeader cseq) || cseq.Number == subscription.Dialog.RemoteCSeq || !subscription.Dialog.AcceptRemoteCSeq(cseq.Number))
        {
            _transactions.RespondStateless(request, flow, 500, default);
            return;
        }

        WatchedAccount watched = subscription.Watched;
        if (!Exists(watched.Account))
        {
            _transactions.RespondStateless(request, flow, 404, default);
            Finish(subscription, SubscriptionEnd.NoResource);
            return;
        }

        if (_transactions.Open(request, flow) is not { } transaction)
        {
            return;
        }

        if (request.TryGetContact(out NameAddress contact) && !contact.IsWildcard)
        {
            SetTarget(subscription, contact);
        }

        subscription.Flow = flow;
        subscription.LostAt = null;
        Accept(subscription, transaction, expires);
        if (expires == TimeSpan.Zero)
        {
            Finish(subscription, SubscriptionEnd.Timeout);
            return;
        }

        subscription.ExpiresAt = _context.Now + expires;
        _context.Wheel.Schedule(subscription.ExpiryTimer, subscription.ExpiresAt);
        if (watched.Package == EventPackage.Dialog && _context.Now - watched.AskedAt >= SubscriptionLimits.MinQueryInterval)
        {
            // Whatever a full mailbox has lost is put right now.
            AskForDialogs(watched);
        }

        // §4.2.1.2: the state is told at every refresh, and at once.
        subscription.IsDue = true;
        subscription.NotBefore = _context.Now;
        TrySend(subscription);
    }

    /// <summary>Expires of a SUBSCRIBE (RFC 6665 §4.1.2.1): 0 for one look; too short is false.</summary>
    private static bool TryReadExpires(SipMessage request, out TimeSpan expires)
    {
        if (!request.TryGetNumber(SipHeaderName.Expires, out uint seconds))
        {
            seconds = SubscriptionLimits.MaxSeconds;
        }

        expires = TimeSpan.FromSeconds(Math.Min(seconds, SubscriptionLimits.MaxSeconds));
        return seconds is 0 or >= SubscriptionLimits.MinSeconds;
    }

    private static bool AcceptsBody(SipMessage request, EventPackage package)
    {
        if (!request.Has(SipHeaderName.Accept))
        {
            return true;
        }

        int ranges = 0;
        foreach (ReadOnlySpan<byte> range in request.EnumerateValues(SipHeaderName.Accept))
        {
            if (++ranges > SubscriptionLimits.MaxAcceptRanges)
            {
                break;
            }

            if (MediaType.TryParse(range, out MediaType accepted) && accepted.Covers(EventPackages.GetContentType(package)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whose state is asked for, and whether this account may have it; 0, or the status that refuses it.</summary>
    private int ReadTarget(SipMessage request, EventPackage package, Account account, out SipUri target, out string resource)
    {
        resource = account.Name;
        if (!SipUri.TryParse(request.RequestUri, out target) || target.Scheme is not (SipUriScheme.Sip or SipUriScheme.Sips))
        {
            return 416;
        }

        if (!request.TryGetFrom(out NameAddress from) || !SipUri.TryParse(from.Uri, out SipUri sender) || !IsAccount(sender, account.Name))
        {
            return 403;
        }

        if (IsAccount(target, account.Name))
        {
            return 0;
        }

        Span<byte> user = stackalloc byte[256];
        int length = target.User.Length > user.Length ? 0 : Math.Max(0, target.UnescapeUser(user));
        if (package != EventPackage.Dialog || _context.Options.DialogSubscriptions != DialogSubscriptions.All)
        {
            return 403;
        }

        if (length == 0 || !_context.Services.Accounts!.TryGet(user[..length], out Account? other))
        {
            return 404;
        }

        resource = other.Name;
        return 0;
    }

    private static bool IsAccount(in SipUri uri, string account)
    {
        Span<byte> user = stackalloc byte[256];
        return uri.User.Length <= user.Length && uri.UnescapeUser(user) is var length and > 0 && TrunkRequests.AreEqual(user[..length], account);
    }

    private bool Exists(string account)
    {
        Span<byte> name = stackalloc byte[1024];
        return System.Text.Encoding.UTF8.TryGetBytes(account, name, out int length) && _context.Services.Accounts!.TryGet(name[..length], out _);
    }

    private static byte[] WriteEntity(in SipUri target, in Flow flow)
    {
        var writer = new SipWriter(stackalloc byte[1024]);
        writer.Raw("sip:"u8);
        writer.Raw(target.User);
        writer.Raw("@"u8);
        writer.Raw(flow.Local.Host);
        return writer.Written.ToArray();
    }

    /// <summary>The dialog that a SUBSCRIBE makes (RFC 3261 §12.1.1); false when it lacks a usable Contact or something is beyond its limit.</summary>
    private static bool SetUp(Subscription subscription, SipMessage request, ReadOnlySpan<byte> tag)
    {
        Span<byte> local = stackalloc byte[1024];
        Span<byte> remote = stackalloc byte[1024];
        if (!request.TryGetTo(out NameAddress to) || !request.TryGetFrom(out NameAddress from) || !request.TryGetCSeq(out CSeqHeader cseq)
            || !request.TryGetContact(out NameAddress contact) || contact.IsWildcard
            || !subscription.Dialog.SetIdentity(request.CallId, tag, request.FromTag, Bracket(to.Uri, local), Bracket(from.Uri, remote))
            || !SetTarget(subscription, contact) || !subscription.Dialog.AcceptRemoteCSeq(cseq.Number))
        {
            return false;
        }

        foreach (ReadOnlySpan<byte> route in request.EnumerateValues(SipHeaderName.RecordRoute))
        {
            if (!subscription.Dialog.AddRoute(route))
            {
                return false;
            }
        }

        subscription.Dialog.Confirm();
        subscription.Key = SessionKey.From(request.CallId, tag);
        return true;
    }

    private static ReadOnlySpan<byte> Bracket(ReadOnlySpan<byte> uri, Span<byte> destination)
    {
        var writer = new SipWriter(destination);
        writer.Raw("<"u8);
        writer.Text(uri);
        writer.Raw(">"u8);
        return writer.Overflowed ? default : destination[..writer.Length];
    }

    private static bool SetTarget(Subscription subscription, in NameAddress contact)
    {
        int headers = contact.Uri.IndexOf((byte)'?');
        ReadOnlySpan<byte> uri = headers < 0 ? contact.Uri : contact.Uri[..headers];
        if (!SipUri.TryParse(uri, out SipUri parsed) || parsed.Scheme is not (SipUriScheme.Sip or SipUriScheme.Sips) || !subscription.Dialog.SetRemoteTarget(uri))
        {
            return false;
        }

        ReadOnlySpan<byte> instance = ContactParameters.GetInstance(contact);
        if (!instance.SequenceEqual(subscription.Instance))
        {
            subscription.Instance = instance.ToArray();
        }

        return true;
    }

    private void Refuse(SipMessage request, in Flow flow, int status)
    {
        var headers = new SipWriter(_context.PartScratch);
        switch (status)
        {
            case 489:
                headers.Header(SipHeaderName.AllowEvents, EventPackages.AllowEvents);
                break;
            case 423:
                headers.Header(SipHeaderName.MinExpires, SubscriptionLimits.MinSeconds);
                break;
            default:
                break;
        }

        _transactions.RespondStateless(request, flow, status, headers.Written);
    }

    private void Accept(Subscription subscription, ServerTransaction transaction, TimeSpan expires)
    {
        SipWriter writer = transaction.BeginResponse(_context.Scratch, 200, subscription.Dialog.LocalTag, recordRoutes: true);
        OurContact.Write(ref writer, subscription.Flow, _context.Index);
        writer.Header(SipHeaderName.Expires, (long)expires.TotalSeconds);
        if (!_context.Capabilities.Server.IsEmpty)
        {
            writer.Header(SipHeaderName.Server, _context.Capabilities.Server);
        }

        writer.EndWithoutBody();
        _transactions.Respond(transaction, 200, writer);
    }

    private void Add(Subscription subscription)
    {
        WatchedAccount watched = subscription.Watched;
        if (watched.Subscriptions.Count == 0)
        {
            _watched[(watched.Package, watched.Account)] = watched;
            _registry.Watch(watched.Package, watched.Account, _context.Index);
        }

        if (watched.Package == EventPackage.MessageSummary)
        {
            _registry.BeginTelling(subscription.Subscriber, subscription.Source);
        }

        watched.Subscriptions.Add(subscription);
        _subscriptions[subscription.Key] = subscription;
        _context.Statistics.Subscriptions[(int)watched.Package]++;
        if (_subscriptions.Count == 1)
        {
            _context.Wheel.Schedule(_flowTimer, _context.Now + SubscriptionLimits.FlowCheck);
        }
    }

    private void Remove(Subscription subscription)
    {
        if (!_subscriptions.Remove(subscription.Key))
        {
            return;
        }

        WatchedAccount watched = subscription.Watched;
        _context.Wheel.Cancel(subscription.SendTimer);
        _context.Wheel.Cancel(subscription.ExpiryTimer);
        subscription.Transaction?.Disown();
        subscription.Transaction = null;
        subscription.Dialog.Terminate();
        _registry.Leave(subscription.Subscriber, subscription.Source);
        if (watched.Package == EventPackage.MessageSummary)
        {
            _registry.EndTelling(subscription.Subscriber, subscription.Source);
        }

        _context.Statistics.Subscriptions[(int)watched.Package]--;
        watched.Subscriptions.Remove(subscription);
        if (watched.Subscriptions.Count == 0)
        {
            _watched.Remove((watched.Package, watched.Account));
            _registry.Unwatch(watched.Package, watched.Account, _context.Index);
        }
        else
        {
            watched.Prune();
        }

        if (_subscriptions.Count == 0)
        {
            _context.Wheel.Cancel(_flowTimer);
        }
    }

    /// <summary>Asks all shards for an account's calls; our own answer at once.</summary>
    private void AskForDialogs(WatchedAccount watched)
    {
        watched.AskedAt = _context.Now;
        watched.Awaited = 0;
        watched.TakeAll(_context.Index, _calls.FindDialogs(watched.Account));
        for (int shard = 0; shard < _context.AllStatistics.Length; shard++)
        {
            if (shard != _context.Index && Post(shard, new SubscriptionItem.DialogsWanted(watched.Account, _context.Index)))
            {
                watched.Awaited++;
            }
        }
    }

    private void OnDialogsFound(WatchedAccount watched, SubscriptionItem.DialogsFound found)
    {
        long before = watched.Change;
        watched.TakeAll(found.Shard, found.Dialogs);
        if (watched.Awaited > 0 && --watched.Awaited == 0)
        {
            // Those that wait for this have told nothing yet.
            foreach (Subscription subscription in watched.Subscriptions)
            {
                if (subscription.IsDue && subscription.Version < 0)
                {
                    _context.Wheel.Schedule(subscription.SendTimer, _context.Now);
                }
            }
        }

        if (watched.Change != before)
        {
            NoteChange(watched);
        }
    }

    private bool Post(int shard, SubscriptionItem item)
    {
        if (_context.Output.Post(shard, item))
        {
            return true;
        }

        _context.Statistics.HandOverDropped++;
        return false;
    }
}
