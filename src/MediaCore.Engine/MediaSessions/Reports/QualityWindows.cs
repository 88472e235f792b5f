using System.Runtime.CompilerServices;
using MediaCore.Rtp.Quality;
using MediaCore.Rtp.Relay;

namespace MediaCore.Engine.MediaSessions.Reports;

/// <summary>The last ten seconds of what a leg received, in windows of two, and the worst score that ten seconds ever had. Constant size.</summary>
internal struct QualityWindows
{
    private Ring _expected;
    private Ring _lost;
    private long _expectedBefore;
    private long _lostBefore;
    private int _next;
    private int _filled;

    /// <summary>The lowest score of any ten seconds; 0 before ten seconds with packets have passed.</summary>
    public double WorstMos { get; private set; }

    /// <summary>Closes a window.</summary>
    public void Close(in RtpReceiverStatistics received, CodecImpairment codec, double delayMilliseconds)
    {
        _expected[_next] = received.Expected - _expectedBefore;

        // A late packet can make up for a loss of the window before.
        _lost[_next] = received.Lost - _lostBefore;
        (_expectedBefore, _lostBefore) = (received.Expected, received.Lost);
        _next = (_next + 1) % ReportLimits.WindowCount;
        _filled = Math.Min(_filled + 1, ReportLimits.WindowCount);
        if (_filled < ReportLimits.WindowCount)
        {
            return;
        }

        long expected = 0;
        long lost = 0;
        for (int i = 0; i < ReportLimits.WindowCount; i++)
        {
            expected += _expected[i];
            lost += _lost[i];
        }

        if (expected > 0)
        {
            double mos = EModel.GetMos(EModel.GetR(codec, Math.Max(0, lost) / (double)expected, 1, delayMilliseconds));
            WorstMos = WorstMos == 0 ? mos : Math.Min(WorstMos, mos);
        }
    }

    [InlineArray(ReportLimits.WindowCount)]
    private struct Ring
    {
        private long _first;
    }
}
