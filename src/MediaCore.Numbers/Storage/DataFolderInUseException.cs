namespace MediaCore.Numbers.Storage;

/// <summary>Another server runs on the same data folder; the message says which folder and what to do.</summary>
public sealed class DataFolderInUseException(string message, Exception inner) : IOException(message, inner);
