using System.Diagnostics.CodeAnalysis;
using MediaCore.Audio.Wave;

namespace MediaCore.Engine.Prompts;

/// <summary>Synthesized sound at the synthesizer's own rate, or why there is none.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Sound">The sound when <see cref="SpeechStatus.Spoken"/>.</param>
/// <param name="Detail">What to do about it, for an operator; empty when spoken.</param>
public readonly record struct SpeechResult(SpeechStatus Status, WaveFile? Sound, string Detail)
{
    /// <summary>Whether there is sound.</summary>
    [MemberNotNullWhen(true, nameof(Sound))]
    public bool IsSpoken => Status == SpeechStatus.Spoken && Sound is not null;
}
