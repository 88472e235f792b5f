using System.Diagnostics.CodeAnalysis;
using MediaCore.Audio.Prompts;

namespace MediaCore.Engine.Prompts;

/// <summary>A clip, or why there is none.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Clip">The clip when <see cref="PromptStatus.Ready"/>.</param>
/// <param name="Detail">What to do about it, for an operator; empty when ready.</param>
public readonly record struct PromptResult(PromptStatus Status, AudioClip? Clip, string Detail)
{
    /// <summary>Whether there is a clip.</summary>
    [MemberNotNullWhen(true, nameof(Clip))]
    public bool IsReady => Status == PromptStatus.Ready && Clip is not null;

    internal static PromptResult Ready(AudioClip clip) => new(PromptStatus.Ready, clip, string.Empty);

    internal static PromptResult Failed(PromptStatus status, string detail) => new(status, null, detail);
}
