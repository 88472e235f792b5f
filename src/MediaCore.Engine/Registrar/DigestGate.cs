using MediaCore.Engine.Defence;
using MediaCore.Engine.Questions;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Authentication;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Registrar;

/// <summary>What the gate says of a request's credentials.</summary>
internal enum GateVerdict : byte
{
    /// <summary>They are right; the account is given.</summary>
    Accepted,

    /// <summary>They are those of a request that was accepted before, and this is its retransmission; the account is given.</summary>
    Repeated,

    /// <summary>None, stale or used: 401 with a fresh challenge.</summary>
    Challenge,

    /// <summary>As <see cref="Challenge"/>, with <c>stale=true</c>.</summary>
    ChallengeStale,

    /// <summary>Wrong, whether the account exists or not: 403.</summary>
    Forbidden,

    /// <summary>Not understood: 400.</summary>
    Malformed,

    /// <summary>Its account is being asked for at the control plane: the request is kept, and handled again once that is known.</summary>
    Asking,

    /// <summary>Its account could not be asked for: 503.</summary>
    Unavailable,
}

/// <summary>Digest authentication of requests against the accounts (RFC 3261 §22.2, RFC 8760). Shared by all shards.</summary>
internal sealed class DigestGate(DigestAuthenticator authenticator, IAccountDirectory accounts, IReadOnlyList<DigestAlgorithm> offered, SipHashKey hashKey)
{
    private readonly DigestAlgorithm[] _offered = [.. offered];
    private readonly AuthenticationGuard _guard = new(hashKey);

    /// <summary>
    /// Checks the request's Authorization for our realm; others' are ignored. <paramref name="requestMark"/> is given by who has no transaction that absorbs
    /// retransmissions (<see cref="TransactionLayer.GetMark"/>).
    /// </summary>
    public GateVerdict Check(SipMessage request, in Flow flow, ShardContext context, out Account? account, uint requestMark = 0)
    {
        Span<byte> address = stackalloc byte[16];
        ReadOnlySpan<byte> peer = address[..flow.Remote.CopyAddressTo(address)];
        account = null;
        GateVerdict verdict = GateVerdict.Challenge;
        for (int row = request.FindRow(SipHeaderName.Authorization, 0); row >= 0; row = request.FindRow(SipHeaderName.Authorization, row + 1))
        {
            ReadOnlySpan<byte> value = request.GetHeaderValue(row);
            if (value.Length < 7 || !System.Text.Ascii.EqualsIgnoreCase(value[..7], "Digest "u8))
            {
                // A scheme that we do not have is as good as none (RFC 4475 §3.3.7).
                continue;
            }

            if (!DigestCredentials.TryParse(value, out DigestCredentials credentials))
            {
                return GateVerdict.Malformed;
            }

            if (!authenticator.IsOwnRealm(credentials))
            {
                continue;
            }

            if (!_guard.MayTry(credentials.Username, flow.Remote, context.Now))
            {
                // The same answer as to a wrong password, right or not: who guesses is not to learn that he has hit.
                context.Statistics.AuthenticationsBlocked++;
                return GateVerdict.Forbidden;
            }

            bool isOld = false;
            if (!accounts.TryGet(credentials.Username, out Account? found) && context.AccountQuestions is { } questions)
            {
                switch (questions.Find(credentials.Username, out found, out isOld))
                {
                    case AccountStanding.Unanswered:
                        return GateVerdict.Unavailable;
                    case AccountStanding.Unknown when authenticator.IsAnswer(credentials, request.MethodToken, request.RequestUri, context.Now, peer):
                        return questions.TryAsk(credentials.Username, authenticator.Realm, request, flow) ? GateVerdict.Asking : GateVerdict.Unavailable;
                    default:
                        break;
                }
            }

            DigestVerdict digest = authenticator.Verify(credentials, request.MethodToken, request.RequestUri, request.Body, found?.Secret, context.Now, peer, requestMark);
            switch (digest)
            {
                case DigestVerdict.Accepted when found is not null:
                    _guard.NoteSuccess(credentials.Username, flow.Remote, context.Now);
                    context.Guard.NoteProof(flow.Remote, context.Now + DefenceLimits.ProvedFor, context.Now);
                    account = found;
                    return GateVerdict.Accepted;
                case DigestVerdict.Repeated when found is not null:
                    account = found;
                    return GateVerdict.Repeated;
                case DigestVerdict.Malformed:
                    return GateVerdict.Malformed;
                case DigestVerdict.StaleNonce or DigestVerdict.Replayed or DigestVerdict.UnknownNonce:
                    verdict = GateVerdict.ChallengeStale;
                    break;
                case DigestVerdict.WrongResponse when isOld && found is not null && context.AccountQuestions!.TryAsk(credentials.Username, authenticator.Realm, request, flow):
                    return GateVerdict.Asking;
                case DigestVerdict.WrongResponse:
                    _guard.NoteFailure(credentials.Username, flow.Remote, context.Now);
                    context.Statistics.AuthenticationFailures++;
                    return GateVerdict.Forbidden;
                case DigestVerdict.UriMismatch:
                    context.Statistics.AuthenticationFailures++;
                    return GateVerdict.Forbidden;
                default:
                    break;
            }
        }

        return verdict;
    }

    /// <summary>Answers anything but <see cref="GateVerdict.Accepted"/>, keeping no state (RFC 3261 §26.3.2.4); a request whose account is being asked for is answered later.</summary>
    public void Refuse(SipMessage request, in Flow flow, GateVerdict verdict, ShardContext context, TransactionLayer transactions)
    {
        switch (verdict)
        {
            case GateVerdict.Malformed:
                transactions.RespondStateless(request, flow, 400, default);
                return;
            case GateVerdict.Forbidden:
                transactions.RespondStateless(request, flow, 403, default);
                return;
            case GateVerdict.Asking:
                return;
            case GateVerdict.Unavailable:
                transactions.RespondStateless(request, flow, 503, default);
                return;
            default:
                break;
        }

        var headers = new SipWriter(context.PartScratch);
        Span<byte> address = stackalloc byte[16];
        ReadOnlySpan<byte> peer = address[..flow.Remote.CopyAddressTo(address)];
        Span<byte> challenge = stackalloc byte[Math.Min(authenticator.MaxChallengeBytes, 1024)];
        foreach (DigestAlgorithm algorithm in _offered)
        {
            int length = authenticator.WriteChallenge(challenge, algorithm, context.Now, verdict == GateVerdict.ChallengeStale, peer);
            headers.Header(SipHeaderName.WwwAuthenticate, challenge[..length]);
        }

        transactions.RespondStateless(request, flow, 401, headers.Written);
    }
}
