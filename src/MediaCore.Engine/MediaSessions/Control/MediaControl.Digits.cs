using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.MediaSessions.Digits;
using MediaCore.Rtp.TelephoneEvents;

namespace MediaCore.Engine.MediaSessions.Control;

/// <summary>Digits.</summary>
internal sealed partial class MediaControl
{
    /// <summary>
    /// Sends digits to a leg's peer, after those that it is being sent: as telephone events where it takes them, else as INFO or as sound (<see cref="DigitForm"/>).
    /// </summary>
    /// <param name="leg">Whose peer.</param>
    /// <param name="digits"><c>0</c>–<c>9</c>, <c>*</c>, <c>#</c>, <c>A</c>–<c>D</c>.</param>
    /// <param name="milliseconds">Length of each, 100 to 5000.</param>
    /// <param name="pauseMilliseconds">Pause after each, 100 to 5000.</param>
    /// <returns>False, and nothing is sent, when one is no digit, too many wait (<see cref="DigitLimits.MaxWaiting"/>), or the peer can be sent none.</returns>
    public bool SendDtmf(MediaLeg leg, ReadOnlySpan<char> digits, int milliseconds = DigitLimits.DefaultMilliseconds, int pauseMilliseconds = DigitLimits.DefaultPauseMilliseconds)
    {
        LegDigits sender = OpenDigits(leg);
        if (digits.IsEmpty || digits.Length > DigitLimits.MaxWaiting - sender.Waiting)
        {
            return false;
        }

        foreach (char digit in digits)
        {
            if (!TelephoneEvent.TryFromDigit(digit, out _))
            {
                return false;
            }
        }

        foreach (char digit in digits)
        {
            if (!sender.Send(digit, milliseconds, pauseMilliseconds))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Keeps the digits of a leg's peer secret from now on: neither passed on nor logged nor recorded; or ends that.</summary>
    /// <param name="leg">Whose.</param>
    /// <param name="mask">How; <see cref="DigitMask.None"/> to end it.</param>
    public void MaskDigits(MediaLeg leg, DigitMask mask) => OpenDigits(leg).SetMask(mask);

    /// <summary>The digits of a leg, made when nobody wanted them before.</summary>
    public LegDigits OpenDigits(MediaLeg leg)
    {
        if (leg.Digits is not { } digits)
        {
            leg.Digits = digits = new LegDigits(leg, sessions.Context, this);
            digits.Settle();
        }

        return digits;
    }

    /// <summary>Puts a filter on what a leg says, or takes away the one that it put there.</summary>
    /// <param name="leg">Whose sound.</param>
    /// <param name="filter">The filter; null for none.</param>
    /// <param name="own">What may be replaced or taken away.</param>
    public bool Filter(MediaLeg leg, IAudioFilter? filter, IAudioFilter own)
    {
        AudioParty? party = filter is null ? leg.Audio : sessions.Open(leg);
        if (party is null || (party.Filter is { } other && !ReferenceEquals(other, own)) || ReferenceEquals(party.Filter, filter))
        {
            return filter is null || ReferenceEquals(party?.Filter, filter);
        }

        party.Filter = filter;
        OpenOther(leg);
        Relax(leg);
        return true;
    }
}
