using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MediaCore.Sip.Messages;

/// <summary>
/// Header names as they stand on the wire. A lookup folds case eight bytes at a time: setting bit 5 of every byte maps letters to small letters and
/// leaves <c>-</c> alone; the only other byte that becomes <c>-</c> is CR, which no line contains.
/// </summary>
public static class SipHeaderNames
{
    private const ulong CaseBits = 0x2020202020202020;
    private const uint CaseBits32 = 0x20202020;
    private const int LongestName = 21;

    private static readonly byte[][] Tokens = BuildTokens();
    private static readonly byte[][] TokensAndColons = [.. Tokens.Select(static token => (byte[])[.. token, (byte)':', (byte)' '])];
    private static readonly Candidate[] Candidates = BuildCandidates();
    private static readonly ulong Multiplier = FindMultiplier();
    private static readonly byte[] Slots = BuildSlots(Multiplier)!;
    private static readonly byte[] Compact = BuildCompact();

    /// <summary>How many values <see cref="SipHeaderName"/> has.</summary>
    internal static int Count => (int)SipHeaderName.FeatureCaps + 1;

    /// <summary>The header that a name or compact form stands for, or <see cref="SipHeaderName.Unknown"/>. The token must not contain CR.</summary>
    public static SipHeaderName Parse(ReadOnlySpan<byte> token)
    {
        int length = token.Length;
        if (length < 2)
        {
            return length == 1 && token[0] < 128 ? (SipHeaderName)Compact[token[0] | 0x20] : SipHeaderName.Unknown;
        }

        if (length > LongestName)
        {
            return SipHeaderName.Unknown;
        }

        Key key = MakeKey(token);
        ref readonly Candidate candidate = ref Candidates[Slots[key.GetSlot(Multiplier, length)]];
        return candidate.Key.Head == key.Head && candidate.Key.Tail == key.Tail && candidate.Key.Middle == key.Middle && candidate.Length == length
            ? candidate.Name
            : SipHeaderName.Unknown;
    }

    /// <summary>The full name in its usual spelling; empty for <see cref="SipHeaderName.Unknown"/>.</summary>
    public static ReadOnlySpan<byte> GetToken(SipHeaderName name) => (uint)name < (uint)Tokens.Length ? Tokens[(int)name] : [];

    /// <summary>The full name with the colon and the space that are written after it.</summary>
    internal static ReadOnlySpan<byte> GetTokenAndColon(SipHeaderName name) => TokensAndColons[(int)name];

    /// <summary>Whether a byte may stand in a header name, a <c>token</c> (RFC 3261 §25.1).</summary>
    public static bool IsNameByte(byte value) => SipGrammar.Is(value, SipGrammar.Token);

