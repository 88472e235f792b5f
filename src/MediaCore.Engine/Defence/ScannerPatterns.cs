using System.Text;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Defence;

/// <summary>Knows searching tools by what they call themselves. Immutable; a search of one request allocates nothing.</summary>
internal sealed class ScannerPatterns(IEnumerable<string> patterns)
{
    private readonly byte[][] _patterns = [.. patterns.Select(static p => Encoding.UTF8.GetBytes(p.ToLowerInvariant()))];

    /// <summary>Whether the request's User-Agent, From or To has one of the patterns in it.</summary>
    public bool Matches(SipMessage request)
    {
        if (_patterns.Length == 0)
        {
            return false;
        }

        return Matches(request, SipHeaderName.UserAgent) || Matches(request, SipHeaderName.From) || Matches(request, SipHeaderName.To);
    }

    private bool Matches(SipMessage request, SipHeaderName name)
    {
        if (!request.TryGetHeader(name, out ReadOnlySpan<byte> value))
        {
            return false;
        }

        Span<byte> lower = stackalloc byte[DefenceLimits.MaxSearchedBytes];
        value = value[..Math.Min(value.Length, lower.Length)];
        for (int i = 0; i < value.Length; i++)
        {
            lower[i] = value[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(value[i] | 0x20) : value[i];
        }

        foreach (byte[] pattern in _patterns)
        {
            if (lower[..value.Length].IndexOf(pattern) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
