namespace MediaCore.LoadTests;

/// <summary>What was asked for cannot be measured here: an option's value, a file, another program that is missing, an address where nobody is. The message is for the user and says what to do.</summary>
internal sealed class CannotMeasureException(string message, Exception? cause = null) : Exception(message, cause);
