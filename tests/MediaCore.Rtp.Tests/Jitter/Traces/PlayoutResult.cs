namespace MediaCore.Rtp.Tests.Jitter.Traces;

/// <summary>What a listener got of a trace.</summary>
/// <param name="MeanDelayMilliseconds">Mean time from the sender to the ear, less the fastest packet's, of the packets that were played; clock drift taken out.</param>
/// <param name="LateLoss">Sound lost although its packet came, and pauses put into the sound, over the sound sent.</param>
/// <param name="FixedDelayMilliseconds">The smallest constant delay at which no more packets are late than that.</param>
/// <param name="DriftingFixedDelayMilliseconds">The same for a buffer that does not know the clock's drift.</param>
/// <param name="ScaledFraction">Time put in or taken out by time-scaling speech, over the time of speech.</param>
internal sealed record PlayoutResult(
    double MeanDelayMilliseconds,
    double LateLoss,
    double FixedDelayMilliseconds,
    double DriftingFixedDelayMilliseconds,
    double ScaledFraction)
{
    public double Ratio => MeanDelayMilliseconds / FixedDelayMilliseconds;

    public double DriftingRatio => MeanDelayMilliseconds / DriftingFixedDelayMilliseconds;
}
