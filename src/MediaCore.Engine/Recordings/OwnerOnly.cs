using Microsoft.Win32.SafeHandles;

namespace MediaCore.Engine.Recordings;

/// <summary>Files and folders that nobody but the server's user may look into: recordings are what people said.</summary>
internal static class OwnerOnly
{
    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Contents = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a folder (0700) with all that are missing above it; one that is there stays as it is.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, Folder);
        }
    }

    /// <summary>Makes a file (0600) that no other process of ours may open while it is.</summary>
    public static SafeFileHandle CreateFile(string path)
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, Contents);
        }

        return file;
    }
}
