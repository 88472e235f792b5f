using MediaCore.Numbers.Transcription;

namespace MediaCore.Server.Configuration;

/// <summary><c>numbers.transcription</c>: what makes text of voicemail messages.</summary>
internal static class TranscriptionSettings
{
    /// <summary>Reads the section.</summary>
    public static TranscriptionOptions Read(SectionReader section, string baseFolder)
    {
        TranscriptionEngine engine = section.Choice("engine", TranscriptionEngine.None, ("pocketsphinx", TranscriptionEngine.PocketSphinx), ("http", TranscriptionEngine.Http), ("none", TranscriptionEngine.None));
        ConfigurationText program = section.Text("program", "pocketsphinx_continuous");
        ConfigurationText language = section.Text("language", "en");
        ConfigurationText? url = section.OptionalText("url", null);
        ConfigurationText? tokenFile = section.OptionalText("tokenFile", null);
        TimeSpan timeout = section.Seconds("timeoutSeconds", TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1), TimeSpan.FromHours(2));
        Uri? address = null;
        if (url is { } text && (!Uri.TryCreate(text.Value, UriKind.Absolute, out address) || address.Scheme is not ("https" or "http")))
        {
            section.Error(text, "is an address such as https://speech.example.org/transcribe");
        }

        if (engine == TranscriptionEngine.Http && url is null)
        {
            section.Error("url", "is missing: the engine http needs it");
        }

        if (tokenFile is { } secret && address is { Scheme: "http", IsLoopback: false })
        {
            section.Error(secret, "the token would go over the network for anyone to read: take https");
        }

        string? token = tokenFile is { } file ? SecretFile.ReadLine(section, file, baseFolder) : null;
        section.Finish();
        return new TranscriptionOptions { Engine = engine, Program = program.Value, Language = language.Value, Url = address, Token = token, Timeout = timeout };
    }
}
