using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Dialogs;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// A 2xx that comes again when its call is over and out of memory: its sender has not got our ACK and repeats it for up to 64·T1 (RFC 3261 §13.3.1.4), which is as long
/// as our transaction is there to receive it. The ACK is made of the response itself; all that is kept for it is the hash of a tag.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    private Dialog? _lateDialog;

    /// <summary>Remembers whose 2xx was acknowledged.</summary>
    private void NoteAnswer(ClientTransaction transaction, SipMessage response)
    {
        if (transaction.AnsweredTag == 0)
        {
            transaction.AnsweredTag = HashTag(response.ToTag);
        }
    }

    private ulong HashTag(ReadOnlySpan<byte> tag) => SipHash24.Hash(tag, _context.HashKey.K0, _context.HashKey.K1) | 1;

    /// <summary>
    /// Acknowledges it once more (RFC 3261 §13.2.2.4). Not the first 2xx of another fork: that would begin a dialog that nobody is left to end, while without an ACK
    /// its sender ends it.
    /// </summary>
    private void AcknowledgeLate(ClientTransaction transaction, SipMessage response)
    {
        if (transaction.AnsweredTag != HashTag(response.ToTag) || !TryReadLateDialog(response, out Dialog? dialog))
        {
            return;
        }

        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        SipWriter writer = BeginRequest(dialog, transaction.Flow, SipMethod.Ack, transaction.CSeq, WriteAckBranch(branch), 70, out _);
        Finish(ref writer, SipHeaderName.UserAgent, default, default);

        // Whether the caller wanted to be known is forgotten, so nothing that tells is added.
        _headerFilter.FilterOutbound(transaction.Trunk, SipMethod.Ack, isResponse: false, isHidden: true, _context.Scratch, ref writer);
        _context.Statistics.RequestsSent[(int)SipMethod.Ack]++;
        if (writer.Overflowed || !_context.Send(transaction.Flow, writer.Written))
        {
            _context.Statistics.TransportErrors++;
        }
    }

    /// <summary>What the response says of its dialog: tags, addresses, target and route set (RFC 3261 §12.1.2).</summary>
    private bool TryReadLateDialog(SipMessage response, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Dialog? dialog)
    {
        dialog = _lateDialog ??= new Dialog();
        dialog.Reset();
        if (!response.TryGetFrom(out NameAddress from) || !response.TryGetTo(out NameAddress to) || !response.TryGetContact(out NameAddress contact) || contact.IsWildcard)
        {
            return false;
        }

        var local = new SipWriter(_context.Scratch);
        WriteAddress(ref local, from);
        var remote = new SipWriter(_context.PartScratch);
        WriteAddress(ref remote, to);
        int headers = contact.Uri.IndexOf((byte)'?');
        if (local.Overflowed || remote.Overflowed
            || !dialog.SetIdentity(response.CallId, response.FromTag, response.ToTag, local.Written, remote.Written)
            || !dialog.SetRemoteTarget(headers < 0 ? contact.Uri : contact.Uri[..headers]))
        {
            return false;
        }

        foreach (ReadOnlySpan<byte> route in response.EnumerateValues(SipHeaderName.RecordRoute))
        {
            if (!dialog.PrependRoute(route))
            {
                return false;
            }
        }

        return true;
    }
}
