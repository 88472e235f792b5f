using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MediaCore.Numbers.Events;

/// <summary>
/// Identifiers of events, UUID version 7 with a counter where others have random bits (RFC 9562 §6.2, method 1): those that one process makes rise, also within a millisecond. EF writes the rows of one transaction in the order of their keys, so
/// events that one transaction tells of are told in the order in which they were added.
/// </summary>
internal static class RisingId
{
    private static readonly Lock Turn = new();
    private static long _lastMs;
    private static int _counter;

    /// <summary>The next; from any thread.</summary>
    public static Guid Next(long nowMs)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        lock (Turn)
        {
            // The twelve bits are used up, or the clock went back: the last time goes on.
            if (nowMs > _lastMs)
            {
                (_lastMs, _counter) = (nowMs, 0);
            }
            else if (++_counter == 0x1000)
            {
                (_lastMs, _counter) = (_lastMs + 1, 0);
            }

            BinaryPrimitives.WriteInt64BigEndian(bytes, (_lastMs << 16) | 0x7000u | (uint)_counter);
        }

        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
