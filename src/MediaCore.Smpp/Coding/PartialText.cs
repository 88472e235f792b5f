namespace MediaCore.Smpp.Coding;

/// <summary>A message whose last parts never came.</summary>
/// <param name="From">Sender.</param>
/// <param name="To">Receiver.</param>
/// <param name="Text">The parts there are, with <see cref="Gap"/> in place of those that are missing.</param>
/// <param name="Parts">Parts there are.</param>
/// <param name="Total">Parts there should be.</param>
public sealed record PartialText(string From, string To, string Text, int Parts, int Total)
{
    /// <summary>Stands for what is missing.</summary>
    public const string Gap = "[…]";

    /// <summary>The reference that its parts had.</summary>
    public ushort Reference { get; init; }
}
