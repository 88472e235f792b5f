using System.Text;
using MediaCore.Engine.Control;

namespace MediaCore.Control.Controllers;

/// <summary>Replies as bytes: one array in place of an object and its texts, since very many are kept for ten minutes and hardly one is asked for.</summary>
internal static class PackedReply
{
    // Between the texts; none of them has it.
    private const char Separator = '\0';

    /// <summary>The status, then the call, the leg and the problem in UTF-8; no leg is an empty one.</summary>
    public static byte[] Pack(CommandReply reply)
    {
        string text = string.Concat(reply.CallId, "\0", reply.LegId, "\0") + reply.Problem;
        byte[] packed = new byte[1 + Encoding.UTF8.GetByteCount(text)];
        packed[0] = (byte)reply.Status;
        Encoding.UTF8.GetBytes(text, packed.AsSpan(1));
        return packed;
    }

    /// <summary>The reply that was packed.</summary>
    public static CommandReply Unpack(ReadOnlySpan<byte> packed)
    {
        string[] texts = Encoding.UTF8.GetString(packed[1..]).Split(Separator, 3);
        return new CommandReply((CommandStatus)packed[0], texts[2]) { CallId = texts[0], LegId = texts[1].Length > 0 ? texts[1] : null };
    }
}
