using System.Collections.Immutable;
using System.Globalization;
using MediaCore.Audio.Opus;
using MediaCore.Audio.Tones;
using MediaCore.Engine;
using MediaCore.Engine.Prompts;
using MediaCore.Primitives;

namespace MediaCore.Server.Configuration;

/// <summary>Section <c>media</c>: addresses and ports of RTP.</summary>
internal sealed record MediaSettings
{
    /// <summary>Local address of the media sockets.</summary>
    public NetworkEndpoint Address { get; init; }

    /// <summary>Address written into SDP; none to use <see cref="Address"/>.</summary>
    public NetworkEndpoint Advertised { get; init; }

    /// <summary>Local IPv6 address of the media sockets for the IPv6 side of calls, beside an IPv4 <see cref="Address"/>; none to serve one family.</summary>
    public NetworkEndpoint Address6 { get; init; }

    /// <summary>Address written into SDP for the IPv6 side; none to use <see cref="Address6"/>.</summary>
    public NetworkEndpoint Advertised6 { get; init; }

    /// <summary>Whether a leg whose peer fell silent may be taken over by another source.</summary>
    public bool Handover { get; init; }

    /// <summary>First port, inclusive.</summary>
    public ushort FirstPort { get; init; }

    /// <summary>Last port, inclusive.</summary>
    public ushort LastPort { get; init; }

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
        ConfigurationText addressText = section.Text("address", "127.0.0.1");
        if (EndpointSyntax.TryParseAddress(addressText.Value, out NetworkEndpoint address) is { } error)
        {
            section.Error(addressText, error);
        }

        NetworkEndpoint advertised = default;
        if (section.OptionalText("advertised", null) is { } advertisedText)
        {
            if (EndpointSyntax.TryParseAddress(advertisedText.Value, out advertised) is { } advertisedError)
            {
                section.Error(advertisedText, advertisedError);
            }
            else if (advertised.IsUnspecified)
            {
                section.Error(advertisedText, "must be an address that peers can send to");
            }
            else if (address.HasAddress && advertised.IsIPv6 != address.IsIPv6)
            {
                section.Error(advertisedText, "must be of the same family as media.address");
            }
        }
        else if (address.HasAddress && address.IsUnspecified)
        {
            section.Error(addressText, "stands for every address, so media.advertised must say which one peers send to");
        }

        (NetworkEndpoint address6, NetworkEndpoint advertised6) = ReadIPv6(section, address);
        ConfigurationText ports = section.Text("ports", $"{defaults.FirstMediaPort}-{defaults.LastMediaPort}");
        if (!TryParsePorts(ports.Value, out ushort first, out ushort last))
        {
            section.Error(ports, $"\"{ports.Value}\" is not a port range; write first-last, as 30000-39999, from 1024 to 65535 and with at least two ports");
            (first, last) = (defaults.FirstMediaPort, defaults.LastMediaPort);
        }

        ConfigurationText country = section.Text("country", new EngineOptions().Country);
        if (!CountryTones.Countries.Contains(country.Value, StringComparer.OrdinalIgnoreCase))
        {
            section.Error(country, $"\"{country.Value}\" is not a country whose tones are known; these are: {string.Join(", ", CountryTones.Countries.Order(StringComparer.Ordinal))}");
        }

        ConfigurationText music = section.Text("musicOnHold", "none");
        MediaSettings result = new()
        {
            Address = address,
            Advertised = advertised,
            Address6 = address6,
            Advertised6 = advertised6,
            Handover = section.Flag("handover", defaults.MediaHandover),
            FirstPort = first,
            LastPort = last,
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

    private static (NetworkEndpoint Address, NetworkEndpoint Advertised) ReadIPv6(SectionReader section, in NetworkEndpoint main)
    {
        NetworkEndpoint address = default;
        NetworkEndpoint advertised = default;
        if (section.OptionalText("address6", null) is { } text)
        {
            if (EndpointSyntax.TryParseAddress(text.Value, out address) is { } error)
            {
                section.Error(text, error);
            }
            else if (!address.IsIPv6)
            {
                section.Error(text, "must be an IPv6 address");
            }
            else if (main.IsIPv6)
            {
                section.Error(text, "is for the IPv6 side of calls beside an IPv4 media.address, which is IPv6 here");
            }
        }

        if (section.OptionalText("advertised6", null) is { } advertisedText)
        {
            if (EndpointSyntax.TryParseAddress(advertisedText.Value, out advertised) is { } error)
            {
                section.Error(advertisedText, error);
            }
            else if (!advertised.IsIPv6 || advertised.IsUnspecified)
            {
                section.Error(advertisedText, "must be an IPv6 address that peers can send to");
            }
            else if (!address.HasAddress)
            {
                section.Error(advertisedText, "needs media.address6");
            }
        }
        else if (address.HasAddress && address.IsUnspecified)
        {
            section.Error("address6", "stands for every address, so media.advertised6 must say which one peers send to");
        }

        return (address, advertised);
    }

    private static bool TryParsePorts(string text, out ushort first, out ushort last)
    {
        first = last = 0;
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash > 0
            && ushort.TryParse(text.AsSpan(0, dash).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out first)
            && ushort.TryParse(text.AsSpan(dash + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out last)
            && first >= 1024 && last > first

            // An RTP port is even and its RTCP port the next one (RFC 3550 §11), so a range of two that begins odd holds none.
            && (first + (first & 1)) + 1 <= last;
    }
}
