using System.Text;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Subscriptions;

/// <summary>
/// Tells registered phones that do not subscribe of their messages (<see cref="MessageNotifications.Phones"/>): a NOTIFY outside of any dialog with <c>Subscription-State: terminated</c>, as it has no subscription to belong to. A phone that has
/// subscribed from where it registered is told by that alone. There is one at a time for each phone, and the last state is what counts: what changes meanwhile goes with the next. Owned by its shard.
/// </summary>
internal sealed class LampNotifier(ShardContext context, TransactionLayer transactions, LocationService locations)
{
    private readonly Dictionary<(string Account, NetworkEndpoint Phone), LampNotice> _notices = [];

    /// <summary>Phones that are being told; 0 when all have been.</summary>
    public int Count => _notices.Count;

    private IMessageSummaries? Summaries => context.Options.MessageNotifications == MessageNotifications.Phones ? context.Services.MessageSummaries : null;

    /// <summary>A phone has registered, for the first time or again: its lamp may show what was long ago.</summary>
    public void OnRegistered(string account, in NetworkEndpoint phone)
    {
        if (Summaries?.TryGet(account, out _) == true)
        {
            Tell(account, phone);
        }
    }

    /// <summary>Other messages wait for an account.</summary>
    public void OnChanged(string account)
    {
        foreach (Binding binding in locations.Get(account, context.Now))
        {
            Tell(account, binding.Flow.Remote);
        }
    }

    /// <summary>Sends what is to be told by now; a phone that was told long enough ago is forgotten.</summary>
    public void GoOn(LampNotice notice)
    {
        if (notice.Transaction is not null)
        {
            return;
        }

        if (!notice.IsDue || !TrySend(notice))
        {
            Forget(notice);
        }
    }

    public void OnAnswered(LampNotice notice, NotificationResult result)
    {
        NoteResult(result);
        context.Wheel.Schedule(notice.Timer, notice.NotBefore > context.Now ? notice.NotBefore : context.Now);
    }

    /// <summary>The phone is not there, and is told when it registers again.</summary>
    public void OnFailed(LampNotice notice, NotificationResult result)
    {
        NoteResult(result);
        Forget(notice);
    }

    private void Tell(string account, in NetworkEndpoint phone)
    {
        if (context.Services.Subscriptions.IsTold(account, phone))
        {
            return;
        }

        if (_notices.TryGetValue((account, phone), out LampNotice? notice))
        {
            // The answer to the one under way, or the end of its second, sends the next.
            notice.IsDue = true;
            return;
        }

        if (_notices.Count >= SubscriptionLimits.MaxNotices)
        {
            NoteResult(NotificationResult.Unsent);
            return;
        }

        notice = new LampNotice(this, account, phone) { IsDue = true };
        _notices.Add((account, phone), notice);
        GoOn(notice);
    }

    private bool TrySend(LampNotice notice)
    {
        if (Find(notice) is not { } binding || context.Services.MessageSummaries?.TryGet(notice.Account, out MessageSummary summary) is not true)
        {
            return false;
        }

        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        if (!BackToBackUserAgent.TryReach(context, binding, out Flow flow) || transactions.Open(SipMethod.Notify, 1, notice, flow, branch) is not { } transaction)
        {
            NoteResult(NotificationResult.Unsent);
            return false;
        }

        notice.IsDue = false;
        notice.NotBefore = context.Now + SubscriptionLimits.MinInterval;
        notice.Transaction = transaction;
        var writer = new SipWriter(context.Scratch);
        int branchOffset = Write(ref writer, notice.Account, summary, binding, flow, branch);
        transactions.Start(transaction, writer, branchOffset);
        return true;
    }

    private Binding? Find(LampNotice notice)
    {
        foreach (Binding binding in locations.Get(notice.Account, context.Now))
        {
            if (binding.Flow.Remote == notice.Phone)
            {
                return binding;
            }
        }

        return null;
    }

    private int Write(ref SipWriter writer, string account, in MessageSummary summary, Binding binding, in Flow flow, scoped ReadOnlySpan<byte> branch)
    {
        ReadOnlySpan<byte> target = binding.Uri;
        int headers = target.IndexOf((byte)'?');
        writer.RequestLine(SipMethod.Notify, headers < 0 ? target : target[..headers]);
        int branchOffset = TrunkRequests.WriteVia(ref writer, flow, branch);
        ReadOnlySpan<byte> path = binding.Path;
        while (!path.IsEmpty)
        {
            int end = path.IndexOf((byte)'\n');
            writer.Header(SipHeaderName.Route, path[..end]);
            path = path[(end + 1)..];
        }

        Span<byte> room = stackalloc byte[512];
        scoped ReadOnlySpan<byte> entity = room[..WriteEntity(account, flow, room)];
        Span<byte> tag = stackalloc byte[IdentifierSource.TagBytes];
        context.Identifiers.WriteTag(tag);
        WriteAddress(ref writer, SipHeaderName.From, entity);
        writer.Raw(";tag="u8);
        writer.Raw(tag);
        writer.EndLine();
        WriteAddress(ref writer, SipHeaderName.To, entity);
        writer.EndLine();
        Span<byte> callId = stackalloc byte[32];
        IdentifierSource.WriteHex(context.Identifiers.Next(), callId[..16]);
        IdentifierSource.WriteHex(context.Identifiers.Next(), callId[16..]);
        writer.Header(SipHeaderName.CallId, callId);
        TrunkRequests.WriteCSeq(ref writer, 1, SipMethod.Notify);
        OurContact.Write(ref writer, flow, context.Index);
        writer.Header(SipHeaderName.Event, EventPackages.GetName(EventPackage.MessageSummary));
        writer.Header(SipHeaderName.SubscriptionState, "terminated"u8);
        if (!context.Capabilities.Server.IsEmpty)
        {
            writer.Header(SipHeaderName.UserAgent, context.Capabilities.Server);
        }

        var body = new SipWriter(context.PartScratch);
        NotificationBody.WriteSummary(ref body, entity, summary);
        writer.Body(EventPackages.GetContentType(EventPackage.MessageSummary), body.Written);
        return branchOffset;
    }

    private static int WriteEntity(string account, in Flow flow, Span<byte> destination)
    {
        var writer = new SipWriter(destination);
        Span<byte> name = stackalloc byte[256];
        writer.Raw("sip:"u8);
        writer.Raw(Encoding.UTF8.TryGetBytes(account, name, out int length) ? name[..length] : default);
        writer.Raw("@"u8);
        writer.Raw(flow.Local.Host);
        return writer.Length;
    }

    private static void WriteAddress(ref SipWriter writer, SipHeaderName name, scoped ReadOnlySpan<byte> uri)
    {
        writer.HeaderStart(name);
        writer.Raw("<"u8);
        writer.Raw(uri);
        writer.Raw(">"u8);
    }

    private void Forget(LampNotice notice)
    {
        context.Wheel.Cancel(notice.Timer);
        _notices.Remove((notice.Account, notice.Phone));
    }

    private void NoteResult(NotificationResult result) => context.Statistics.Notifications[((int)EventPackage.MessageSummary * (int)NotificationResult.Count) + (int)result]++;
}
