using System.Runtime.InteropServices;

namespace MediaCore.Audio.Opus;

/// <summary>Whether this machine has libopus.</summary>
public static class OpusLibrary
{
    /// <summary>Whether encoders and decoders can be made. It is looked for once.</summary>
    public static bool IsAvailable { get; } = IsThere(NativeOpus.Library);

    /// <summary>What the library says it is, such as <c>libopus 1.3.1</c>; null where there is none.</summary>
    public static string? Version => IsAvailable ? Marshal.PtrToStringAnsi(NativeOpus.Version()) : null;

    /// <summary>Says what to install where the library is missing.</summary>
    /// <exception cref="InvalidOperationException">It is.</exception>
    internal static void Require(string library = NativeOpus.Library)
    {
        if (!(library == NativeOpus.Library ? IsAvailable : IsThere(library)))
        {
            throw new InvalidOperationException($"Opus needs {library}, which is not there. Install it (Debian and Ubuntu: apt-get install libopus0; Fedora: dnf install opus; Alpine: apk add opus) or leave Opus out.");
        }
    }

    private static bool IsThere(string library) => NativeLibrary.TryLoad(library, typeof(OpusLibrary).Assembly, DllImportSearchPath.SafeDirectories, out _);
}