    /// <summary>Whether rows of the header are comma-separated lists, so that one row with a comma equals two rows (RFC 3261 §7.3.1).</summary>
    public static bool IsList(SipHeaderName name) => name is >= SipHeaderName.Route or SipHeaderName.Via or SipHeaderName.Contact;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Key MakeKey(ReadOnlySpan<byte> token)
    {
        ref byte start = ref MemoryMarshal.GetReference(token);
        int length = token.Length;
        if (length >= 8)
        {
            ulong head = Unsafe.ReadUnaligned<ulong>(ref start) | CaseBits;
            ulong tail = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - 8)) | CaseBits;
            ulong middle = length > 16 ? Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, 8)) | CaseBits : 0;
            return new Key(head, tail, middle);
        }

        if (length >= 4)
        {
            uint head = Unsafe.ReadUnaligned<uint>(ref start) | CaseBits32;
            uint tail = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, length - 4)) | CaseBits32;
            return new Key(head, tail, 0);
        }

        uint word = (uint)(token[0] | (token[1] << 8) | (token[length - 1] << 16)) | CaseBits32;
        return new Key(word, 0, 0);
    }

    private static Candidate[] BuildCandidates() =>
        [.. Enum.GetValues<SipHeaderName>().Select(name => name == SipHeaderName.Unknown ? default : new Candidate(MakeKey(Tokens[(int)name]), Tokens[(int)name].Length, name))];

    /// <summary>The first odd multiplier, in an order that is always the same, under which no two names share a slot.</summary>
    private static ulong FindMultiplier()
    {
        ulong multiplier = 0x9E3779B97F4A7C15;
        while (BuildSlots(multiplier) is null)
        {
            multiplier = (multiplier * 6364136223846793005) + 1442695040888963406;
        }

        return multiplier;
    }

    /// <summary>For each slot the name that falls into it, or 0, whose candidate equals no key; null when two names fall into one.</summary>
    private static byte[]? BuildSlots(ulong multiplier)
    {
        byte[] slots = new byte[Key.SlotCount];
        foreach (Candidate candidate in Candidates.AsSpan(1))
        {
            ref byte slot = ref slots[candidate.Key.GetSlot(multiplier, candidate.Length)];
            if (slot != 0)
            {
                return null;
            }

            slot = (byte)candidate.Name;
        }

        return slots;
    }

    private static byte[] BuildCompact()
    {
        byte[] compact = new byte[128];
        compact['v'] = (byte)SipHeaderName.Via;
        compact['f'] = (byte)SipHeaderName.From;
        compact['t'] = (byte)SipHeaderName.To;
        compact['i'] = (byte)SipHeaderName.CallId;
        compact['m'] = (byte)SipHeaderName.Contact;
        compact['l'] = (byte)SipHeaderName.ContentLength;
        compact['c'] = (byte)SipHeaderName.ContentType;
        compact['s'] = (byte)SipHeaderName.Subject;
        compact['o'] = (byte)SipHeaderName.Event;
        compact['r'] = (byte)SipHeaderName.ReferTo;
        compact['b'] = (byte)SipHeaderName.ReferredBy;
        compact['x'] = (byte)SipHeaderName.SessionExpires;
        compact['y'] = (byte)SipHeaderName.Identity;
        compact['n'] = (byte)SipHeaderName.IdentityInfo;
        compact['k'] = (byte)SipHeaderName.Supported;
        compact['e'] = (byte)SipHeaderName.ContentEncoding;
        compact['u'] = (byte)SipHeaderName.AllowEvents;
        compact['a'] = (byte)SipHeaderName.AcceptContact;
        compact['j'] = (byte)SipHeaderName.RejectContact;
        compact['d'] = (byte)SipHeaderName.RequestDisposition;
        return compact;
    }

    private static byte[][] BuildTokens()
    {
        byte[][] tokens = new byte[Count][];
        tokens[(int)SipHeaderName.Unknown] = [];
        tokens[(int)SipHeaderName.Via] = "Via"u8.ToArray();
        tokens[(int)SipHeaderName.From] = "From"u8.ToArray();
        tokens[(int)SipHeaderName.To] = "To"u8.ToArray();
        tokens[(int)SipHeaderName.CallId] = "Call-ID"u8.ToArray();
        tokens[(int)SipHeaderName.CSeq] = "CSeq"u8.ToArray();
        tokens[(int)SipHeaderName.Contact] = "Contact"u8.ToArray();
        tokens[(int)SipHeaderName.MaxForwards] = "Max-Forwards"u8.ToArray();
        tokens[(int)SipHeaderName.ContentLength] = "Content-Length"u8.ToArray();
        tokens[(int)SipHeaderName.ContentType] = "Content-Type"u8.ToArray();
        tokens[(int)SipHeaderName.Expires] = "Expires"u8.ToArray();
        tokens[(int)SipHeaderName.Date] = "Date"u8.ToArray();
        tokens[(int)SipHeaderName.Authorization] = "Authorization"u8.ToArray();
        tokens[(int)SipHeaderName.ProxyAuthorization] = "Proxy-Authorization"u8.ToArray();
        tokens[(int)SipHeaderName.WwwAuthenticate] = "WWW-Authenticate"u8.ToArray();
        tokens[(int)SipHeaderName.ProxyAuthenticate] = "Proxy-Authenticate"u8.ToArray();
        tokens[(int)SipHeaderName.AuthenticationInfo] = "Authentication-Info"u8.ToArray();
        tokens[(int)SipHeaderName.MinExpires] = "Min-Expires"u8.ToArray();
        tokens[(int)SipHeaderName.UserAgent] = "User-Agent"u8.ToArray();
        tokens[(int)SipHeaderName.Server] = "Server"u8.ToArray();
        tokens[(int)SipHeaderName.Subject] = "Subject"u8.ToArray();
        tokens[(int)SipHeaderName.Priority] = "Priority"u8.ToArray();
        tokens[(int)SipHeaderName.ContentDisposition] = "Content-Disposition"u8.ToArray();
        tokens[(int)SipHeaderName.Event] = "Event"u8.ToArray();
        tokens[(int)SipHeaderName.ReferTo] = "Refer-To"u8.ToArray();
        tokens[(int)SipHeaderName.ReferredBy] = "Referred-By"u8.ToArray();
        tokens[(int)SipHeaderName.Replaces] = "Replaces"u8.ToArray();
        tokens[(int)SipHeaderName.RetryAfter] = "Retry-After"u8.ToArray();
        tokens[(int)SipHeaderName.RSeq] = "RSeq"u8.ToArray();
        tokens[(int)SipHeaderName.RAck] = "RAck"u8.ToArray();
        tokens[(int)SipHeaderName.SessionExpires] = "Session-Expires"u8.ToArray();
        tokens[(int)SipHeaderName.MinSE] = "Min-SE"u8.ToArray();
        tokens[(int)SipHeaderName.Privacy] = "Privacy"u8.ToArray();
        tokens[(int)SipHeaderName.MimeVersion] = "MIME-Version"u8.ToArray();
        tokens[(int)SipHeaderName.Organization] = "Organization"u8.ToArray();
        tokens[(int)SipHeaderName.Timestamp] = "Timestamp"u8.ToArray();
        tokens[(int)SipHeaderName.SubscriptionState] = "Subscription-State"u8.ToArray();
        tokens[(int)SipHeaderName.SipIfMatch] = "SIP-If-Match"u8.ToArray();
        tokens[(int)SipHeaderName.SipETag] = "SIP-ETag"u8.ToArray();
        tokens[(int)SipHeaderName.Identity] = "Identity"u8.ToArray();
        tokens[(int)SipHeaderName.Join] = "Join"u8.ToArray();
        tokens[(int)SipHeaderName.TargetDialog] = "Target-Dialog"u8.ToArray();
        tokens[(int)SipHeaderName.ReplyTo] = "Reply-To"u8.ToArray();
        tokens[(int)SipHeaderName.PChargingVector] = "P-Charging-Vector"u8.ToArray();
        tokens[(int)SipHeaderName.PCalledPartyId] = "P-Called-Party-ID"u8.ToArray();
        tokens[(int)SipHeaderName.PVisitedNetworkId] = "P-Visited-Network-ID"u8.ToArray();
        tokens[(int)SipHeaderName.SessionId] = "Session-ID"u8.ToArray();
        tokens[(int)SipHeaderName.FlowTimer] = "Flow-Timer"u8.ToArray();
        tokens[(int)SipHeaderName.IdentityInfo] = "Identity-Info"u8.ToArray();
        tokens[(int)SipHeaderName.AnswerMode] = "Answer-Mode"u8.ToArray();
        tokens[(int)SipHeaderName.Route] = "Route"u8.ToArray();
        tokens[(int)SipHeaderName.RecordRoute] = "Record-Route"u8.ToArray();
        tokens[(int)SipHeaderName.Allow] = "Allow"u8.ToArray();
        tokens[(int)SipHeaderName.Supported] = "Supported"u8.ToArray();
        tokens[(int)SipHeaderName.Require] = "Require"u8.ToArray();
        tokens[(int)SipHeaderName.ProxyRequire] = "Proxy-Require"u8.ToArray();
        tokens[(int)SipHeaderName.Unsupported] = "Unsupported"u8.ToArray();
        tokens[(int)SipHeaderName.Accept] = "Accept"u8.ToArray();
        tokens[(int)SipHeaderName.AcceptEncoding] = "Accept-Encoding"u8.ToArray();
        tokens[(int)SipHeaderName.AcceptLanguage] = "Accept-Language"u8.ToArray();
        tokens[(int)SipHeaderName.ContentEncoding] = "Content-Encoding"u8.ToArray();
        tokens[(int)SipHeaderName.ContentLanguage] = "Content-Language"u8.ToArray();
        tokens[(int)SipHeaderName.Warning] = "Warning"u8.ToArray();
        tokens[(int)SipHeaderName.PAssertedIdentity] = "P-Asserted-Identity"u8.ToArray();
        tokens[(int)SipHeaderName.PPreferredIdentity] = "P-Preferred-Identity"u8.ToArray();
        tokens[(int)SipHeaderName.Path] = "Path"u8.ToArray();
        tokens[(int)SipHeaderName.ServiceRoute] = "Service-Route"u8.ToArray();
        tokens[(int)SipHeaderName.Diversion] = "Diversion"u8.ToArray();
        tokens[(int)SipHeaderName.HistoryInfo] = "History-Info"u8.ToArray();
        tokens[(int)SipHeaderName.AllowEvents] = "Allow-Events"u8.ToArray();
        tokens[(int)SipHeaderName.CallInfo] = "Call-Info"u8.ToArray();
        tokens[(int)SipHeaderName.AlertInfo] = "Alert-Info"u8.ToArray();
        tokens[(int)SipHeaderName.ErrorInfo] = "Error-Info"u8.ToArray();
        tokens[(int)SipHeaderName.InReplyTo] = "In-Reply-To"u8.ToArray();
        tokens[(int)SipHeaderName.Reason] = "Reason"u8.ToArray();
        tokens[(int)SipHeaderName.AcceptContact] = "Accept-Contact"u8.ToArray();
        tokens[(int)SipHeaderName.RejectContact] = "Reject-Contact"u8.ToArray();
        tokens[(int)SipHeaderName.RequestDisposition] = "Request-Disposition"u8.ToArray();
        tokens[(int)SipHeaderName.RemotePartyId] = "Remote-Party-ID"u8.ToArray();
        tokens[(int)SipHeaderName.PAccessNetworkInfo] = "P-Access-Network-Info"u8.ToArray();
        tokens[(int)SipHeaderName.PAssociatedUri] = "P-Associated-URI"u8.ToArray();
        tokens[(int)SipHeaderName.SecurityClient] = "Security-Client"u8.ToArray();
        tokens[(int)SipHeaderName.SecurityServer] = "Security-Server"u8.ToArray();
        tokens[(int)SipHeaderName.SecurityVerify] = "Security-Verify"u8.ToArray();
        tokens[(int)SipHeaderName.RecvInfo] = "Recv-Info"u8.ToArray();
        tokens[(int)SipHeaderName.UserToUser] = "User-to-User"u8.ToArray();
        tokens[(int)SipHeaderName.FeatureCaps] = "Feature-Caps"u8.ToArray();
        return tokens;
    }

    private readonly record struct Key(ulong Head, ulong Tail, ulong Middle)
    {
        private const int SlotBits = 11;

        public const int SlotCount = 1 << SlotBits;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int GetSlot(ulong multiplier, int length) => (int)((((Head ^ (Tail << 1)) + Middle + (ulong)length) * multiplier) >> (64 - SlotBits));
    }

    private readonly record struct Candidate(Key Key, int Length, SipHeaderName Name);
}
