namespace MediaCore.Rtp.Tests.Jitter.Traces;

internal enum TraceKind
{
    WifiBursts,
    MobileHandover,
    LanDrift,
    SlowCongestion,
    BufferbloatSteps,
}
