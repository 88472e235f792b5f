using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;

namespace MediaCore.Engine.Registrar;

/// <summary>
/// One account's contacts as a record of the journal: length (4 bytes), CRC-32C of the rest (4), then name, number of contacts and the contacts, all
/// little-endian. The last record of an account is the one that counts; one without contacts says that it has none.
/// </summary>
internal static class BindingRecord
{
    /// <summary>Length and checksum.</summary>
    public const int HeadBytes = 8;

    /// <summary>No record is longer: 100 contacts of the largest allowed texts (<see cref="RegistrarLimits"/>) and their fixed parts.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Appends a record to a stream in memory. <paramref name="clock"/> turns the shards' time into that of the day.</summary>
    public static void Write(MemoryStream output, BinaryWriter writer, string account, ReadOnlySpan<Binding> bindings, WallClock clock, Timestamp now)
    {
        int start = (int)output.Length;
        writer.Write(0L);
        writer.Write(account);
        int live = 0;
        foreach (Binding binding in bindings)
        {
            live += binding.ExpiresAt > now ? 1 : 0;
        }

        writer.Write((ushort)live);
        foreach (Binding binding in bindings)
        {
            if (binding.ExpiresAt <= now)
            {
                continue;
            }

            writer.Write(clock.ToUnixMilliseconds(binding.ExpiresAt));
            writer.Write(binding.CSeq);
            writer.Write(binding.RegId);
            writer.Write(binding.Quality);
            writer.Write((byte)binding.Flow.Local.Transport);
            Write(writer, binding.Flow.Local.Local);
            Write(writer, binding.Flow.Remote);
            Write(writer, binding.Uri);
            Write(writer, binding.CallId);
            Write(writer, binding.Instance);
            Write(writer, binding.Path);
        }

        writer.Flush();
        Span<byte> record = output.GetBuffer().AsSpan(start, (int)output.Length - start);
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - HeadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum(record[HeadBytes..]));
    }

    /// <summary>
    /// Reads the record at the start of <paramref name="input"/>; false when it is torn or damaged. Contacts that have expired, and those of listeners
    /// that are no more, are left out.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> input, IReadOnlyList<ListenerIdentity> listeners, WallClock clock, Timestamp now, out int consumed, out string account, out Binding[] bindings)
    {
        consumed = 0;
        account = "";
        bindings = [];
        if (input.Length < HeadBytes
            || BinaryPrimitives.ReadInt32LittleEndian(input) is var length && (length is < 0 or > MaxBytes || length > input.Length - HeadBytes)
            || BinaryPrimitives.ReadUInt32LittleEndian(input[4..]) != Checksum(input.Slice(HeadBytes, length)))
        {
            return false;
        }

        consumed = HeadBytes + length;
        using var reader = new BinaryReader(new MemoryStream(input.Slice(HeadBytes, length).ToArray()), Encoding.UTF8);
        try
        {
            account = reader.ReadString();
            int count = reader.ReadUInt16();
            var found = new List<Binding>(count);
            for (int i = 0; i < count; i++)
            {
                if (Read(reader, listeners, clock) is { } binding && binding.ExpiresAt > now)
                {
                    found.Add(binding);
                }
            }

            bindings = [.. found];
            return true;
        }
        catch (Exception exception) when (exception is EndOfStreamException or FormatException or ArgumentException)
        {
            // The checksum held, so another version wrote it: what follows may still be readable, this one is not.
            account = "";
            return true;
        }
    }

    private static Binding? Read(BinaryReader reader, IReadOnlyList<ListenerIdentity> listeners, WallClock clock)
    {
        Timestamp expiresAt = clock.FromUnixMilliseconds(reader.ReadInt64());
        uint cseq = reader.ReadUInt32();
        uint regId = reader.ReadUInt32();
        ushort quality = reader.ReadUInt16();
        var transport = (SipTransportKind)reader.ReadByte();
        NetworkEndpoint local = ReadEndpoint(reader);
        NetworkEndpoint remote = ReadEndpoint(reader);
        byte[] uri = ReadBytes(reader);
        byte[] callId = ReadBytes(reader);
        byte[] instance = ReadBytes(reader);
        byte[] path = ReadBytes(reader);
        ListenerIdentity? listener = listeners.FirstOrDefault(l => l.Transport == transport && l.Local == local)
            ?? listeners.FirstOrDefault(l => l.Transport == transport && l.Local.IsIPv6 == local.IsIPv6);
        if (listener is null)
        {
            return null;
        }

        var texts = new BindingTexts { Uri = uri, CallId = callId, Instance = instance, Path = path, RegId = regId, Quality = quality };
        return new Binding(texts, new Flow(listener, remote, transport == SipTransportKind.Udp ? null : LostStream.Instance), cseq, expiresAt);
    }

    private static void Write(BinaryWriter writer, ReadOnlySpan<byte> text)
    {
        writer.Write((ushort)text.Length);
        writer.Write(text);
    }

    private static byte[] ReadBytes(BinaryReader reader)
    {
        int length = reader.ReadUInt16();
        byte[] bytes = reader.ReadBytes(length);
        return bytes.Length == length ? bytes : throw new EndOfStreamException();
    }

    private static void Write(BinaryWriter writer, in NetworkEndpoint endpoint)
    {
        Span<byte> address = stackalloc byte[16];
        int length = endpoint.CopyAddressTo(address);
        writer.Write((byte)length);
        writer.Write(address[..length]);
        writer.Write(endpoint.Port);
    }

    private static NetworkEndpoint ReadEndpoint(BinaryReader reader)
    {
        Span<byte> address = stackalloc byte[16];
        int length = reader.ReadByte();
        if (length is not (4 or 16))
        {
            throw new FormatException("An address has 4 or 16 bytes.");
        }

        reader.BaseStream.ReadExactly(address[..length]);
        return NetworkEndpoint.FromBytes(address[..length], reader.ReadUInt16());
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}

/// <summary>What the shards' clock and that of the day said at one moment.</summary>
internal readonly record struct WallClock(Timestamp Now, DateTimeOffset Time)
{
    /// <summary>Milliseconds since 1970 of a moment of the shards' clock.</summary>
    public long ToUnixMilliseconds(Timestamp moment) => Time.ToUnixTimeMilliseconds() + ((moment.Nanoseconds - Now.Nanoseconds) / 1_000_000);

    /// <summary>The shards' clock at a time of day; never below zero.</summary>
    public Timestamp FromUnixMilliseconds(long milliseconds)
    {
        long ahead = Math.Clamp(milliseconds - Time.ToUnixTimeMilliseconds(), -(Now.Nanoseconds / 1_000_000), int.MaxValue);
        return new Timestamp(Now.Nanoseconds + (ahead * 1_000_000));
    }
}
