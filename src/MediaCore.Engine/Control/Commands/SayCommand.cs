namespace MediaCore.Engine.Control.Commands;

/// <summary>Speaks a text: a <see cref="PlayCommand"/> for short. Ends with <see cref="Events.PlaybackEnded"/>.</summary>
public sealed record SayCommand : CallCommand
{
    /// <summary>The text, 1 to <see cref="Prompts.PromptLimits.MaxTextCharacters"/> characters.</summary>
    public required string Text { get; init; }

    /// <summary>The voice; null for that of <see cref="Language"/>.</summary>
    public string? Voice { get; init; }

    /// <summary>Language tag (BCP 47), such as <c>de</c> or <c>en-gb</c>; null for the synthesizer's own.</summary>
    public string? Language { get; init; }

    /// <summary>How often; 0 until it is stopped.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Whether the connected party hears it as well.</summary>
    public bool ToBoth { get; init; }

    /// <summary>Whether those who hear it go on hearing each other.</summary>
    public bool Mixes { get; init; }

    /// <summary>What it does to what is played now.</summary>
    public PlayInterrupts Interrupts { get; init; }
}
