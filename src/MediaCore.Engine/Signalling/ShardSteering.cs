using MediaCore.Transport.Udp;

namespace MediaCore.Engine.Signalling;

/// <summary>
/// The program by which the kernel gives a datagram on a listener that the shards share to the shard that it is for: a response by the branch of our Via, where it is the first header, and a request by the
/// user of our Contact, where it is the Request-URI. Everything else goes by the kernel's hash of addresses, and what has come to the wrong shard is handed over there as without any of this:
/// the program saves the hand-over and decides nothing (ADR 0051).
/// </summary>
internal static class ShardSteering
{
    /// <summary>What stands before the two digits of the shard in the branch of our Via.</summary>
    private static ReadOnlySpan<byte> BranchStart => ";branch=z9hG4bK"u8;

    /// <summary>More bytes than any offset in the program, and fewer than any SIP message has that is worth an answer.</summary>
    private const int MinDatagramBytes = 128;

    private const int ShortestStatusLine = 12;

    /// <summary>Longer reason phrases are left to the hash.</summary>
    private const int LongestStatusLine = 56;

    /// <summary>No shard has this number.</summary>
    private const uint ByHash = uint.MaxValue;

    // Methods of requests within dialogs, with the space behind them; CANCEL has the URI of its INVITE.
    private static readonly string[] s_methods = ["ACK ", "BYE ", "INFO ", "PRACK ", "REFER ", "INVITE ", "UPDATE ", "NOTIFY ", "MESSAGE ", "OPTIONS ", "SUBSCRIBE "];

    /// <summary>The program for one listener.</summary>
    public static SocketFilterInstruction[] Build(ListenerIdentity listener)
    {
        var filter = new SocketFilterBuilder();
        filter.LoadLength();
        filter.GoIfGreater(MinDatagramBytes + (uint)listener.HostPort.Length, "message");
        filter.EndWith(ByHash);

        filter.Place("message");
        filter.LoadWord(0);
        filter.GoIfEqual(FourBytes("SIP/"), "response");
        foreach (string method in s_methods)
        {
            filter.SetIndex(method.Length);
            filter.GoIfEqual(FourBytes(method), "request");
        }

        filter.EndWith(ByHash);
        WriteRequest(filter);
        WriteResponse(filter, listener);
        WriteShard(filter);
        return filter.Build();
    }

    /// <summary>The index register is where the Request-URI begins.</summary>
    private static void WriteRequest(SocketFilterBuilder filter)
    {
        filter.Place("request");
        filter.GoUnlessText(0, OurContact.UriStart, "hash of a request");
        filter.GoUnlessText(OurContact.UriStart.Length + OurContact.ShardDigits, "@"u8, "hash of a request");
        filter.AddToIndex(OurContact.UriStart.Length);
        filter.Go("shard");
        filter.Place("hash of a request");
        filter.EndWith(ByHash);
    }

    /// <summary>Looks for the end of the status line, and for our Via behind it.</summary>
    private static void WriteResponse(SocketFilterBuilder filter, ListenerIdentity listener)
    {
        filter.Place("response");
        for (int i = ShortestStatusLine; i < LongestStatusLine; i++)
        {
            filter.LoadByte(i);
            filter.SetIndex(i + 1);
            filter.GoIfEqual('\n', "via");
        }

        filter.EndWith(ByHash);
        filter.Place("via");
        ReadOnlySpan<byte> via = [.. "Via: "u8, .. listener.ViaProtocol, .. listener.HostPort, .. BranchStart];
        filter.GoUnlessText(0, via, "hash of a response");
        filter.AddToIndex(via.Length);
        filter.Go("shard");
        filter.Place("hash of a response");
        filter.EndWith(ByHash);
    }

    /// <summary>The index register is where the two digits stand, which are hexadecimal and in small letters.</summary>
    private static void WriteShard(SocketFilterBuilder filter)
    {
        filter.Place("shard");
        WriteDigit(filter, 0, "high");
        filter.ShiftLeftBy(4);
        filter.Store();
        WriteDigit(filter, 1, "low");
        filter.OrStored();
        filter.End();
        filter.Place("no digit");
        filter.EndWith(ByHash);
    }

    private static void WriteDigit(SocketFilterBuilder filter, int offset, string name)
    {
        const uint toLetters = 'a' - '0' - 10;
        filter.LoadByteAtIndex(offset);
        filter.SubtractConstant('0');
        filter.GoIfGreater('f' - '0', "no digit");
        filter.GoIfGreater('a' - '0' - 1, name + " letter");
        filter.GoIfGreater(9, "no digit");
        filter.Go(name);
        filter.Place(name + " letter");
        filter.SubtractConstant(toLetters);
        filter.Place(name);
    }

    private static uint FourBytes(string text) => ((uint)text[0] << 24) | ((uint)text[1] << 16) | ((uint)text[2] << 8) | text[3];
}
