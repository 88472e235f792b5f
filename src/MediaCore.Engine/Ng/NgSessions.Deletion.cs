namespace MediaCore.Engine.Ng;

/// <summary>The end of sessions and of branches.</summary>
internal sealed partial class NgSessions
{
    private const string NotFound = "Call-ID not found or tags didn't match";

    private NgDictionary Delete(NgRequest request)
    {
        if (!_sessions.TryGetValue(request.CallId, out NgSession? session) || !TryFindDeleted(session, request, out NgParty? branch))
        {
            return request.Has(NgFlags.Fatal) ? NgAnswers.Error(NotFound) : new NgDictionary { ["warning"] = NotFound, ["result"] = "ok" };
        }

        NgDictionary answer = Describe(session, null);
        if (branch is not null)
        {
            Remove(session, branch);
            Touch(session);
            Watch(session);
            return answer;
        }

        TimeSpan delay = request.DeleteDelay ?? _options.DeleteDelay;
        if (delay > TimeSpan.Zero)
        {
            session.EndsAt = _context.Now + delay;
            Watch(session);
        }
        else
        {
            End(session, NgSessionEnd.Deleted);
        }

        return answer;
    }

    /// <summary>
    /// What a delete means: the session (<paramref name="branch"/> null), or one branch of a fork while there are others: the one that <c>via-branch</c> names, or a <c>to-tag</c> that
    /// the offerer does not talk to.
    /// </summary>
    private static bool TryFindDeleted(NgSession session, NgRequest request, out NgParty? branch)
    {
        branch = null;
        if (request.FromTag is null && request.ToTag is null && request.ViaBranch is null)
        {
            return true;
        }

        NgParty? from = session.Find(request.FromTag);
        NgParty? to = session.Find(request.ToTag);
        NgParty? named = request.ViaBranch is { } via ? session.Parties.Find(p => p.ViaBranch == via && !p.IsOfferer) : null;
        if (from is null && request.FromTag is not null && named is null)
        {
            return false;
        }

        named ??= to;
        if (named is { IsOfferer: false } && session.Parties.Count > 2 && session.Parties.Find(static p => p.IsOfferer) is { } offerer && !ReferenceEquals(offerer.Peer, named))
        {
            branch = named;
        }

        return true;
    }
}
