namespace MediaCore.Transport.Dns;

/// <summary>The system's file of names, hosts(5): an address and its names on each line.</summary>
internal static class HostsFile
{
    /// <summary>Whether a name stands in the file; false when there is no such file. Read anew each time, since answers are cached.</summary>
    public static bool Contains(string path, string host)
    {
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                string[] words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                if (words.AsSpan(Math.Min(1, words.Length)).Contains(host, StringComparer.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without a readable file there are no such names.
        }

        return false;
    }
}
