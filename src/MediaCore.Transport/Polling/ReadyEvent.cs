namespace MediaCore.Transport.Polling;

/// <summary>
/// What <see cref="EventPoller"/> found ready. The token is the owner's: by convention its upper 8 bits say what kind of thing it is and its
/// lower 32 bits which one, see <see cref="MakeToken"/>.
/// </summary>
public readonly struct ReadyEvent
{
    internal ReadyEvent(ulong token, bool readable, bool writable, bool error)
    {
        Token = token;
        Readable = readable;
        Writable = writable;
        Error = error;
    }

    /// <summary>The value given to <see cref="EventPoller.Add(int, ulong)"/>.</summary>
    public ulong Token { get; }

    /// <summary>The upper 8 bits of the token.</summary>
    public byte Kind => (byte)(Token >> 56);

    /// <summary>The lower 32 bits of the token.</summary>
    public uint Index => (uint)Token;

    /// <summary>A read would not block (a pending error counts: reading fetches it).</summary>
    public bool Readable { get; }

    /// <summary>A write would not block.</summary>
    public bool Writable { get; }

    /// <summary>An error is pending, e.g. an ICMP answer; the next read or write reports and clears it.</summary>
    public bool Error { get; }

    /// <summary>Composes a token.</summary>
    /// <param name="kind">What it is; 255 is kept for the poller itself.</param>
    /// <param name="index">Which one.</param>
    public static ulong MakeToken(byte kind, uint index) => ((ulong)kind << 56) | index;
}
