using System.Globalization;
using System.Text;
using MediaCore.Primitives;
using MediaCore.Rtp.TelephoneEvents;
using MediaCore.Sdp;

namespace MediaCore.Engine.Ng;

/// <summary>
/// Makes a request of a message. Keys and flags are taken in all the ways that controllers write them: as a key with a value, in a list of that key (<c>rtcp-mux: [offer]</c>), as a
/// word in <c>flags</c> (<c>rtcp-mux-offer</c>, <c>codec-strip-PCMU</c>, <c>ptime=30</c>), with dashes, spaces or underscores. What nobody knows becomes a warning.
/// </summary>
internal sealed class NgRequestReader
{
    private readonly NgRequest _request;

    private NgRequestReader(NgRequest request) => _request = request;

    /// <summary>Reads a message.</summary>
    public static NgRequest Read(NgDictionary message)
    {
        if (message["command"] is not { Kind: NgKind.Text } command)
        {
            return new NgRequest { Error = "Dictionary contains no key \"command\"" };
        }

        NgRequest request = new() { Command = NgCommands.Of(command.Text) };
        if (request.Command == NgCommand.Unknown)
        {
            request.Error = "Unrecognized command";
            return request;
        }

        NgRequestReader reader = new(request);
        foreach ((string key, NgValue value) in message.Members)
        {
            reader.ReadMember(key, value);
        }

        return request;
    }

    private void ReadMember(string key, NgValue value)
    {
        string name = NgFlagNames.Normalize(key);
        switch (name)
        {
            case "command":
                break;
            case "flags":
                ReadEach(value, ReadFlag);
                break;
            case "replace":
            case "rtcp-mux":
            case "sdes":
                ReadEach(value, word => ReadFlag(name + "-" + word));
                break;
            case "osrtp":
            case "t38":
            case "t.38":
            case "bundle":
                ReadEach(value, word => Warn(name + "=" + word));
                break;
            case "supports":
                ReadEach(value, word => _request.KnowsLoadLimit |= word == "load limit");
                break;
            case "direction":
                ReadDirection(value);
                break;
            case "from-interface":
                _request.FromNetwork = value.Scalar;
                break;
            case "to-interface":
                _request.ToNetwork = value.Scalar;
                break;
            case "received-from":
                ReadReceivedFrom(value);
                break;
            case "codec":
            case "transcode":
                ReadCodecs(name, value);
                break;
            default:
                if (!TryReadValue(name, value))
                {
                    ReadFlag(value.Kind == NgKind.Text ? name + "=" + value.Text : name);
                }

                break;
        }
    }

    private void ReadFlag(string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string name = NgFlagNames.Normalize(equals < 0 ? word : word[..equals]);
        if (equals >= 0)
        {
            if (name.StartsWith("codec-", StringComparison.Ordinal) || !TryReadValue(name, word[(equals + 1)..]))
            {
                ReadUnknown(word);
            }

            return;
        }

        if (name.Length == 0)
        {
            return;
        }

        if (NgFlagNames.TryGet(name, out NgFlags flag))
        {
            _request.Flags |= flag;
        }
        else if (!NgFlagNames.IsWithoutEffect(name) && !TryReadPrefixed(word, name))
        {
            ReadUnknown(word);
        }
    }

    /// <summary>Words that have their value behind a dash.</summary>
    private bool TryReadPrefixed(string word, string name)
    {
        if (name.StartsWith("sdes-no-", StringComparison.Ordinal))
        {
            return TryAddSuite(_request.RefusedSuites, word["sdes-no-".Length..]);
        }

        if (name.StartsWith("sdes-only-", StringComparison.Ordinal))
        {
            return TryAddSuite(_request.OnlySuites, word["sdes-only-".Length..]);
        }

        if (name.StartsWith("codec-", StringComparison.Ordinal) || name.StartsWith("transcode-", StringComparison.Ordinal))
        {
            string rest = name.StartsWith("codec-", StringComparison.Ordinal) ? word["codec-".Length..] : word;
            int dash = rest.IndexOf('-', StringComparison.Ordinal);
            return dash > 0 && TryAddCodec(_request.Codecs.Get(rest[..dash].ToLowerInvariant()), rest[(dash + 1)..]);
        }

        foreach (string key in s_dashed)
        {
            if (name.StartsWith(key, StringComparison.Ordinal) && name.Length > key.Length + 1 && name[key.Length] == '-')
            {
                return TryReadValue(key, word[(key.Length + 1)..]);
            }
        }

        return false;
    }

    // A key that begins with another one stands before it.
    private static readonly string[] s_dashed = ["ice", "ptime-reverse", "ptime", "transport-protocol", "address-family", "endpoint-learning", "dtls", "delete-delay"];

