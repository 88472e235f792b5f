using System.Text;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Tracing;

/// <summary>
/// The last dialogs of one shard with their messages; the shard's own, like everything it has. It is only there while traces are on, and then each message of a call is copied.
/// Messages stand by their SIP Call-ID, since the first comes before there is a call; <see cref="Bind"/> says whose they are.
/// </summary>
internal sealed class SignallingTrace(int maxDialogs, long maxBytes)
{
    private readonly Dictionary<string, Dialog> _dialogs = new(StringComparer.Ordinal);
    private readonly Queue<Dialog> _order = new();
    private readonly SipMessage _reader = new();
    private long _bytes;
    private long _recorded;

    /// <summary>What happened to the calls' media.</summary>
    public MediaTimeline Timeline { get; } = new(Math.Max(1, maxDialogs / TraceLimits.DialogsPerCall));

    /// <summary>Keeps a message that was received or is sent, when it may be one of a call.</summary>
    public void Record(bool isSent, in Flow flow, ReadOnlySpan<byte> bytes, DateTimeOffset now)
    {
        byte[] copy = bytes.ToArray();
        if (_reader.Parse(copy, 0, copy.Length) != ParseStatus.Complete || _reader.Method is SipMethod.Register or SipMethod.Options or SipMethod.Subscribe or SipMethod.Publish)
        {
            return;
        }

        Dialog dialog = Get(Encoding.Latin1.GetString(_reader.CallId));
        if (dialog.Messages.Count >= TraceLimits.MaxMessagesPerDialog || copy.Length > maxBytes)
        {
            dialog.LeftOut++;
            return;
        }

        MessageSecrets.Hide(copy, _reader.Body.Length, _reader.Method);
        dialog.Messages.Add(new TracedMessage(now, _recorded++, 0, isSent, ListenerIdentity.NameOf(flow.Local.Transport), flow.Local.Local, flow.Remote, copy));
        dialog.Bytes += copy.Length;
        _bytes += copy.Length;
        while (_bytes > maxBytes && _order.TryPeek(out Dialog? oldest) && oldest != dialog)
        {
            Forget();
        }
    }

    /// <summary>Says which leg of which call the messages of a SIP Call-ID belong to.</summary>
    public void Bind(ReadOnlySpan<byte> sipCallId, string callId, int leg)
    {
        Dialog dialog = Get(Encoding.Latin1.GetString(sipCallId));
        dialog.CallId ??= callId;
        dialog.Leg = leg;
    }

    /// <summary>What was kept of a call here; null for nothing.</summary>
    public CallTrace? Find(string callId)
    {
        Dialog[] dialogs = [.. _order.Where(dialog => dialog.CallId == callId)];
        (IReadOnlyList<TracedNote> notes, long leftOut) = Timeline.Find(callId);
        TracedMessage[] messages = [.. dialogs.SelectMany(static dialog => dialog.Messages.Select(message => message with { LegIndex = dialog.Leg })).OrderBy(static message => message.Order)];
        return dialogs.Length + notes.Count == 0 ? null : new CallTrace(callId, messages, leftOut + dialogs.Sum(static dialog => dialog.LeftOut)) { Notes = notes };
    }

    private Dialog Get(string sipCallId)
    {
        if (_dialogs.TryGetValue(sipCallId, out Dialog? dialog))
        {
            return dialog;
        }

        if (_order.Count >= maxDialogs)
        {
            Forget();
        }

        dialog = new Dialog(sipCallId);
        _dialogs.Add(sipCallId, dialog);
        _order.Enqueue(dialog);
        return dialog;
    }

    private void Forget()
    {
        Dialog oldest = _order.Dequeue();
        _dialogs.Remove(oldest.SipCallId);
        _bytes -= oldest.Bytes;
    }

    private sealed class Dialog(string sipCallId)
    {
        public string SipCallId { get; } = sipCallId;

        public string? CallId { get; set; }

        public int Leg { get; set; }

        public List<TracedMessage> Messages { get; } = [];

        public long LeftOut { get; set; }

        public long Bytes { get; set; }
    }
}
