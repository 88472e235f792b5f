using System.Globalization;
using MediaCore.Engine;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;

namespace MediaCore.Server.Configuration;

/// <summary>List <c>networks</c>, and the addresses and ports of media in it and in section <c>media</c>.</summary>
internal static class NetworkSettings
{
    /// <summary>Reads the list.</summary>
    public static IReadOnlyList<EngineNetwork> ReadAll(SectionReader root)
    {
        List<EngineNetwork> result = [];
        foreach (SectionReader section in root.Sections("networks"))
        {
            ConfigurationText? name = section.RequiredText("name");
            if (name is { } written && (written.Value == EngineNetwork.DefaultName || result.Exists(known => known.Name == written.Value)))
            {
                section.Error(written, $"\"{written.Value}\" is another network's name (\"{EngineNetwork.DefaultName}\" is that of section media)");
            }

            if (section.RequiredText("address") is { } address)
            {
                result.Add(ReadAddresses(section, name?.Value ?? "", address));
            }

            section.Finish();
        }

        if (result.Count > EngineLimits.MaxNetworks)
        {
            root.Error("networks", $"has {result.Count} networks; there are {EngineLimits.MaxNetworks} at most");
        }

        return result;
    }

    /// <summary>Checks that what listeners and trunks name is there.</summary>
    public static void CheckNames(SectionReader root, IReadOnlyList<EngineNetwork> networks, SipSettings sip, IReadOnlyList<TrunkSettings> trunks)
    {
        Check("sip.listen", "a listener", sip.Listen.Select(static listener => listener.Network));
        Check("trunks", "a trunk", trunks.Select(static trunk => trunk.Network));

        void Check(string key, string what, IEnumerable<string?> names)
        {
            foreach (string name in names.OfType<string>().Where(name => networks.All(network => network.Name != name)).Distinct())
            {
                root.Error(key, $"{what} names the network \"{name}\", and there is no such one in networks");
            }
        }
    }

    /// <summary>Reads the addresses and ports of media of a network, all but its address as it was written.</summary>
    public static EngineNetwork ReadAddresses(SectionReader section, string name, in ConfigurationText addressText)
    {
        EngineOptions defaults = new();
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
                section.Error(advertisedText, $"must be of the same family as {section.PathOf("address")}");
            }
        }
        else if (address.HasAddress && address.IsUnspecified)
        {
            section.Error(addressText, $"stands for every address, so {section.PathOf("advertised")} must say which one peers send to");
        }

        (NetworkEndpoint address6, NetworkEndpoint advertised6) = ReadIPv6(section, address);
        ConfigurationText ports = section.Text("ports", $"{defaults.FirstMediaPort}-{defaults.LastMediaPort}");
        if (!TryParsePorts(ports.Value, out ushort first, out ushort last))
        {
            section.Error(ports, $"\"{ports.Value}\" is not a port range; write first-last, as 30000-39999, from 1024 to 65535 and with at least two ports");
            (first, last) = (defaults.FirstMediaPort, defaults.LastMediaPort);
        }

        return new EngineNetwork
        {
            Name = name,
            MediaAddress = address,
            AdvertisedMediaAddress = advertised,
            MediaAddress6 = address6,
            AdvertisedMediaAddress6 = advertised6,
            FirstMediaPort = first,
            LastMediaPort = last,
        };
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
                section.Error(text, $"is for the IPv6 side of calls beside an IPv4 {section.PathOf("address")}, which is IPv6 here");
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
                section.Error(advertisedText, $"needs {section.PathOf("address6")}");
            }
        }
        else if (address.HasAddress && address.IsUnspecified)
        {
            section.Error("address6", $"stands for every address, so {section.PathOf("advertised6")} must say which one peers send to");
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
