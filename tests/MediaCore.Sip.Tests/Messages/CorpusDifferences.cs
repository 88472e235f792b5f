namespace MediaCore.Sip.Tests.Messages;

/// <summary>Where our verdict on a corpus message differs from the one recorded with it, and why.</summary>
internal static class CorpusDifferences
{
    public static readonly Dictionary<string, string> JainSip = new(StringComparer.Ordinal)
    {
    };

    public static readonly Dictionary<string, string> Osip = new(StringComparer.Ordinal)
    {
    };

    public static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
    };
}
