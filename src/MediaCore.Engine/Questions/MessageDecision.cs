namespace MediaCore.Engine.Questions;

/// <summary>What is to be done with a MESSAGE.</summary>
/// <param name="Status">The final response: 200 takes it, 400 to 699 refuses it; 0 delivers it to whom it is for, as if nobody had been asked.</param>
public sealed record MessageDecision(int Status)
{
    /// <summary>Delivers it.</summary>
    public static MessageDecision Deliver { get; } = new(0);
}
