using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MediaCore.Sip.Messages;

/// <summary>
/// Where line ends and colons stand in 64 bytes of a message, one bit each, the first byte lowest. The index of a message is made of these bits: each header byte is
/// compared once, and neither how long a row is nor where its colon stands costs a loop of its own.
/// </summary>
/// <param name="Ends">CR or LF.</param>
/// <param name="Colons">Colons.</param>
internal readonly record struct LineMarks(ulong Ends, ulong Colons)
{
    /// <summary>Bytes in a block.</summary>
    public const int BlockBytes = 64;

    /// <summary>Marks of the block that begins at <paramref name="block"/>; bytes beyond the end of the text have none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LineMarks Of(ReadOnlySpan<byte> text, int block) =>
        text.Length - block >= BlockBytes ? Of(ref Unsafe.Add(ref MemoryMarshal.GetReference(text), block)) : OfEnd(text, block);

    private static LineMarks OfEnd(ReadOnlySpan<byte> text, int block)
    {
        if (block >= text.Length)
        {
            return default;
        }

        if (text.Length >= BlockBytes)
        {
            // The last 64 bytes, those before the block shifted out.
            LineMarks last = Of(ref Unsafe.Add(ref MemoryMarshal.GetReference(text), text.Length - BlockBytes));
            int known = BlockBytes - (text.Length - block);
            return new LineMarks(last.Ends >> known, last.Colons >> known);
        }

        Span<byte> padded = stackalloc byte[BlockBytes];
        padded.Clear();
        text[block..].CopyTo(padded);
        return Of(ref MemoryMarshal.GetReference(padded));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static LineMarks Of(ref byte start)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<byte> bytes = Vector512.LoadUnsafe(ref start);
            return new LineMarks(
                (Vector512.Equals(bytes, Vector512.Create((byte)'\r')) | Vector512.Equals(bytes, Vector512.Create((byte)'\n'))).ExtractMostSignificantBits(),
                Vector512.Equals(bytes, Vector512.Create((byte)':')).ExtractMostSignificantBits());
        }

        Vector256<byte> low = Vector256.LoadUnsafe(ref start);
        Vector256<byte> high = Vector256.LoadUnsafe(ref start, (nuint)Vector256<byte>.Count);
        return new LineMarks(EndsOf(low) | ((ulong)EndsOf(high) << 32), ColonsOf(low) | ((ulong)ColonsOf(high) << 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint EndsOf(Vector256<byte> bytes) =>
        (Vector256.Equals(bytes, Vector256.Create((byte)'\r')) | Vector256.Equals(bytes, Vector256.Create((byte)'\n'))).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ColonsOf(Vector256<byte> bytes) => Vector256.Equals(bytes, Vector256.Create((byte)':')).ExtractMostSignificantBits();
}
