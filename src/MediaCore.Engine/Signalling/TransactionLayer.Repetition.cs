using MediaCore.Engine.Trunks.Credentials;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Signalling;

/// <summary>Credentials in requests to trunks, and requests that a trunk challenged (RFC 3261 §22.2): done here once for every method.</summary>
internal sealed partial class TransactionLayer
{
    /// <summary>Keeps the request as it will be sent: with credentials, where its destination has asked for some before.</summary>
    private void StoreRequest(ClientTransaction transaction, ReadOnlySpan<byte> message, int branchOffset)
    {
        ReadOnlySpan<byte> rows = transaction.Trunk is null ? default : _authentication.Write(transaction, message);
        if (rows.IsEmpty)
        {
            transaction.StoreRequest(message, branchOffset);
            if (transaction is { IsInvite: true, Leg.Credentials: { } former })
            {
                former.Clear();
            }

            return;
        }

        // Behind the Via and the end of its line.
        transaction.StoreRequest(message, branchOffset, branchOffset + ClientTransaction.BranchBytes + RequestVia.BehindBranch.Length + 2, rows);
        if (transaction is { IsInvite: true, Leg: { } leg })
        {
            leg.Credentials ??= new LegCredentials();
            leg.Credentials.Keep(rows);
        }
    }

    /// <summary>
    /// Answers a 401 or 407: the same request with a new branch and the next CSeq number, and credentials. False when the challenge is not ours to answer, or
    /// the request is no longer wanted; it then goes on as a refusal.
    /// </summary>
    private bool TryRepeat(ClientTransaction transaction, SipMessage response)
    {
        if (transaction.Trunk?.Credentials is null
            || !_authentication.TryTake(transaction, response, _responseSource, out ChallengeAnswers answers)
            || !User.TryGetNextCSeq(transaction, out uint cseq))
        {
            return false;
        }

        SipMessage request = _context.OwnMessage;
        if (request.Parse(transaction.RequestArray, 0, transaction.Request.Length) != ParseStatus.Complete)
        {
            return false;
        }

        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        ClientTransaction? repetition = Open(transaction.Method, cseq, transaction.Purpose, transaction.Flow, transaction.Leg, transaction.Owner, branch);
        if (repetition is null)
        {
            return false;
        }

        // Without it a loop through a trunk that challenges would not be found (RFC 5393 §4.2); shard, slot, generation and half of the random digits are new.
        LoopToken.Copy(transaction.Branch, branch);
        repetition.Trunk = transaction.Trunk;
        repetition.Challenges = answers;
        var writer = new SipWriter(_context.Scratch);
        int branchOffset = WriteAgain(ref writer, request, transaction, cseq, branch);
        User.OnRepeated(transaction, repetition);
        Start(repetition, writer, branchOffset);
        return true;
    }

    private static int WriteAgain(ref SipWriter writer, SipMessage request, ClientTransaction transaction, uint cseq, scoped ReadOnlySpan<byte> branch)
    {
        int branchOffset = 0;
        writer.RequestLine(transaction.Method, request.RequestUri);
        for (int i = 0; i < request.HeaderCount; i++)
        {
            switch (request.GetHeaderName(i))
            {
                case SipHeaderName.Via:
                    ReadOnlySpan<byte> via = request.GetHeaderValue(i);
                    writer.HeaderStart(SipHeaderName.Via);
                    writer.Raw(via[..^(ClientTransaction.BranchBytes + RequestVia.BehindBranch.Length)]);
                    branchOffset = writer.Length;
                    writer.Raw(branch);
                    writer.Raw(RequestVia.BehindBranch);
                    writer.EndLine();
                    break;
                case SipHeaderName.CSeq:
                    writer.HeaderStart(SipHeaderName.CSeq);
                    writer.Raw(cseq);
                    writer.Raw(" "u8);
                    writer.Raw(SipMethods.GetToken(transaction.Method));
                    writer.EndLine();
                    break;
                case SipHeaderName.Authorization or SipHeaderName.ProxyAuthorization:
                    // Those that still hold are written anew.
                    break;
                default:
                    writer.CopyHeader(request, i);
                    break;
            }
        }

        writer.EndLine();
        writer.Raw(request.Body);
        return branchOffset;
    }
}
