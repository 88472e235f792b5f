using MediaCore.Engine.Signalling;
using MediaCore.Primitives;

namespace MediaCore.Engine.Registrar;

/// <summary>
/// One contact of an account (RFC 3261 §10): where to call it, by which flow it is reached, until when. All but the expiry and the CSeq is fixed; those two
/// stand in one 64-bit word, so that a refresh from any shard is a single compare-and-swap and costs no memory.
/// </summary>
/// <remarks>About 100 bytes, and one array with the texts (contact, Call-ID, instance, path).</remarks>
internal sealed class Binding
{
    /// <summary>Expiry is kept in sixteenths of a second: 33 bits of those are 17 years of uptime, which leaves 31 bits for CSeq (RFC 3261 §8.1.1.5).</summary>
    private const long NanosecondsPerTick = 62_500_000;

    private const int ExpiryBits = 33;

    private readonly byte[] _texts;
    private readonly ushort _uriEnd;
    private readonly ushort _callIdEnd;
    private readonly ushort _instanceEnd;
    private long _state;

    /// <summary>A binding of an accepted contact. The texts are copied.</summary>
    public Binding(in BindingTexts texts, in Flow flow, uint cseq, Timestamp expiresAt)
    {
        _texts = new byte[texts.Uri.Length + texts.CallId.Length + texts.Instance.Length + texts.Path.Length];
        texts.Uri.CopyTo(_texts);
        texts.CallId.CopyTo(_texts.AsSpan(_uriEnd = (ushort)texts.Uri.Length));
        texts.Instance.CopyTo(_texts.AsSpan(_callIdEnd = (ushort)(_uriEnd + texts.CallId.Length)));
        texts.Path.CopyTo(_texts.AsSpan(_instanceEnd = (ushort)(_callIdEnd + texts.Instance.Length)));
        Flow = flow;
        RegId = texts.RegId;
        Quality = texts.Quality;
        _state = Pack(cseq, expiresAt);
    }

    /// <summary>How far <see cref="ExpiresAt"/> may lie behind the instant that was asked for, at most.</summary>
    public static TimeSpan Tick => TimeSpan.FromMicroseconds(NanosecondsPerTick / 1000);

    /// <summary>Contact URI as registered; what the Request-URI of calls to it says.</summary>
    public ReadOnlySpan<byte> Uri => _texts.AsSpan(0, _uriEnd);

    /// <summary>Call-ID of the REGISTER, so that a late one cannot undo a newer (§10.3 step 7).</summary>
    public ReadOnlySpan<byte> CallId => _texts.AsSpan(_uriEnd, _callIdEnd - _uriEnd);

    /// <summary>Value of <c>+sip.instance</c> with its angle brackets (RFC 5626 §4.1); empty when there is none.</summary>
    public ReadOnlySpan<byte> Instance => _texts.AsSpan(_callIdEnd, _instanceEnd - _callIdEnd);

    /// <summary>Values of Path in their order (RFC 3327), each ended by a line feed; empty when there are none.</summary>
    public ReadOnlySpan<byte> Path => _texts.AsSpan(_instanceEnd);

    /// <summary>Where the REGISTER came from: also the way back to it, since a NAT may stand between.</summary>
    public Flow Flow { get; }

    /// <summary>Value of <c>reg-id</c> where the binding is an outbound flow (RFC 5626 §4.2); 0 otherwise.</summary>
    public uint RegId { get; }

    /// <summary>The contact's q in thousandths (RFC 3261 §20.10); 1000 when none was given.</summary>
    public ushort Quality { get; }

    /// <summary>CSeq number of the last REGISTER that touched it.</summary>
    public uint CSeq => (uint)((ulong)Volatile.Read(ref _state) >> ExpiryBits);

    /// <summary>When it is no longer used.</summary>
    public Timestamp ExpiresAt => new((Volatile.Read(ref _state) & ((1L << ExpiryBits) - 1)) * NanosecondsPerTick);

    /// <summary>Whether it is an outbound flow, told apart from the instance's others by <see cref="RegId"/>.</summary>
    public bool IsOutbound => RegId != 0;

    /// <summary>Whether calls can't reach it any more, by a connection that is gone: an outbound flow ends with it (RFC 5626 §7).</summary>
    public bool IsFlowLost => IsOutbound && Flow.Stream is { IsClosed: true };

    /// <summary>Moves CSeq and expiry; false when <paramref name="cseq"/> is not above the last one, which a late request's is not.</summary>
    public bool TryRefresh(uint cseq, Timestamp expiresAt)
    {
        while (true)
        {
            long seen = Volatile.Read(ref _state);
            if (cseq <= (uint)((ulong)seen >> ExpiryBits))
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _state, Pack(cseq, expiresAt), seen) == seen)
            {
                return true;
            }
        }
    }

    /// <summary>Whether a contact of a request is this one, with nothing to be stored anew: the same texts over the same flow.</summary>
    public bool IsSame(in BindingTexts texts, in Flow flow) =>
        RegId == texts.RegId && Quality == texts.Quality
        && ReferenceEquals(Flow.Local, flow.Local) && ReferenceEquals(Flow.Stream, flow.Stream) && Flow.Remote == flow.Remote
        && Uri.SequenceEqual(texts.Uri) && CallId.SequenceEqual(texts.CallId) && Instance.SequenceEqual(texts.Instance) && Path.SequenceEqual(texts.Path);

    private static long Pack(uint cseq, Timestamp expiresAt) =>
        ((long)cseq << ExpiryBits) | Math.Min((expiresAt.Nanoseconds + NanosecondsPerTick - 1) / NanosecondsPerTick, (1L << ExpiryBits) - 1);
}

/// <summary>What a contact of a request says, as spans into it.</summary>
internal readonly ref struct BindingTexts
{
    public ReadOnlySpan<byte> Uri { get; init; }

    public ReadOnlySpan<byte> CallId { get; init; }

    public ReadOnlySpan<byte> Instance { get; init; }

    public ReadOnlySpan<byte> Path { get; init; }

    public uint RegId { get; init; }

    public ushort Quality { get; init; }
}
