using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Authentication;
using MediaCore.Sip.Messages;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Trunks.Credentials;

/// <summary>
/// Digest as a client towards trunks (RFC 3261 §22, RFC 7616, RFC 8760): decides which challenges are answered, and writes credentials into requests, also
/// before they are asked for where a destination has asked before. Owned by its shard.
/// </summary>
internal sealed class TrunkAuthentication(ShardContext context)
{
    private static readonly TimeSpan s_logInterval = TimeSpan.FromSeconds(10);

    private readonly Dictionary<SessionOf, DigestSession> _sessions = [];
    private readonly byte[] _rows = new byte[2 * (DigestSession.MaxValueBytes + 32)];
    private readonly ILogger _log = context.Services.Loggers.CreateLogger("MediaCore.Trunks");
    private Timestamp _nextLog;

    /// <summary>The Authorization rows that belong into a request to a trunk; empty when its destination has never asked. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(ClientTransaction transaction, ReadOnlySpan<byte> message)
    {
        if (transaction.Trunk?.Credentials is not { } credentials || _sessions.Count == 0 || transaction.Method is SipMethod.Ack or SipMethod.Cancel)
        {
            return default;
        }

        ReadOnlySpan<byte> uri = message[(message.IndexOf((byte)' ') + 1)..];
        uri = uri[..Math.Max(0, uri.IndexOf((byte)' '))];
        var writer = new SipWriter(_rows);
        Append(ref writer, credentials, transaction, SipHeaderName.Authorization, uri);
        Append(ref writer, credentials, transaction, SipHeaderName.ProxyAuthorization, uri);
        return writer.Overflowed ? default : _rows.AsSpan(0, writer.Length);
    }

    /// <summary>
    /// Looks at a 401 or 407 to a request of ours; true when the request is to be sent again, with what <see cref="Write"/> then gives for it.
    /// </summary>
    /// <param name="transaction">The request.</param>
    /// <param name="response">The challenge.</param>
    /// <param name="source">Where the response came from.</param>
    /// <param name="answers">What the repetition will have answered.</param>
    public bool TryTake(ClientTransaction transaction, SipMessage response, in NetworkEndpoint source, out ChallengeAnswers answers)
    {
        answers = transaction.Challenges;
        if (transaction.Trunk is not { Credentials: { } credentials } trunk)
        {
            return false;
        }

        bool isProxy = response.StatusCode == 407;
        ChallengeAnswers answered = isProxy ? ChallengeAnswers.Proxy : ChallengeAnswers.Server;
        ChallengeAnswers answeredStale = isProxy ? ChallengeAnswers.ProxyStale : ChallengeAnswers.ServerStale;
        SipHeaderName name = isProxy ? SipHeaderName.ProxyAuthenticate : SipHeaderName.WwwAuthenticate;
        if (!trunk.Owns(transaction.Flow.Remote) || !trunk.Owns(source) || !TryChoose(transaction, credentials, response, name, out int row))
        {
            context.Statistics.ForeignChallenges++;
            Report(trunk, isForeign: true);
            return false;
        }

        var key = new SessionOf(credentials, transaction.Flow.Remote, isProxy ? SipHeaderName.ProxyAuthorization : SipHeaderName.Authorization, transaction.Method == SipMethod.Register);
        if (!DigestChallenge.TryParse(response.GetHeaderValue(row), out DigestChallenge challenge))
        {
            return false;
        }

        bool again = (transaction.Challenges & answered) == answered;
        if (again && (!challenge.Stale || (transaction.Challenges & answeredStale) == answeredStale))
        {
            // It has seen our answer and wants another one: user or password are wrong, and asking again would only lock the account.
            _sessions.Remove(key);
            context.Statistics.RefusedCredentials++;
            Report(trunk, isForeign: false);
            return false;
        }

        if (!GetSession(key).TryTake(challenge))
        {
            return false;
        }

        context.Statistics.AnsweredChallenges++;
        answers |= again ? answeredStale : answered;
        return true;
    }

    /// <summary>The strongest challenge of our realm; RFC 8760 §2.4 has the topmost where no local policy says otherwise.</summary>
    private static bool TryChoose(ClientTransaction transaction, TrunkCredentials credentials, SipMessage response, SipHeaderName name, out int chosen)
    {
        chosen = -1;
        int best = 0;
        int seen = 0;
        bool mayLearn = transaction.Method == SipMethod.Register || transaction.Purpose == RequestPurpose.InitialInvite;
        for (int row = response.FindRow(name, 0); row >= 0 && seen < TrunkAgentLimits.MaxChallenges; row = response.FindRow(name, row + 1), seen++)
        {
            if (DigestChallenge.TryParse(response.GetHeaderValue(row), out DigestChallenge challenge)
                && DigestSession.GetStrength(challenge) is int strength && strength > best && credentials.Accepts(challenge.Realm, mayLearn))
            {
                best = strength;
                chosen = row;
            }
        }

        return chosen >= 0;
    }

    private void Append(ref SipWriter writer, TrunkCredentials credentials, ClientTransaction transaction, SipHeaderName name, scoped ReadOnlySpan<byte> uri)
    {
        if (!_sessions.TryGetValue(new SessionOf(credentials, transaction.Flow.Remote, name, transaction.Method == SipMethod.Register), out DigestSession? session))
        {
            return;
        }

        Span<byte> cnonce = stackalloc byte[16];
        IdentifierSource.WriteHex(context.Identifiers.Next(), cnonce);
        Span<byte> value = stackalloc byte[DigestSession.MaxValueBytes];
        if (session.TryWrite(value, out int length, SipMethods.GetToken(transaction.Method), uri, cnonce))
        {
            writer.Header(name, value[..length]);
        }
    }

    private DigestSession GetSession(in SessionOf key)
    {
        if (!_sessions.TryGetValue(key, out DigestSession? session))
        {
            if (_sessions.Count >= TrunkAgentLimits.MaxDigestSessions)
            {
                _sessions.Clear();
            }

            session = new DigestSession(key.Credentials.User, key.Credentials.Password);
            _sessions.Add(key, session);
        }

        return session;
    }

    private void Report(Trunk trunk, bool isForeign)
    {
        if (context.Now < _nextLog)
        {
            return;
        }

        _nextLog = context.Now + s_logInterval;
        if (isForeign)
        {
            TrunkLog.ForeignChallenge(_log, trunk.Name);
        }
        else
        {
            TrunkLog.CredentialsRefused(_log, trunk.Name);
        }
    }

    /// <summary>
    /// What a challenge is remembered by. A registrar's is not that of the proxy at the same address: an Authorization row that nobody there asked for would travel on with
    /// the call, to whoever is at its end, who could guess at the password with it.
    /// </summary>
    private readonly record struct SessionOf(TrunkCredentials Credentials, NetworkEndpoint Destination, SipHeaderName Row, bool IsRegistration);
}
