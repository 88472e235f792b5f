using System.Globalization;
using System.Text;

namespace MediaCore.Numbers.Storage;

/// <summary>
/// A server's claim on its data folder: two servers on one SQLite file and one journal would import each other's records and fight over
/// the write lock. Held by an open, locked file, so the system releases it when the process dies. The command line, which only reads and
/// writes the database, does not take it.
/// </summary>
public sealed class DataFolderLock : IDisposable
{
    /// <summary>Name of the lock file in the folder.</summary>
    public const string FileName = "server.lock";

    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <summary>Claims the folder, making it if it is missing.</summary>
    /// <exception cref="DataFolderInUseException">Another server has it.</exception>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static DataFolderLock Take(string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, FileName);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            throw new DataFolderInUseException(
                $"The data folder '{Path.GetFullPath(folder)}' is in use by another server ({e.Message}). Stop that one, or give this one a folder of its own.", e);
        }

        // The process id is for the operator who looks for the other server; the lock is what counts.
        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")));
        file.Flush();
        return new DataFolderLock(file);
    }

    /// <summary>Gives the folder back. The file stays: removing it could take another server's fresh lock away.</summary>
    public void Dispose() => _file.Dispose();
}
