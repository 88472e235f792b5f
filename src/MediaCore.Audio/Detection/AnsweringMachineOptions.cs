namespace MediaCore.Audio.Detection;

/// <summary>
/// By what an answering machine is told from a person, in milliseconds. How often the defaults are right in greetings by a synthesizer is in perf/results (answerers); on recordings of real calls it has not been measured.
/// </summary>
public sealed record AnsweringMachineOptions
{
    /// <summary>The defaults.</summary>
    public static AnsweringMachineOptions Default { get; } = new();

    /// <summary>A person who says nothing for so long after answering is none.</summary>
    public int MaxInitialSilence { get; init; } = 3500;

    /// <summary>A greeting longer than that is a machine's, pauses within it included. With 1900 one in thirty people who say who they are was taken for a machine.</summary>
    public int MaxPersonGreeting { get; init; } = 2300;

    /// <summary>Silence after the greeting: it is over, and a person waits for an answer.</summary>
    public int SilenceAfterGreeting { get; init; } = 900;

    /// <summary>More words than that are a machine's.</summary>
    public int MaxPersonWords { get; init; } = 5;

    /// <summary>Sound shorter than that is no word.</summary>
    public int MinWord { get; init; } = 100;

    /// <summary>Silence shorter than that is within a word.</summary>
    public int MinPause { get; init; } = 60;

    /// <summary>When to give up.</summary>
    public int MaxAnalysis { get; init; } = 8000;
}
