namespace MediaCore.Engine.Ng;

/// <summary>
/// What a request wants done to the codecs of a description. Names are as in <c>a=rtpmap</c> without case (<c>PCMU</c>), with the clock and channels where they matter
/// (<c>opus/48000/2</c>), or <c>all</c>.
/// </summary>
internal sealed class NgCodecPolicy
{
    /// <summary>Taken out of what the other side sees.</summary>
    public List<string> Strip { get; } = [];

    /// <summary>With <see cref="Strip"/>: these stay.</summary>
    public List<string> Offer { get; } = [];

    /// <summary>All but these are taken out.</summary>
    public List<string> Except { get; } = [];

    /// <summary>Not shown to the other side, and decoded for it.</summary>
    public List<string> Mask { get; } = [];

    /// <summary>Offered beside the peer's own, and decoded for it.</summary>
    public List<string> Transcode { get; } = [];

    /// <summary>Accepted from the offerer even if the other side does not have them.</summary>
    public List<string> Accept { get; } = [];

    /// <summary>As <see cref="Mask"/> and <see cref="Accept"/> in one.</summary>
    public List<string> Consume { get; } = [];

    /// <summary>Left as if they were not there.</summary>
    public List<string> Ignore { get; } = [];

    /// <summary>Parameters of the codecs that are transcoded to.</summary>
    public List<string> Set { get; } = [];

    /// <summary>Whether anything is asked for.</summary>
    public bool IsEmpty => Strip.Count + Except.Count + Mask.Count + Transcode.Count + Consume.Count + Ignore.Count + Accept.Count == 0;

    /// <summary>The list that a request means by a word; null for a word that is none.</summary>
    public List<string>? Get(string word) => word switch
    {
        "strip" => Strip,
        "offer" => Offer,
        "except" => Except,
        "mask" => Mask,
        "transcode" => Transcode,
        "accept" => Accept,
        "consume" => Consume,
        "ignore" => Ignore,
        "set" => Set,
        _ => null,
    };

    /// <summary>Whether a format is shown to the other side.</summary>
    /// <param name="name">Encoding name.</param>
    /// <param name="clockRateHz">Clock.</param>
    public bool Shows(ReadOnlySpan<char> name, uint clockRateHz)
    {
        if (Except.Count > 0)
        {
            return Has(Except, name, clockRateHz, exactly: true);
        }

        if (Has(Ignore, name, clockRateHz) || Has(Consume, name, clockRateHz) || Has(Mask, name, clockRateHz))
        {
            return Has(Offer, name, clockRateHz, exactly: true);
        }

        return !Has(Strip, name, clockRateHz) || Has(Offer, name, clockRateHz, exactly: true) || Has(Transcode, name, clockRateHz, exactly: true);
    }

    /// <summary>Whether the offerer may be answered with one of its formats: those that were stripped for good are not spoken with it either.</summary>
    public bool Accepts(Sdp.AudioFormatList formats, int index)
    {
        string name = System.Text.Encoding.Latin1.GetString(formats.GetEncodingName(index));
        uint clock = formats[index].ClockRateHz;
        return Has(Accept, name, clock) || Has(Mask, name, clock) || Has(Consume, name, clock) || Shows(name, clock);
    }

    private static bool Has(List<string> list, ReadOnlySpan<char> name, uint clockRateHz, bool exactly = false)
    {
        foreach (string entry in list)
        {
            if (!exactly && (entry.Equals("all", StringComparison.OrdinalIgnoreCase) || entry.Equals("full", StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }

            ReadOnlySpan<char> rest = entry;
            int slash = rest.IndexOf('/');
            ReadOnlySpan<char> wanted = slash < 0 ? rest : rest[..slash];
            if (!wanted.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            rest = slash < 0 ? default : rest[(slash + 1)..];
            int next = rest.IndexOf('/');
            rest = next < 0 ? rest : rest[..next];
            if (rest.IsEmpty || !uint.TryParse(rest, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out uint clock) || clock == clockRateHz)
            {
                return true;
            }
        }

        return false;
    }
}
