using System.Runtime.CompilerServices;
using MediaCore.Primitives;
using MediaCore.Rtp.Rtcp;

namespace MediaCore.Engine.MediaSessions.Reports;

/// <summary>
/// The sender reports that went to a peer last, our own and relayed ones alike: what comes back as LSR with DLSR gives the round trip between us and that peer (RFC 3550 §6.4.1), whoever
/// wrote the report. A peer that makes up an LSR finds none.
/// </summary>
internal struct SentReports
{
    private Slots _slots;
    private int _next;

    /// <summary>A report with this NTP time (the middle 32 bits) leaves now.</summary>
    public void Note(uint ntpMiddle, Timestamp now)
    {
        _slots[_next] = (ntpMiddle, now);
        _next = (_next + 1) % ReportLimits.MaxSentReports;
    }

    /// <summary>The round trip that an answer to one of them shows; false when it answers none, or says that it took longer than it can have.</summary>
    public readonly bool TryGetRoundTrip(uint lastReport, uint delay, Timestamp now, out TimeSpan roundTrip)
    {
        for (int i = 0; lastReport != 0 && i < ReportLimits.MaxSentReports; i++)
        {
            if (_slots[i].NtpMiddle == lastReport && _slots[i].At != default)
            {
                roundTrip = now - _slots[i].At - NtpTime.FromShort(delay);

                // A DLSR is rounded to 15 µs and measured by another clock, so that on one machine the difference may be just below nothing.
                if (roundTrip > TimeSpan.FromMilliseconds(-1) && roundTrip < ReportBlock.MaxRoundTrip)
                {
                    roundTrip = roundTrip < TimeSpan.Zero ? TimeSpan.Zero : roundTrip;
                    return true;
                }
            }
        }

        roundTrip = TimeSpan.Zero;
        return false;
    }

    [InlineArray(ReportLimits.MaxSentReports)]
    private struct Slots
    {
        private (uint NtpMiddle, Timestamp At) _first;
    }
}
