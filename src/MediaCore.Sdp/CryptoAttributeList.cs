using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MediaCore.Sdp;

/// <summary>
/// The <c>a=crypto</c> lines of a stream that can be used, in order of preference: a plain value of about 330 bytes with keys in it. It holds <see cref="SdpLimits.MaxCryptoLines"/>;
/// further ones, which their sender likes less, are passed over.
/// </summary>
public struct CryptoAttributeList
{
    private Slots _lines;
    private byte _count;

    /// <summary>Number of lines.</summary>
    public readonly int Count => _count;

    /// <summary>A line, from 0.</summary>
    [UnscopedRef]
    public readonly ref readonly CryptoAttribute this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, _count, nameof(index));
            return ref ((ReadOnlySpan<CryptoAttribute>)_lines)[index];
        }
    }

    /// <summary>Adds a line; false at the bound, or when its tag is taken (RFC 4568 §4.1 wants them unique: the first one counts).</summary>
    public bool TryAdd(in CryptoAttribute attribute)
    {
        if (_count == SdpLimits.MaxCryptoLines || TryFind(attribute.Tag, out _))
        {
            return false;
        }

        _lines[_count++] = attribute;
        return true;
    }

    /// <summary>Finds the line with a tag.</summary>
    public readonly bool TryFind(int tag, out int index)
    {
        for (index = 0; index < _count; index++)
        {
            if (_lines[index].Tag == tag)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Forgets the lines and wipes their keys.</summary>
    public void Clear()
    {
        for (int i = 0; i < SdpLimits.MaxCryptoLines; i++)
        {
            _lines[i].Clear();
        }

        _count = 0;
    }

    [InlineArray(SdpLimits.MaxCryptoLines)]
    private struct Slots
    {
        private CryptoAttribute _first;
    }
}
