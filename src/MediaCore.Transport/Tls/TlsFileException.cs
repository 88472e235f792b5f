namespace MediaCore.Transport.Tls;

/// <summary>A certificate, key or authority file that cannot be used; the message says which and what to do.</summary>
public sealed class TlsFileException : IOException
{
    /// <summary>Names the file and what is wrong with it.</summary>
    public TlsFileException(string path, string problem, Exception? inner = null)
        : base($"{path}: {problem}", inner) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }
}
