using System.Collections.Immutable;
using System.Globalization;
using MediaCore.Engine.Trunks;
using MediaCore.Numbers.Inventory;

namespace MediaCore.Server.CommandLine;

/// <summary>
/// Targets of a number on the command line: <c>account:1001</c>, <c>sip:bob@192.0.2.1</c>, <c>trunk:carrier-a</c>, <c>say:Hello</c>,
/// <c>play:hello.wav</c>, <c>conference:team</c>, <c>control:ivr</c>; one that rings may end in <c>@25s</c>, its ring time.
/// </summary>
internal static class TargetSyntax
{
    /// <summary>Help on the argument.</summary>
    public const string Description =
        "What the number does, in order: account:NAME, sip:USER@HOST, trunk:NAME or trunk:NAME/NUMBER, say:TEXT, play:FILE.wav, conference:ROOM, control:APP. A target that rings may end in @25s (its ring time).";

    /// <summary>Reads targets; the first wrong one is told.</summary>
    public static string? TryParse(IEnumerable<string> texts, string? voice, out ImmutableArray<NumberTarget> targets)
    {
        targets = [];
        ImmutableArray<NumberTarget>.Builder result = ImmutableArray.CreateBuilder<NumberTarget>();
        foreach (string text in texts)
        {
            if (text.StartsWith("sips:", StringComparison.OrdinalIgnoreCase))
            {
                return $"\"{text}\": {SipPeerUri.SecureSchemeRefused}";
            }

            (NumberTargetKind kind, string value)? parsed = text.Split(':', 2) switch
            {
                ["account", var rest] => (NumberTargetKind.Account, rest),
                ["sip", _] => (NumberTargetKind.Uri, text),
                ["trunk", var rest] => (NumberTargetKind.Trunk, rest),
                ["say", var rest] => (NumberTargetKind.AnnouncementText, rest),
                ["play", var rest] => (NumberTargetKind.AnnouncementFile, rest),
                ["conference", var rest] => (NumberTargetKind.Conference, rest),
                ["control", var rest] => (NumberTargetKind.Control, rest),
                _ => null,
            };
            if (parsed is not var (kind, value))
            {
                return $"\"{text}\" is not a target; write account:NAME, sip:USER@HOST, trunk:NAME, say:TEXT, play:FILE.wav, conference:ROOM or control:APP";
            }

            TimeSpan ring = NumberTarget.DefaultRingTime;
            if (kind is NumberTargetKind.Account or NumberTargetKind.Uri or NumberTargetKind.Trunk)
            {
                int at = value.LastIndexOf('@');
                if (at > 0 && value.EndsWith('s') && int.TryParse(value.AsSpan(at + 1, value.Length - at - 2), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds))
                {
                    ring = TimeSpan.FromSeconds(seconds);
                    value = value[..at];
                }
            }

            result.Add(new NumberTarget(kind, value) { RingTime = ring, Voice = kind == NumberTargetKind.AnnouncementText ? voice : null });
        }

        targets = result.ToImmutable();
        return null;
    }

    /// <summary>A target as it is written.</summary>
    public static string Format(NumberTarget target)
    {
        string ring = string.Create(CultureInfo.InvariantCulture, $"@{target.RingTime.TotalSeconds}s");
        return target.Kind switch
        {
            NumberTargetKind.Account => $"account:{target.Value}{ring}",
            NumberTargetKind.Uri => target.Value + ring,
            NumberTargetKind.Trunk => $"trunk:{target.Value}{ring}",
            NumberTargetKind.AnnouncementText => $"say:{target.Value}",
            NumberTargetKind.Conference => $"conference:{target.Value}",
            NumberTargetKind.Control => $"control:{target.Value}",
            _ => $"play:{target.Value}",
        };
    }
}
