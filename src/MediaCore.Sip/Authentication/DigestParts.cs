namespace MediaCore.Sip.Authentication;

/// <summary>What both sides put into the response besides the secret, the method and the body.</summary>
internal readonly ref struct DigestParts
{
    public ReadOnlySpan<byte> Nonce { get; init; }

    public ReadOnlySpan<byte> Uri { get; init; }

    public ReadOnlySpan<byte> CNonce { get; init; }

    public ReadOnlySpan<byte> NonceCountText { get; init; }

    public DigestQop Qop { get; init; }
}
