using System.Collections.Immutable;
using MediaCore.Audio.Opus;
using MediaCore.Audio.Tones;
using MediaCore.Engine;
using MediaCore.Engine.Prompts;

namespace MediaCore.Server.Configuration;

/// <summary>Section <c>media</c>: addresses and ports of RTP.</summary>
internal sealed record MediaSettings
{
    /// <summary>Addresses and ports of the first network.</summary>
    public EngineNetwork Network { get; init; } = new() { Name = "" };

    /// <summary>Whether a leg whose peer fell silent may be taken over by another source.</summary>
    public bool Handover { get; init; }

    /// <summary>How long a released port rests.</summary>
    public TimeSpan PortRest { get; init; }

    /// <summary>A call without any RTP for so long is ended; zero never.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Code point of RTP and RTCP.</summary>
    public byte Dscp { get; init; }

    /// <summary>Codecs that are added to offers.</summary>
    public ImmutableArray<CodecName> AddedCodecs { get; init; } = [];

    /// <summary>How Opus codes.</summary>
    public OpusEncoderOptions Opus { get; init; } = new();

    /// <summary>Comfort noise to peers.</summary>
    public ComfortNoisePolicy ComfortNoise { get; init; }

    /// <summary>Country whose tones are played.</summary>
    public string Country { get; init; } = "us";

    /// <summary>How long a refused caller whom we have answered hears why; zero hangs up at once.</summary>
    public TimeSpan RefusalTone { get; init; }

    /// <summary>What a party hears while the other side holds it.</summary>
    public MusicOnHold MusicOnHold { get; init; }

    /// <summary>For <see cref="MediaCore.Engine.MusicOnHold.File"/>: the file.</summary>
    public PromptSource MusicFile { get; init; }

    /// <summary>Reads the section.</summary>
    public static MediaSettings Read(SectionReader section)
    {
        EngineOptions defaults = new();
        EngineNetwork network = NetworkSettings.ReadAddresses(section, name: "", section.Text("address", "127.0.0.1"));

        ConfigurationText country = section.Text("country", new EngineOptions().Country);
        if (!CountryTones.Countries.Contains(country.Value, StringComparer.OrdinalIgnoreCase))
        {
            section.Error(country, $"\"{country.Value}\" is not a country whose tones are known; these are: {string.Join(", ", CountryTones.Countries.Order(StringComparer.Ordinal))}");
        }

        ConfigurationText music = section.Text("musicOnHold", "none");
        MediaSettings result = new()
        {
            Network = network,
            Handover = section.Flag("handover", defaults.MediaHandover),
            PortRest = section.Seconds("portRestSeconds", defaults.MediaPortRest, TimeSpan.Zero, TimeSpan.FromMinutes(5)),
            Dscp = (byte)section.Integer("dscp", defaults.MediaDscp, 0, 63),
            AddedCodecs = CodecSettings.ReadAdded(section, defaults.AddedCodecs),
            Opus = CodecSettings.ReadOpus(section.Section("opus"), defaults.Opus),
            ComfortNoise = CodecSettings.ReadComfortNoise(section, defaults.ComfortNoise),
            Country = country.Value,
            RefusalTone = section.Seconds("refusalToneSeconds", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(60)),
            MusicOnHold = music.Value switch { "none" => MusicOnHold.None, "generated" => MusicOnHold.Generated, _ => MusicOnHold.File },
            MusicFile = music.Value is "none" or "generated" ? default : PromptSource.FromFile(music.Value),
            Timeout = section.Seconds("timeoutSeconds", defaults.MediaTimeout, TimeSpan.Zero, TimeSpan.FromDays(1)),
        };
        section.Finish();
        return result;
    }
}
