namespace MediaCore.Engine.Control.Commands;

/// <summary>Waits for digits of a leg, by default the caller's. The first digit cancels the initial timer for good and stops the prompt (where <see cref="BargeIn"/>); digits typed before are taken first, unless <see cref="Flush"/>. Ends with <see cref="Events.GatherEnded"/>.</summary>
public sealed record GatherCommand : CallCommand
{
    /// <summary>Fewest digits that are a result.</summary>
    public int MinDigits { get; init; } = 1;

    /// <summary>Digits after which it ends at once; 1 to <see cref="ControlLimits.MaxGatheredDigits"/>.</summary>
    public int MaxDigits { get; init; } = 1;

    /// <summary>Digits that end it and are not part of the result; empty for none.</summary>
    public string Terminators { get; init; } = "#";

    /// <summary>How long the first digit may take from the end of the prompt on.</summary>
    public TimeSpan InitialTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long each further digit may take.</summary>
    public TimeSpan InterdigitTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long all of it may take from the first moment on, the prompt included; zero for no such bound.</summary>
    public TimeSpan OverallTimeout { get; init; }

    /// <summary>Whether a digit stops the prompt. Without it the prompt is heard to its end, and digits are taken meanwhile.</summary>
    public bool BargeIn { get; init; } = true;

    /// <summary>Whether digits typed before are forgotten.</summary>
    public bool Flush { get; init; }

    /// <summary>The digits are secret: meanwhile they are neither passed on nor logged, recorded or told in events other than the result.</summary>
    public bool IsSensitive { get; init; }

    /// <summary>What is played first; empty for nothing.</summary>
    public IReadOnlyList<PlayMedia> Prompt { get; init; } = [];
}
