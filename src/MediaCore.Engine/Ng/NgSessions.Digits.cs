namespace MediaCore.Engine.Ng;

/// <summary>Digits: sent in the name of a party, or not passed on.</summary>
internal sealed partial class NgSessions
{
    /// <summary>The other side gets the digit as if the party had pressed it: as events where it takes them, else as sound.</summary>
    private NgDictionary PlayDtmf(NgParty[] parties, NgRequest request)
    {
        if (request.Digit == '\0')
        {
            return NgAnswers.Error("No \"code\" in message");
        }

        bool isDone = false;
        foreach (NgParty party in parties)
        {
            if (party.Peer is { } peer && FindAudio(peer) is { } hearer)
            {
                isDone |= _media.SendDtmf(hearer.Leg, [request.Digit], request.DurationMilliseconds, request.PauseMilliseconds);
            }
        }

        return isDone ? NgAnswers.Ok() : NgAnswers.Error("The other side can be sent no digit now");
    }

    private NgDictionary Mask(NgParty[] parties, DigitMask mask)
    {
        foreach (NgParty party in parties)
        {
            party.Mask = mask;
            MaskDigits(party);
        }

        return NgAnswers.Ok();
    }

    /// <summary>Blocks what a party's offer or answer wants blocked, and follows what was negotiated.</summary>
    private void SettleDigits(NgParty party, NgRequest request, bool isDescriber)
    {
        if (isDescriber && request.Has(NgFlags.BlockDtmf))
        {
            party.Mask = request.Mask;
        }

        foreach (NgStream stream in party.Streams)
        {
            stream.Leg.Digits?.Settle();
        }

        MaskDigits(party);
    }

    private void MaskDigits(NgParty party)
    {
        foreach (NgStream stream in party.Streams)
        {
            if (stream.Leg is { Port: not null, IsOpaque: false } leg && (leg.Digits?.Mask ?? DigitMask.None) != party.Mask)
            {
                _media.MaskDigits(leg, party.Mask);
            }
        }
    }

    /// <summary>The first stream of a party that is sound; null for none.</summary>
    private static NgStream? FindAudio(NgParty party) => party.Streams.Find(static s => s.Leg is { Port: not null, IsOpaque: false } && s.Local.Count > 0);
}
