using MediaCore.Primitives;

namespace MediaCore.Sdp;

/// <summary>Appends to a span; once something does not fit, nothing more is written and <see cref="Overflowed"/> stays set.</summary>
public ref struct SdpWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Whether something did not fit.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>Appends bytes.</summary>
    public void Append(scoped ReadOnlySpan<byte> text)
    {
        if (Overflowed || !text.TryCopyTo(_destination[Length..]))
        {
            Overflowed = true;
            return;
        }

        Length += text.Length;
    }

    /// <summary>Appends a decimal number.</summary>
    public void Append(ulong value)
    {
        if (Overflowed || !value.TryFormat(_destination[Length..], out int digits))
        {
            Overflowed = true;
            return;
        }

        Length += digits;
    }

    /// <summary>Appends <c>IN IP4 192.0.2.1</c> or <c>IN IP6 2001:db8::1</c>.</summary>
    public void AppendAddress(NetworkEndpoint endpoint)
    {
        Append(endpoint.IsIPv6 ? "IN IP6 "u8 : "IN IP4 "u8);
        if (Overflowed || !endpoint.TryFormatAddress(_destination[Length..], brackets: false, out int length))
        {
            Overflowed = true;
            return;
        }

        Length += length;
    }
}
