using MediaCore.Audio.Wave;
using MediaCore.Engine.Prompts;

namespace MediaCore.Engine.Tests.Prompts;

/// <summary>Speaks a second of a constant at 16 kHz, when it is let, and counts how often.</summary>
internal sealed class CountingSynthesizer : ISpeechSynthesizer
{
    private int _calls;

    public TaskCompletionSource? Gate { get; init; }

    public SpeechStatus Status { get; set; }

    public int Calls => Volatile.Read(ref _calls);

    public string CacheIdentity => "counting";

    public async ValueTask<SpeechResult> SynthesizeAsync(string text, string? voice, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        if (Gate is not null)
        {
            await Gate.Task.WaitAsync(cancellationToken);
        }

        short[] samples = new short[16_000];
        samples.AsSpan().Fill((short)(1000 + text.Length));
        Assert.True(WaveFile.TryRead(WaveWriter.ToArray(samples, 16_000), out WaveFile? wave, out _));
        return Status == SpeechStatus.Spoken ? new SpeechResult(Status, wave, string.Empty) : new SpeechResult(Status, null, "no");
    }
}
