namespace MediaCore.Engine.Ng;

/// <summary>Commands about the media of sessions that are there.</summary>
internal sealed partial class NgSessions
{
    private NgDictionary Control(NgRequest request)
    {
        if (!_sessions.TryGetValue(request.CallId, out NgSession? session))
        {
            return NgAnswers.Error("Unknown call-id");
        }

        // A session is recorded as a whole, whoever the command names.
        switch (request.Command)
        {
            case NgCommand.StartRecording:
                return StartRecording(session);
            case NgCommand.PauseRecording:
                return PauseRecording(session);
            case NgCommand.StopRecording:
                return StopRecording(session);
        }

        if (!TrySelect(session, request, out NgParty[] parties))
        {
            return NgAnswers.Error("From-tag given, but no such tag exists");
        }

        return request.Command switch
        {
            NgCommand.BlockMedia => Block(parties, isBlocked: true),
            NgCommand.UnblockMedia => Block(parties, isBlocked: false),
            NgCommand.SilenceMedia => Silence(parties, isSilent: true),
            NgCommand.UnsilenceMedia => Silence(parties, isSilent: false),
            NgCommand.PlayMedia => PlayMedia(parties, request),
            NgCommand.StopMedia => StopMedia(parties),
            NgCommand.PlayDtmf => PlayDtmf(parties, request),
            NgCommand.BlockDtmf => Mask(parties, request.Mask),
            NgCommand.UnblockDtmf => Mask(parties, DigitMask.None),
            _ => NgAnswers.Error("Not supported: " + NgCommands.Names[(int)request.Command]),
        };
    }

    /// <summary>The parties that a command means: by label, by the address in its description, by tag, else all.</summary>
    private static bool TrySelect(NgSession session, NgRequest request, out NgParty[] parties)
    {
        Predicate<NgParty>? wanted =
            request.Label is { } label ? p => p.Label == label
            : request.Address.HasAddress ? p => p.Streams.Exists(s => s.Signalled.HasSameAddress(request.Address))
            : request.FromTag is { } tag && !request.Has(NgFlags.All) ? p => p.HasTag(tag)
            : null;
        parties = wanted is null ? [.. session.Parties] : [.. session.Parties.FindAll(wanted)];
        return parties.Length > 0;
    }

    private static NgDictionary Block(NgParty[] parties, bool isBlocked)
    {
        foreach (NgParty party in parties)
        {
            party.IsBlocked = isBlocked;
            ApplyBlock(party);
        }

        return NgAnswers.Ok();
    }

    /// <summary>What a silenced party says is silence to the other side, whose stream goes on.</summary>
    private NgDictionary Silence(NgParty[] parties, bool isSilent)
    {
        bool isDone = false;
        foreach (NgParty party in parties)
        {
            foreach (NgStream stream in party.Streams)
            {
                isDone |= stream.Leg is { Port: not null, IsOpaque: false } leg && _media.Mute(leg, isSilent);
            }
        }

        return isDone ? NgAnswers.Ok() : NgAnswers.Error("No audio of a codec that can be decoded is negotiated");
    }

    /// <summary>What a blocked party sends goes nowhere; what it hears is as before.</summary>
    private static void ApplyBlock(NgParty party)
    {
        foreach (NgStream stream in party.Streams)
        {
            stream.Leg.IsBlocked = party.IsBlocked;
        }
    }
}
