using MediaCore.Audio.Prompts;
using MediaCore.Engine.MediaSessions.Digits;
using MediaCore.Primitives;
using MediaCore.Sdp;

namespace MediaCore.Engine.Ng;

/// <summary>One request, read: what <see cref="NgRequestReader"/> made of a message. Made off the shards, handled by one.</summary>
internal sealed class NgRequest
{
    /// <summary>The command.</summary>
    public NgCommand Command { get; init; }

    /// <summary>The Call-ID; empty where none is given.</summary>
    public string CallId { get; set; } = "";

    /// <summary>The tag of the one who made the offer, or whom a media command means; null where none is given.</summary>
    public string? FromTag { get; set; }

    /// <summary>The tag of the one who answers.</summary>
    public string? ToTag { get; set; }

    /// <summary>The branch of a fork.</summary>
    public string? ViaBranch { get; set; }

    /// <summary>A party by the name that the controller gave it.</summary>
    public string? Label { get; set; }

    /// <summary>The name to be given to the party.</summary>
    public string? SetLabel { get; set; }

    /// <summary>A party by the address that its description has.</summary>
    public NetworkEndpoint Address { get; set; }

    /// <summary>The description; empty where none is given.</summary>
    public byte[] Sdp { get; set; } = [];

    /// <summary>What is asked for by a word.</summary>
    public NgFlags Flags { get; set; }

    /// <summary>Where the SIP message came from.</summary>
    public NetworkEndpoint ReceivedFrom { get; set; }

    /// <summary>The address to be shown to the other side.</summary>
    public NetworkEndpoint MediaAddress { get; set; }

    /// <summary>The networks of the side that the description comes from and of the other one, by name; null where nothing is said.</summary>
    public string? FromNetwork { get; set; }

    /// <summary>See <see cref="FromNetwork"/>.</summary>
    public string? ToNetwork { get; set; }

    /// <summary>The family wanted for the other side: 4 or 6, 0 for any.</summary>
    public int AddressFamily { get; set; }

    /// <summary>The octet of traffic class wanted: negative to leave it, above 255 for that of the configuration, as without the key.</summary>
    public int TrafficClass { get; set; } = 256;

    /// <summary>The protocol wanted for the other side; null for that of the description.</summary>
    public SdpProtocol? Protocol { get; set; }

    /// <summary>ICE.</summary>
    public NgIce Ice { get; set; }

    /// <summary>Suites that are not to be offered or taken.</summary>
    public List<CryptoSuite> RefusedSuites { get; } = [];

    /// <summary>The only suites to be offered or taken; empty for all.</summary>
    public List<CryptoSuite> OnlySuites { get; } = [];

    /// <summary>Codecs.</summary>
    public NgCodecPolicy Codecs { get; } = new();

    /// <summary>Packet time for the other side, in ms; 0 for that of the description.</summary>
    public int PtimeMilliseconds { get; set; }

    /// <summary>Packet time for the one whose description it is, in ms.</summary>
    public int ReversePtimeMilliseconds { get; set; }

    /// <summary>How long a deleted session lives on; null for the configured time.</summary>
    public TimeSpan? DeleteDelay { get; set; }

    /// <summary>How many sessions to list.</summary>
    public int Limit { get; set; } = NgLimits.DefaultListed;

    /// <summary>Whether the controller understands <c>load limit</c>.</summary>
    public bool KnowsLoadLimit { get; set; }

    /// <summary>A file to be played.</summary>
    public string? File { get; set; }

    /// <summary>The bytes of a file to be played.</summary>
    public byte[]? Blob { get; set; }

    /// <summary>What is played, made of the file or the bytes before a shard gets the request.</summary>
    public AudioClip? Clip { get; set; }

    /// <summary>How often it is played; 1 once.</summary>
    public int Repeats { get; set; } = 1;

    /// <summary>Where it begins.</summary>
    public TimeSpan StartPosition { get; set; }

    /// <summary>The digit to be sent; <c>'\0'</c> where none is given.</summary>
    public char Digit { get; set; }

    /// <summary>How long it is, in ms.</summary>
    public int DurationMilliseconds { get; set; } = DigitLimits.DefaultMilliseconds;

    /// <summary>How long the silence after it is, in ms.</summary>
    public int PauseMilliseconds { get; set; } = DigitLimits.DefaultPauseMilliseconds;

    /// <summary>What becomes of blocked digits.</summary>
    public DigitMask Mask { get; set; } = DigitMask.Drop;

    /// <summary>What the answer has to warn of, without any that says the same.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Words that nobody knows, for the log.</summary>
    public List<string> UnknownWords { get; } = [];

    /// <summary>Why the request cannot be done at all; null where it can.</summary>
    public string? Error { get; set; }

    /// <summary>Whether a flag is set.</summary>
    public bool Has(NgFlags flag) => (Flags & flag) != NgFlags.None;

    /// <summary>Notes a warning, up to <see cref="NgLimits.MaxWarnings"/>.</summary>
    public void Warn(string text)
    {
        if (Warnings.Count < NgLimits.MaxWarnings && !Warnings.Contains(text, StringComparer.Ordinal))
        {
            Warnings.Add(text);
        }
    }
}
