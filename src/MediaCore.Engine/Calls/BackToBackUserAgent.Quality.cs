using MediaCore.Engine.Control.Events;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Reports;

namespace MediaCore.Engine.Calls;

/// <summary>What the media of calls is like, for those who want events.</summary>
internal sealed partial class BackToBackUserAgent : ILegWatcher
{
    /// <inheritdoc/>
    void ILegWatcher.OnQuality(MediaLeg leg)
    {
        if (WantsEvents && leg.Owner is Leg owner)
        {
            Publish(owner.Call, new MediaQualityMeasured
            {
                LegId = GetLegId(owner),
                Quality = leg.Reports?.GetQuality(),
                Received = leg.GetReceivedFigures(),
                Sent = leg.GetSentFigures(),
            });
        }
    }

    /// <inheritdoc/>
    void ILegWatcher.OnFault(MediaLeg leg, AudioFault fault)
    {
        if (WantsEvents && leg.Owner is Leg owner)
        {
            Publish(owner.Call, new AudioFaultDetected { LegId = GetLegId(owner), Fault = fault == AudioFault.OneWay ? AudioFaultKind.OneWay : AudioFaultKind.Silent });
        }
    }
}
