using System.Runtime.InteropServices;

namespace MediaCore.Rtp.Srtp.Cryptography;

/// <summary>
/// The block function of SHA-1 from the OpenSSL that the runtime itself uses on Linux: <c>SHA1_Transform</c>, which OpenSSL 1 and 3 export and which works on the first five
/// words of its context. It knows the SHA instructions, which .NET has no access to on x86. It is found at run time and used only when it hashes known blocks to what our own code
/// makes of them; where it is missing or differs, <see cref="Sha1Block"/> does the work. A call lasts less than a microsecond per packet, takes no lock and calls nothing back, so it needs no
/// transition of the garbage collector.
/// </summary>
internal static unsafe class Sha1PlatformBlock
{
    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<uint*, byte*, void> s_transform = Find();

    /// <summary>Whether this machine has it.</summary>
    public static bool IsSupported => s_transform is not null;

    /// <summary>Takes whole blocks into the state; only where <see cref="IsSupported"/>.</summary>
    /// <param name="state">Changed in place.</param>
    /// <param name="blocks">A multiple of <see cref="Sha1Block.Bytes"/>.</param>
    public static void Process(ref Sha1State state, ReadOnlySpan<byte> blocks)
    {
        fixed (uint* words = &state[0])
        fixed (byte* start = blocks)
        {
            for (int offset = 0; offset + Sha1Block.Bytes <= blocks.Length; offset += Sha1Block.Bytes)
            {
                s_transform(words, start + offset);
            }
        }
    }

    private static delegate* unmanaged[Cdecl, SuppressGCTransition]<uint*, byte*, void> Find()
    {
        if (!OperatingSystem.IsLinux()
            || !NativeLibrary.TryLoad("libcrypto.so.3", out nint library)
            || !NativeLibrary.TryGetExport(library, "SHA1_Transform", out nint address))
        {
            return null;
        }

        var transform = (delegate* unmanaged[Cdecl, SuppressGCTransition]<uint*, byte*, void>)address;
        return Agrees(transform) ? transform : null;
    }

    private static bool Agrees(delegate* unmanaged[Cdecl, SuppressGCTransition]<uint*, byte*, void> transform)
    {
        Sha1State theirs = default;
        Sha1State ours = default;
        theirs.Start();
        ours.Start();
        Span<byte> block = stackalloc byte[Sha1Block.Bytes];
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < block.Length; i++)
            {
                block[i] = (byte)((i * 37) + round);
            }

            Sha1Block.Process(ref ours, block);
            fixed (byte* start = block)
            {
                transform(&theirs[0], start);
            }
        }

        return ((ReadOnlySpan<uint>)theirs)[..Sha1State.Words].SequenceEqual(((ReadOnlySpan<uint>)ours)[..Sha1State.Words]);
    }
}
