namespace MediaCore.LoadTests;

/// <summary>The server under load has ended, or says nothing of itself any more: the load has found something, and there is nothing left to measure. The message is for the user.</summary>
internal sealed class ServerFailedException(string message, Exception? cause = null) : Exception(message, cause);
