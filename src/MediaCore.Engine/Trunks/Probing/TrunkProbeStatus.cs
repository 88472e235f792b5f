namespace MediaCore.Engine.Trunks.Probing;

/// <summary>What probing has found of one destination; replaced as a whole at each probe.</summary>
/// <param name="Destination">Where the probes go.</param>
/// <param name="IsUp">False after enough failures.</param>
/// <param name="LastStatus">Final status of the last probe; 0 for no answer, or none sent yet.</param>
/// <param name="Latency">From OPTIONS to its final response; zero without one.</param>
public sealed record TrunkProbeStatus(SipDestination Destination, bool IsUp, int LastStatus, TimeSpan Latency);
