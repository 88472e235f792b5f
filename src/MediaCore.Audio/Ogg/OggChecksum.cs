namespace MediaCore.Audio.Ogg;

/// <summary>The checksum of a page: CRC-32 with the polynomial 0x04c11db7, highest bit first, from 0 and not inverted (RFC 3533 §6, field 7).</summary>
internal static class OggChecksum
{
    private const uint Polynomial = 0x04c1_1db7;
    private static readonly uint[] Table = CreateTable();

    /// <summary>The checksum of a page whose own field counts as zero.</summary>
    public static uint Compute(ReadOnlySpan<byte> page)
    {
        uint crc = Update(0, page[..22]);
        crc = Update(crc, [0, 0, 0, 0]);
        return Update(crc, page[26..]);
    }

    private static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            crc = (crc << 8) ^ Table[(byte)(crc >> 24) ^ value];
        }

        return crc;
    }

    private static uint[] CreateTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint value = i << 24;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value << 1) ^ ((value & 0x8000_0000) != 0 ? Polynomial : 0);
            }

            table[i] = value;
        }

        return table;
    }
}
