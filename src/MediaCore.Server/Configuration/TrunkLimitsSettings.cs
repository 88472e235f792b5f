using MediaCore.Engine.Trunks;

namespace MediaCore.Server.Configuration;

/// <summary>Section <c>trunks[].limits</c>.</summary>
internal static class TrunkLimitsSettings
{
    private const int MaxCalls = 1_000_000;

    /// <summary>Reads the section; what is not written is not limited.</summary>
    public static TrunkLimits Read(SectionReader section)
    {
        double perSecond = section.Number("callsPerSecond", 0, 0, 100_000);
        TrunkLimits result = new()
        {
            Calls = (int)section.Integer("calls", 0, 0, MaxCalls),
            InboundCalls = (int)section.Integer("inboundCalls", 0, 0, MaxCalls),
            OutboundCalls = (int)section.Integer("outboundCalls", 0, 0, MaxCalls),
            CallsPerSecond = perSecond,

            // One second's worth, so that calls which come in the same instant are not refused for it.
            Burst = (int)section.Integer("burst", Math.Max(1, (long)Math.Ceiling(perSecond)), 1, MaxCalls),
        };
        if (perSecond is > 0 and < 0.001)
        {
            section.Error("callsPerSecond", "must be 0 (no limit) or at least 0.001, a call in 1000 s");
        }

        section.Finish();
        return result;
    }
}
