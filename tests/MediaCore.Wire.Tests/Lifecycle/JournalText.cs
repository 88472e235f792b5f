using System.Text.Json;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Lifecycle;

/// <summary>The journal of an SBC as anyone may read it: JSON lines.</summary>
internal static class JournalText
{
    /// <summary>Call-IDs of the callers' legs, as often as they have a record. A last line that a kill cut short is no record.</summary>
    public static IReadOnlyList<string> ReadCallerCallIds(MediaCoreServer server)
    {
        List<string> ids = [];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(server.Folder, "data", "records"), "cdr-*.jsonl"))
        {
            string text = File.ReadAllText(file);
            foreach (string line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using JsonDocument record = JsonDocument.Parse(line);
                ids.Add(record.RootElement.GetProperty("legs")[0].GetProperty("sip_call_id").GetString()!);
            }
        }

        return ids;
    }
}
