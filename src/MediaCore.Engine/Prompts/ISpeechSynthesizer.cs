namespace MediaCore.Engine.Prompts;

/// <summary>Turns text into sound. Called off the shards, by several callers at the same time.</summary>
public interface ISpeechSynthesizer
{
    /// <summary>What makes the sound besides text and voice (engine, settings); part of the key under which sound is cached on disk.</summary>
    string CacheIdentity { get; }

    /// <summary>Speaks a text.</summary>
    /// <param name="text">Plain text, no markup.</param>
    /// <param name="voice">A voice of this synthesizer; null for its own default.</param>
    /// <param name="cancellationToken">Gives up; the only reason for an exception (<see cref="OperationCanceledException"/>).</param>
    ValueTask<SpeechResult> SynthesizeAsync(string text, string? voice, CancellationToken cancellationToken);
}
