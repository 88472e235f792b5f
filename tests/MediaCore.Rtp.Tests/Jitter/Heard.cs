using MediaCore.Rtp.Jitter;

namespace MediaCore.Rtp.Tests.Jitter;

/// <summary>One instruction that a <see cref="Listener"/> was given.</summary>
internal readonly record struct Heard(long AtMilliseconds, PlayoutAction Action, ushort Sequence, int DurationUnits, int AdjustUnits, int Tag);
