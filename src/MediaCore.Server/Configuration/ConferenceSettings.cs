using System.Collections.Frozen;
using MediaCore.Engine.MediaSessions.Conferences;

namespace MediaCore.Server.Configuration;

/// <summary>Reads the list <c>conferences</c>: rooms that are not held by default.</summary>
internal static class ConferenceSettings
{
    /// <summary>Reads the list.</summary>
    public static FrozenDictionary<string, ConferenceOptions> ReadAll(SectionReader root)
    {
        Dictionary<string, ConferenceOptions> rooms = new(StringComparer.Ordinal);
        foreach (SectionReader section in root.Sections("conferences"))
        {
            ConferenceOptions fallback = new();
            ConferenceOptions options = new()
            {
                MaxMembers = (int)section.Integer("maxMembers", fallback.MaxMembers, 2, ConferenceLimits.MaxMembers),
                MaxTalkers = (int)section.Integer("maxTalkers", fallback.MaxTalkers, 1, ConferenceLimits.MaxMembers),
                SampleRateHz = section.Choice("sampleRate", fallback.SampleRateHz, ("8000", 8000), ("16000", 16_000), ("48000", 48_000)),
                Tones = section.Flag("tones", fallback.Tones),
            };
            if (section.RequiredText("name") is { } name)
            {
                if (!ConferenceRoom.IsName(name.Value))
                {
                    section.Error(name, $"\"{name.Value}\": {ConferenceRoom.Rule}");
                }
                else if (!rooms.TryAdd(name.Value, options))
                {
                    section.Error(name, $"there are two rooms named \"{name.Value}\"");
                }
            }

            section.Finish();
        }

        return rooms.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
