using System.Net;

namespace MediaCore.Numbers.Lookups;

/// <summary>How web servers are asked.</summary>
public sealed record WebLookupOptions
{
    /// <summary>Networks that may be asked although they are not public. None by default: otherwise whoever writes a menu could ask the servers within the operator's own network.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>Questions under way at once, of all calls; further ones fail at once, and their callers hear the menu's way out. 0 to 10,000.</summary>
    public int MaxQuestions { get; init; } = 256;

    /// <summary>Bytes of an answer.</summary>
    public int MaxAnswerBytes { get; init; } = 64 * 1024;
}
