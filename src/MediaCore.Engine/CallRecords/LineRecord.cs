using MediaCore.Audio.Detection;

namespace MediaCore.Engine.CallRecords;

/// <summary>What was found in what a leg's peer sent, where its trunk says that it be looked for (<see cref="LineDetection"/>).</summary>
public sealed record LineRecord
{
    /// <summary>Stands in <see cref="Digits"/> for a digit that was secret.</summary>
    public const char Secret = 'x';

    /// <summary>Digits in order, the first 64; null when there was none.</summary>
    public string? Digits { get; init; }

    /// <summary>Tones in order, the first 16.</summary>
    public IReadOnlyList<LineTone> Tones { get; init; } = [];

    /// <summary>Who answered.</summary>
    public AnswererVerdict Answerer { get; init; }

    /// <inheritdoc/>
    public bool Equals(LineRecord? other) => other is not null && Digits == other.Digits && Answerer == other.Answerer && Tones.SequenceEqual(other.Tones);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Digits, Answerer, Tones.Count);
}
