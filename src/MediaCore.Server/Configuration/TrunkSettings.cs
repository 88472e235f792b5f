using System.Net;
using MediaCore.Engine;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Policies.Headers;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Engine.Policies.Numbers;
using MediaCore.Engine.Trunks;
using MediaCore.Engine.Trunks.Credentials;
using MediaCore.Engine.Trunks.Probing;
using MediaCore.Engine.Trunks.Registration;

namespace MediaCore.Server.Configuration;

/// <summary>An element of <c>trunks</c>: a carrier or a PBX.</summary>
internal sealed record TrunkSettings
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Next hops in the order they are tried.</summary>
    public IReadOnlyList<SipPeer> Targets { get; init; } = [];

    /// <summary>How the next hops share its calls.</summary>
    public TrunkSelection Selection { get; init; } = TrunkSelection.InOrder;

    /// <summary>Which way its media goes.</summary>
    public TrunkMedia Media { get; init; }

    /// <summary>Whether its parties hear our music while they are held.</summary>
    public bool MusicOnHold { get; init; } = true;

    /// <summary>Whether documents of every tenant may name it.</summary>
    public bool ForTenants { get; init; }

    /// <summary>Whether its calls are recorded.</summary>
    public bool Record { get; init; }

    /// <summary>SRTP with it.</summary>
    public SrtpPolicy Srtp { get; init; }

    /// <summary>RTP and RTCP on one port.</summary>
    public RtcpMuxPolicy RtcpMux { get; init; }

    /// <summary>Our offers are RTP/AVPF.</summary>
    public bool OffersFeedback { get; init; }

    /// <summary>Media lines beside the audio are relayed.</summary>
    public bool OtherMedia { get; init; } = true;

    /// <summary>Its codecs.</summary>
    public CodecPolicy Codecs { get; init; } = CodecPolicy.Default;

    /// <summary>Key <c>dtmf</c>.</summary>
    public DigitForm Digits { get; init; }

    /// <summary>Key <c>detect</c>.</summary>
    public LineDetection Detects { get; init; }

    /// <summary>What it may carry.</summary>
    public TrunkLimits Limits { get; init; } = TrunkLimits.None;

    /// <summary>When a call goes on to another next hop.</summary>
    public TrunkFailover Failover { get; init; } = TrunkFailover.Default;

    /// <summary>Networks that its calls come from.</summary>
    public IReadOnlyList<IPNetwork> From { get; init; } = [];

    /// <summary>Key <c>identity</c>.</summary>
    public TrunkIdentity Identity { get; init; } = TrunkIdentity.Untrusted;

    /// <summary>Key <c>numbers</c>; null without rewriting.</summary>
    public TrunkNumbers? Numbers { get; init; }

    /// <summary>Keys <c>headers</c> and <c>pass</c>; null without rules.</summary>
    public TrunkHeaders? Headers { get; init; }

    /// <summary>Key <c>network</c>: a name of <c>networks</c>.</summary>
    public string? Network { get; init; }

    /// <summary>Keys <c>responses</c>, <c>statusFromCause</c> and <c>redirect</c>.</summary>
    public TrunkAnswers Answers { get; init; } = TrunkAnswers.Default;

    /// <summary>Session timers; null for those of <c>sip</c>.</summary>
    public MediaCore.Engine.SessionTimerOptions? SessionTimers { get; init; }

    /// <summary>Reliable provisional responses; null for the policy of <c>sip</c>.</summary>
    public MediaCore.Engine.ReliableProvisionals? ReliableProvisionals { get; init; }

    /// <summary>What becomes of a REFER by its parties.</summary>
    public TransferPolicy Transfers { get; init; }

    /// <summary>What answers its challenges.</summary>
    public TrunkCredentials? Credentials { get; init; }

    /// <summary>How we register with it.</summary>
    public TrunkRegistration? Registration { get; init; }

    /// <summary>How it is probed.</summary>
    public TrunkProbe? Probe { get; init; }

    /// <summary>Next hops and registrar: what has to be resolved.</summary>
    public IEnumerable<SipPeer> Peers => Registration is null ? Targets : [.. Targets, Registration.Registrar];

    /// <summary>Reads the list; files that it names are taken from <paramref name="baseFolder"/>.</summary>
    public static IReadOnlyList<TrunkSettings> ReadAll(SectionReader root, string baseFolder)
    {
        List<TrunkSettings> result = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        Dictionary<IPNetwork, string> networks = [];
        foreach (SectionReader section in root.Sections("trunks"))
        {
            string name = ReadName(section, names, "trunk");
            (IReadOnlyList<SipPeer> targets, TrunkSelection selection) = TrunkTargetSettings.Read(section);
            List<IPNetwork> from = [];
            IReadOnlyList<ConfigurationText> sources = section.Texts("from");
            foreach (ConfigurationText text in sources)
            {
                if (EndpointSyntax.TryParseNetwork(text.Value, out IPNetwork network) is { } error)
                {
                    section.Error(text, error);
                }
                else if (!networks.TryAdd(network, name))
                {
                    section.Error(text, $"\"{text.Value}\" belongs to trunk \"{networks[network]}\" already");
                }
                else
                {
                    from.Add(network);
                }
            }

            if (targets.Count == 0 && sources.Count == 0 && !section.Section("registration").IsPresent && !section.HasError("targets"))
            {
                section.Error("targets", "a trunk needs targets (to send calls to), from (to take calls from), or both");
            }

            TrunkMedia media = section.Choice("media", TrunkMedia.Anchor, ("anchor", TrunkMedia.Anchor), ("pass", TrunkMedia.Pass));
            SrtpPolicy srtp = SrtpSettings.Read(section, "srtp");
            RtcpMuxPolicy rtcpMux = RtcpSettings.ReadMux(section, "rtcpMux");
            bool feedback = section.Flag("feedback", false);
            bool otherMedia = section.Flag("otherMedia", true);
            CodecPolicy codecs = CodecSettings.ReadPolicy(section, "codecs", "transcode");
            DigitForm digits = DigitSettings.ReadForm(section, "dtmf");
            LineDetection detects = DigitSettings.ReadDetections(section);
            bool musicOnHold = section.Flag("musicOnHold", true);
            bool forTenants = section.Flag("forTenants", false);
            bool record = section.Flag("record", false);
            if (record && media == TrunkMedia.Pass)
            {
                section.Error("record", "what is not anchored cannot be recorded; leave out media \"pass\"");
            }

            TrunkLimits limits = TrunkLimitsSettings.Read(section.Section("limits"));
            TrunkFailover failover = TrunkFailoverSettings.Read(section.Section("failover"));
            TrunkIdentity identity = TrunkIdentitySettings.Read(section);
            TrunkNumbers? numbers = TrunkNumberSettings.Read(section);
            TrunkHeaders? headers = TrunkHeaderSettings.Read(section);
            TrunkAnswers answers = TrunkAnswerSettings.Read(section);
            MediaCore.Engine.SessionTimerOptions? sessionTimers = DialogSettings.ReadSessionTimers(section);
            MediaCore.Engine.ReliableProvisionals? reliableProvisionals = DialogSettings.ReadReliableProvisionals(section);
            TransferPolicy transfers = TransferSettings.Read(section, "transfer", identity.IsTrusted ? TransferPolicy.Terminate : TransferPolicy.Refuse);
            TrunkCredentials? credentials = TrunkCredentialSettings.Read(section, baseFolder);
            TrunkRegistration? registration = TrunkRegistrationSettings.Read(section, targets, credentials);
            TrunkProbe? probe = TrunkProbeSettings.Read(section);
            if (probe is not null && targets.Count == 0 && !section.HasError("targets"))
            {
                section.Error("probe", "there are no targets to probe");
            }

            string? ownNetwork = section.OptionalText("network", null)?.Value;
            section.Finish();
            result.Add(new TrunkSettings
            {
                Name = name,
                Network = ownNetwork,
                Targets = targets,
                Selection = selection,
                Media = media,
                Srtp = srtp,
                RtcpMux = rtcpMux,
                OffersFeedback = feedback,
                OtherMedia = otherMedia,
                Codecs = codecs,
                Digits = digits,
                Detects = detects,
                Record = record,
                ForTenants = forTenants,
                MusicOnHold = musicOnHold,
                From = from, SessionTimers = sessionTimers, ReliableProvisionals = reliableProvisionals,
                Limits = limits,
                Failover = failover,
                Identity = identity,
                Numbers = numbers,
                Headers = headers,
                Answers = answers,
                Credentials = credentials,
                Registration = registration,
                Probe = probe,
                Transfers = transfers,
            });
        }

        TrunkAnswerSettings.CheckNames(root, result);

        return result;
    }

    /// <summary>Reads a name that becomes a label: unique, short, of letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</summary>
    internal static string ReadName(SectionReader section, HashSet<string> names, string what)
    {
        if (section.RequiredText("name") is not { } text)
        {
            return "";
        }

        if (text.Value.Length > ConfigurationLimits.MaxNameLength || !text.Value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
        {
            section.Error(text, $"must be at most {ConfigurationLimits.MaxNameLength} letters, digits, dots, dashes and underscores");
        }
        else if (!names.Add(text.Value))
        {
            section.Error(text, $"there is another {what} named \"{text.Value}\"");
        }

        return text.Value;
    }
}