    /// <summary>Keys with one value; false for a key that is none of them.</summary>
    private bool TryReadValue(string name, NgValue value)
    {
        string? text = value.Scalar;
        switch (name)
        {
            case "call-id":
                _request.CallId = ReadIdentifier(name, text) ?? "";
                return true;
            case "from-tag":
                _request.FromTag = ReadIdentifier(name, text);
                return true;
            case "to-tag":
                _request.ToTag = ReadIdentifier(name, text);
                return true;
            case "via-branch":
                _request.ViaBranch = ReadIdentifier(name, text);
                return true;
            case "label":
            case "from-label":
                _request.Label = ReadIdentifier(name, text);
                return true;
            case "set-label":
                _request.SetLabel = ReadIdentifier(name, text);
                return true;
            case "sdp":
                _request.Sdp = Encoding.Latin1.GetBytes(value.Text);
                return true;
            case "address":
                _request.Address = ReadAddress(name, text);
                return true;
            case "media-address":
                _request.MediaAddress = ReadAddress(name, text);
                return true;
            case "address-family":
                ReadFamily(text);
                return true;
            case "tos":
                _request.TrafficClass = ReadNumber(name, text, -1, 256);
                return true;
            case "transport-protocol":
                ReadProtocol(text);
                return true;
            case "ice":
                ReadIce(text);
                return true;
            case "ptime":
                _request.PtimeMilliseconds = ReadNumber(name, text, 0, SdpLimits.MaxPacketTimeMilliseconds);
                return true;
            case "ptime-reverse":
                _request.ReversePtimeMilliseconds = ReadNumber(name, text, 0, SdpLimits.MaxPacketTimeMilliseconds);
                return true;
            case "delete-delay":
                _request.DeleteDelay = TimeSpan.FromSeconds(ReadNumber(name, text, 0, (int)NgLimits.MaxDeleteDelay.TotalSeconds));
                return true;
            case "endpoint-learning":
                if (text == "off")
                {
                    _request.Flags |= NgFlags.Asymmetric;
                }
                else if (text is not ("heuristic" or "delayed" or "immediate"))
                {
                    Warn($"{name}={text}");
                }

                return true;
            case "limit":
                _request.Limit = ReadNumber(name, text, 1, int.MaxValue);
                return true;
            case "all":
                _request.Flags |= text is "all" or "offer-answer" or "flows" ? NgFlags.All : NgFlags.None;
                return true;
            default:
                return TryReadMediaValue(name, text) || TryReadIgnored(name, text);
        }
    }

    private bool TryReadMediaValue(string name, string? text)
    {
        switch (name)
        {
            case "file":
                _request.File = text;
                return true;
            case "blob":
                _request.Blob = text is null ? null : Encoding.Latin1.GetBytes(text);
                return true;
            case "repeat-times":
            case "repeat":
                _request.Repeats = ReadNumber(name, text, 1, int.MaxValue);
                return true;
            case "start-pos":
                _request.StartPosition = TimeSpan.FromMilliseconds(ReadNumber(name, text, 0, int.MaxValue));
                return true;
            case "digit":
            case "code":
                _request.Digit = ReadDigit(name, text);
                return true;
            case "dtmf-security":
                ReadMask(text);
                return true;
            case "duration":
                _request.DurationMilliseconds = ReadNumber(name, text, 100, 5_000);
                return true;
            case "pause":
                _request.PauseMilliseconds = ReadNumber(name, text, 100, 5_000);
                return true;
            case "volume":
                // Digits go at the level at which we send all of them.
                Warn(name);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Keys that are known and change nothing: their default is what is done here, or they say what only rtpengine's own log and database have a place for.</summary>
    private bool TryReadIgnored(string name, string? text)
    {
        switch (name)
        {
            case "record-call":
                _request.Flags |= text is "on" or "yes" or "1" or "true" ? NgFlags.RecordCall : NgFlags.None;
                return true;
            case "dtls" when text is "off" or "no" or "disable":
            case "generate-rtcp" when text is "off":
            case "ice-lite" when text is "off":
            case "t38" when text is "off":
            case "metadata":
            case "viabranch":
            case "xmlrpc-callback":
            case "created":
            case "created-us":
            case "nodename":
            case "output-destination":
                return true;
            default:
                return false;
        }
    }

    private void ReadUnknown(string word)
    {
        if (_request.UnknownWords.Count < NgLimits.MaxWarnings)
        {
            _request.UnknownWords.Add(word.Length > 64 ? word[..64] : word);
        }

        Warn(word.Length > 64 ? word[..64] : word);
    }

    private void Warn(string word) => _request.Warn("ignored: " + word);

    private string? ReadIdentifier(string name, string? text)
    {
        if (text is { Length: > NgLimits.MaxIdentifierBytes })
        {
            _request.Error = string.Create(CultureInfo.InvariantCulture, $"{name} has more than {NgLimits.MaxIdentifierBytes} bytes");
            return null;
        }

        return text;
    }

    private NetworkEndpoint ReadAddress(string name, string? text)
    {
        if (!NetworkEndpoint.TryParseAddress(Encoding.Latin1.GetBytes(text ?? ""), 0, out NetworkEndpoint address))
        {
            Warn($"{name}={text}");
        }

        return address;
    }

    private int ReadNumber(string name, string? text, int min, int max)
    {
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            Warn($"{name}={text}");
            return min;
        }

        return Math.Clamp(number, min, max);
    }

    /// <summary>A digit as such, or the number of its event (RFC 4733 §3.2): 10 is <c>*</c>, 11 <c>#</c>, 12 to 15 <c>A</c> to <c>D</c>.</summary>
    private char ReadDigit(string name, string? text)
    {
        if (text is { Length: 1 } && TelephoneEvent.TryFromDigit(char.ToUpperInvariant(text[0]), out _))
        {
            return char.ToUpperInvariant(text[0]);
        }

        char digit = byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte code) ? TelephoneEvent.ToDigit(code) : '\0';
        if (digit == '\0')
        {
            _request.Error = $"\"{name}\" is none of 0 to 15, *, # and A to D";
        }

        return digit;
    }

