namespace MediaCore.Numbers.Mail;

/// <summary>A mail that the server did not take.</summary>
/// <param name="message">Why not.</param>
/// <param name="isFinal">Whether it will never take it: an answer of 5xx to this very mail. All else is worth another attempt, a refused password among it: the operator may mend it.</param>
public sealed class SmtpException(string message, bool isFinal) : Exception(message)
{
    /// <summary>Whether no further attempt is worth it.</summary>
    public bool IsFinal { get; } = isFinal;
}
