using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Reports;

namespace MediaCore.Engine.Calls;

/// <summary>What traces have of calls beside their messages.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Where traces are kept, the messages of a leg's dialog are those of its call.</summary>
    private void TraceLeg(Leg leg) => _context.Trace?.Bind(leg.Dialog.CallId, leg.Call.Id, leg.Index);

    /// <summary>What was agreed on with a leg, where that is other than before.</summary>
    private void TraceMedia(Leg leg)
    {
        if (_context.Trace is { } trace && leg.HasMedia)
        {
            string security = leg.Keys is null ? "RTP" : $"SRTP {CallRecords.SrtpSuiteNames.Of(leg.Keys.Suite)}";
            string text = leg.Call.PassesMedia ? "its media does not come by here" : $"agreed on {GetCodec(leg) ?? "no codec"} over {security}, at {leg.Media.Latch.Signalled}, {leg.Remote.Direction.ToString().ToLowerInvariant()} as its peer says";
            trace.Timeline.Note(leg.Call.Id, leg.Index, text, _context.WallClock, isState: true);
        }
    }

    /// <inheritdoc/>
    void ILegWatcher.OnLapse(MediaLeg leg, AudioFault fault, bool isOver)
    {
        if (_context.Trace is { } trace && leg.Owner is Leg owner)
        {
            string text = fault == AudioFault.OneWay ? (isOver ? "packets come again" : "no packets come, though the other side's do") : isOver ? "sound comes again" : "nothing but silence comes";
            trace.Timeline.Note(owner.Call.Id, owner.Index, text, _context.WallClock);
        }
    }
}
