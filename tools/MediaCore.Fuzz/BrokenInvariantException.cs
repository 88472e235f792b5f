namespace MediaCore.Fuzz;

/// <summary>An input was read, and read wrongly.</summary>
public sealed class BrokenInvariantException : Exception
{
    /// <inheritdoc/>
    public BrokenInvariantException()
    {
    }

    /// <inheritdoc/>
    public BrokenInvariantException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public BrokenInvariantException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Throws unless the condition holds.</summary>
    public static void ThrowUnless(bool holds, string message)
    {
        if (!holds)
        {
            throw new BrokenInvariantException(message);
        }
    }
}
