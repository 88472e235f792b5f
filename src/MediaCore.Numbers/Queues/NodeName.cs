namespace MediaCore.Numbers.Queues;

/// <summary>What a node calls itself in the shared database: a name that stands in its data folder, made at its first start.</summary>
internal static class NodeName
{
    /// <summary>The name of the node with a data folder.</summary>
    public static string Of(string dataFolder)
    {
        string file = Path.Combine(dataFolder, "node");
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 and <= 64 } name)
        {
            return name;
        }

        name = Guid.CreateVersion7().ToString("n");
        Directory.CreateDirectory(dataFolder);
        File.WriteAllText(file, name);
        return name;
    }
}