    private void ReadMask(string? text)
    {
        DigitMask mask = text switch
        {
            "drop" => DigitMask.Drop,
            "silence" => DigitMask.Silence,
            "tone" => DigitMask.Tone,
            _ => DigitMask.None,
        };
        if (mask == DigitMask.None)
        {
            Warn($"DTMF-security={text}");
        }
        else
        {
            _request.Mask = mask;
        }
    }

    private void ReadFamily(string? text)
    {
        _request.AddressFamily = text is "IP4" or "inet" or "ip4" ? 4 : text is "IP6" or "inet6" or "ip6" ? 6 : 0;
        if (_request.AddressFamily == 0)
        {
            Warn($"address-family={text}");
        }
    }

    private void ReadProtocol(string? text)
    {
        _request.Protocol = text?.ToUpperInvariant() switch
        {
            "RTP/AVP" => SdpProtocol.RtpAvp,
            "RTP/AVPF" => SdpProtocol.RtpAvpf,
            "RTP/SAVP" => SdpProtocol.RtpSavp,
            "RTP/SAVPF" => SdpProtocol.RtpSavpf,
            _ => null,
        };
        if (_request.Protocol is null)
        {
            _request.Error = text is not null && text.Contains("TLS", StringComparison.OrdinalIgnoreCase)
                ? "DTLS-SRTP is not supported; use RTP/SAVP with SDES"
                : $"Unsupported transport-protocol {text}";
        }
    }

    private void ReadIce(string? text)
    {
        switch (text?.ToLowerInvariant())
        {
            case "remove":
                _request.Ice = NgIce.Remove;
                break;
            case "default":
            case "optional":
                break;
            default:
                _request.Ice = NgIce.Force;
                Warn($"ICE={text}");
                break;
        }
    }

    /// <summary>The interfaces of the side that sends this and of the other one.</summary>
    private void ReadDirection(NgValue value)
    {
        if (value.Items.Count == 2)
        {
            (_request.FromNetwork, _request.ToNetwork) = (value.Items[0].Scalar, value.Items[1].Scalar);
        }
        else if (value.Items.Count != 0)
        {
            Warn("direction");
        }
    }

    private void ReadReceivedFrom(NgValue value)
    {
        if (value.Items.Count == 2)
        {
            _request.ReceivedFrom = ReadAddress("received-from", value.Items[1].Scalar);
        }
        else
        {
            _request.ReceivedFrom = ReadAddress("received-from", value.Scalar);
        }
    }

    private void ReadCodecs(string name, NgValue value)
    {
        if (name == "transcode" || value.Dictionary is not { } lists)
        {
            ReadEach(value, word => TryAddCodec(_request.Codecs.Transcode, word));
            return;
        }

        foreach ((string key, NgValue names) in lists.Members)
        {
            if (_request.Codecs.Get(NgFlagNames.Normalize(key)) is { } list)
            {
                ReadEach(names, word => TryAddCodec(list, word));
            }
            else
            {
                ReadUnknown("codec " + key);
            }
        }
    }

    private static bool TryAddCodec(List<string>? list, string name)
    {
        if (list is null || name.Length is 0 or > 64)
        {
            return false;
        }

        if (list.Count < NgLimits.MaxCodecs)
        {
            list.Add(name);
        }

        return true;
    }

    /// <summary>rtpengine's names differ from the registered ones in their dashes and underscores only; NULL and F8 are never offered.</summary>
    private static bool TryAddSuite(List<CryptoSuite> list, string name)
    {
        CryptoSuite suite = CryptoSuites.Of(Encoding.Latin1.GetBytes(name.Replace('-', '_')));
        if (suite == CryptoSuite.Unknown)
        {
            return name.StartsWith("NULL", StringComparison.OrdinalIgnoreCase) || name.StartsWith("F8", StringComparison.OrdinalIgnoreCase);
        }

        if (list.Count < NgLimits.MaxCodecs)
        {
            list.Add(suite);
        }

        return true;
    }

    private static void ReadEach(NgValue value, Action<string> read)
    {
        if (value.Scalar is { } single)
        {
            read(single);
            return;
        }

        foreach (NgValue item in value.Items)
        {
            if (item.Scalar is { } word)
            {
                read(word);
            }
        }
    }
}
