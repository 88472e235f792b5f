using MediaCore.Engine.Prompts;
using MediaCore.Engine.Recordings;

namespace MediaCore.Server.Configuration;

/// <summary>Reads section <c>recording</c>: where recordings of calls go and what they are kept as.</summary>
internal static class RecordingSettings
{
    /// <summary>Reads the section; null when it is missing and nothing asks for recordings.</summary>
    public static RecordingOptions? Read(SectionReader section, string dataFolder, string baseFolder, bool isWanted)
    {
        string? directory = section.OptionalText("directory", null)?.Value;
        if (directory?.Length == 0)
        {
            section.Error("directory", "must name a folder; without the key it is recordings in the data folder");
        }

        ConfigurationText pattern = section.Text("path", RecordingPath.Default.Pattern);
        if (!RecordingPath.TryParse(pattern.Value, out RecordingPath? path, out string problem))
        {
            section.Error(pattern, $"\"{pattern.Value}\" {problem}");
        }

        RecordingFormat format = section.Choice(
            "format",
            RecordingFormat.Wav,
            ("wav", RecordingFormat.Wav),
            ("wav-alaw", RecordingFormat.WavALaw),
            ("wav-mulaw", RecordingFormat.WavMuLaw),
            ("opus", RecordingFormat.Opus));
        if (!RecordingStore.CanMake(format))
        {
            section.Error("format", "\"opus\" needs libopus (package libopus0), which is not installed here; install it or choose \"wav\"");
        }

        (RecordingLayout layout, bool perLeg) = section.Choice(
            "layout",
            (RecordingLayout.Stereo, false),
            ("stereo", (RecordingLayout.Stereo, false)),
            ("mixed", (RecordingLayout.Mixed, false)),
            ("legs", (RecordingLayout.Said, true)));
        RecordingOptions defaults = new() { Directory = "" };
        RecordingOptions options = new()
        {
            Directory = string.IsNullOrEmpty(directory) ? Path.Combine(dataFolder, "recordings") : Path.GetFullPath(directory, baseFolder),
            Path = path ?? RecordingPath.Default,
            Format = format,
            Layout = layout,
            PerLeg = perLeg,
            Pause = section.Choice("pause", RecordingPause.Silence, ("silence", RecordingPause.Silence), ("cut", RecordingPause.Cut)),
            MaxDuration = section.Seconds("maxSeconds", defaults.MaxDuration, TimeSpan.FromSeconds(1), TimeSpan.FromHours(12)),
            SampleRateHz = section.Choice("sampleRate", 0, ("auto", 0), ("8000", 8000), ("16000", 16_000)),
            OpusBitrate = (int)section.Integer("opusBitrate", defaults.OpusBitrate, 6000, 128_000),
            Sync = section.Choice("sync", RecordingSync.AtEnd, ("never", RecordingSync.Never), ("end", RecordingSync.AtEnd), ("always", RecordingSync.Always)),
            MaxBufferBytes = section.Integer("bufferMegabytes", RecordingLimits.DefaultBufferBytes >> 20, 1, 4096) << 20,
            Threads = (int)section.Integer("threads", 1, 1, RecordingLimits.MaxThreads),
            Announcement = ReadAnnouncement(section),
            Beep = section.Flag("beep", false),
        };
        section.Finish();
        return section.IsPresent || isWanted ? options : null;
    }

    private static PromptSource ReadAnnouncement(SectionReader section)
    {
        ConfigurationText? text = section.OptionalText("announcementText", null);
        ConfigurationText? file = section.OptionalText("announcementFile", null);
        if (text is not null && file is not null)
        {
            section.Error("announcementFile", "an announcement is a text or a file, not both");
        }

        return text is { } spoken ? PromptSource.FromText(spoken.Value) : file is { } played ? PromptSource.FromFile(played.Value) : default;
    }
}
