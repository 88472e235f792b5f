using MediaCore.Engine;

namespace MediaCore.Server.Configuration;

/// <summary>Reads in which form digits come and go, <c>trunks[].dtmf</c> and <c>sip.accountDtmf</c>, and what is looked for on a trunk's lines, <c>trunks[].detect</c>.</summary>
internal static class DigitSettings
{
    /// <summary>Reads the form; an error for a word that is none of the four.</summary>
    public static DigitForm ReadForm(SectionReader section, string key) => section.Choice(
        key,
        DigitForm.Auto,
        ("auto", DigitForm.Auto),
        ("rtp", DigitForm.Rtp),
        ("info", DigitForm.Info),
        ("inband", DigitForm.InBand));

    /// <summary>Reads the list; an error for a word that is none of the four.</summary>
    public static LineDetection ReadDetections(SectionReader section)
    {
        LineDetection all = LineDetection.None;
        foreach (ConfigurationText text in section.Texts("detect"))
        {
            LineDetection one = text.Value switch
            {
                "dtmf" => LineDetection.Digits,
                "talk" => LineDetection.Talk,
                "tones" => LineDetection.Tones,
                "amd" => LineDetection.Answerer,
                _ => LineDetection.None,
            };
            if (one == LineDetection.None)
            {
                section.Error(text, $"\"{text.Value}\" is nothing that can be looked for; use \"dtmf\", \"talk\", \"tones\" and \"amd\"");
            }

            all |= one;
        }

        return all;
    }

    /// <summary>What a trunk's media that passes us by cannot have.</summary>
    public static void AddNotices(IReadOnlyList<TrunkSettings> trunks, List<string> notices)
    {
        foreach (TrunkSettings trunk in trunks)
        {
            if (trunk.Media == MediaCore.Engine.Trunks.TrunkMedia.Pass && (trunk.Digits != DigitForm.Auto || trunk.Detects != LineDetection.None))
            {
                notices.Add($"trunk {trunk.Name}: media is \"pass\", but its digits are converted or its lines listened to, so its media is anchored");
            }
        }
    }
}
