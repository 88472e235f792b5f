using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;

namespace MediaCore.Server.Configuration;

/// <summary>
/// <c>trunks[].targets</c> and <c>trunks[].selection</c>. A target is a URI, or an object with <c>uri</c>, <c>priority</c> and <c>weight</c>. URIs alone,
/// without a selection, are tried in their order; otherwise what says no priority or weight has 1 of each.
/// </summary>
internal static class TrunkTargetSettings
{
    private static readonly string[] s_policies = ["weighted", "roundRobin", "leastCalls", "hashCaller", "hashCallId"];

    /// <summary>Reads both.</summary>
    public static (IReadOnlyList<SipPeer> Targets, TrunkSelection Selection) Read(SectionReader section)
    {
        List<SipPeer> targets = [];
        List<TargetRank> ranks = [];
        bool isRanked = false;
        foreach ((ConfigurationText? text, SectionReader? item) in section.TextsOrSections("targets"))
        {
            ConfigurationText? uri = text ?? item?.RequiredText("uri");
            TargetRank rank = new((int)(item?.Integer("priority", 1, 0, TargetRank.Max) ?? 1), (int)(item?.Integer("weight", 1, 0, TargetRank.Max) ?? 1));
            item?.Finish();
            isRanked |= item is not null;
            if (uri is { } known && ReadUri(section, known) is { } target)
            {
                targets.Add(target);
                ranks.Add(rank);
            }
        }

        if (targets.Count > TargetRank.MaxTargets)
        {
            section.Error("targets", $"holds {targets.Count} targets; a trunk has at most {TargetRank.MaxTargets}");
        }

        SelectionPolicy policy = SelectionPolicy.Weighted;
        if (section.OptionalText("selection", null) is { } selection)
        {
            isRanked = true;
            int index = Array.FindIndex(s_policies, name => name.Equals(selection.Value, StringComparison.OrdinalIgnoreCase));
            if (index < 0)
            {
                section.Error(selection, $"\"{selection.Value}\" is no way to select a target; those are {string.Join(", ", s_policies)}");
            }

            policy = (SelectionPolicy)Math.Max(index, 0);
        }

        return (targets, isRanked ? new TrunkSelection { Policy = policy, Ranks = [.. ranks] } : TrunkSelection.InOrder);
    }

    private static SipPeer? ReadUri(SectionReader section, in ConfigurationText text)
    {
        if (!SipPeerUri.TryParse(text.Value, out SipPeer? target, out string? user, out string? problem))
        {
            section.Error(text, $"\"{text.Value}\": {problem}");
        }
        else if (user is not null)
        {
            section.Error(text, $"\"{text.Value}\" has a user part; a trunk target is a host, and the dialled number goes in front of it");
            return null;
        }

        return target;
    }
}
