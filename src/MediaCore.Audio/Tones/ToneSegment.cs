namespace MediaCore.Audio.Tones;

/// <summary>One part of a tone: up to three frequencies sounding together, or silence when all are 0.</summary>
/// <param name="Milliseconds">How long; 0 means for ever, which only a tone's single segment may be.</param>
/// <param name="FirstHz">A frequency, or 0.</param>
/// <param name="SecondHz">Another, or 0.</param>
/// <param name="ThirdHz">Another, or 0.</param>
public readonly record struct ToneSegment(int Milliseconds, double FirstHz = 0, double SecondHz = 0, double ThirdHz = 0);
