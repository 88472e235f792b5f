using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Authentication;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Registrar;

/// <summary>What the gate says of a request's credentials.</summary>
internal enum GateVerdict : byte
{
    /// <summary>They are right; the account is given.</summary>
    Accepted,

    /// <summary>None, stale or used: 401 with a fresh challenge.</summary>
    Challenge,

    /// <summary>As <see cref="Challenge"/>, with <c>stale=true</c>.</summary>
    ChallengeStale,

    /// <summary>Wrong, whether the account exists or not: 403.</summary>
    Forbidden,

    /// <summary>Not understood: 400.</summary>
    Malformed,
}

/// <summary>Digest authentication of requests against the accounts (RFC 3261 §22.2, RFC 8760). Shared by all shards.</summary>
internal sealed class DigestGate(DigestAuthenticator authenticator, IAccountDirectory accounts, IReadOnlyList<DigestAlgorithm> offered)
{
    private readonly DigestAlgorithm[] _offered = [.. offered];

    /// <summary>Checks the request's Authorization for our realm; others' are ignored.</summary>
    public GateVerdict Check(SipMessage request, ShardContext context, out Account? account)
    {
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

            accounts.TryGet(credentials.Username, out Account? found);
            DigestVerdict digest = authenticator.Verify(credentials, request.MethodToken, request.RequestUri, request.Body, found?.Secret, context.Now);
            switch (digest)
            {
                case DigestVerdict.Accepted when found is not null:
                    account = found;
                    return GateVerdict.Accepted;
                case DigestVerdict.Malformed:
                    return GateVerdict.Malformed;
                case DigestVerdict.StaleNonce or DigestVerdict.Replayed or DigestVerdict.UnknownNonce:
                    verdict = GateVerdict.ChallengeStale;
                    break;
                case DigestVerdict.WrongResponse or DigestVerdict.UriMismatch:
                    context.Statistics.AuthenticationFailures++;
                    return GateVerdict.Forbidden;
                default:
                    break;
            }
        }

        return verdict;
    }

    /// <summary>Answers anything but <see cref="GateVerdict.Accepted"/>, keeping no state (RFC 3261 §26.3.2.4).</summary>
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
            default:
                break;
        }

        var headers = new SipWriter(context.PartScratch);
        Span<byte> challenge = stackalloc byte[Math.Min(authenticator.MaxChallengeBytes, 1024)];
        foreach (DigestAlgorithm algorithm in _offered)
        {
            int length = authenticator.WriteChallenge(challenge, algorithm, context.Now, verdict == GateVerdict.ChallengeStale);
            headers.Header(SipHeaderName.WwwAuthenticate, challenge[..length]);
        }

        transactions.RespondStateless(request, flow, 401, headers.Written);
    }
}
