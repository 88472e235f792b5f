using System.Collections.Frozen;
using System.Globalization;
using MediaCore.Engine.Trunks;

namespace MediaCore.Server.Configuration;

/// <summary>Keys <c>responses</c>, <c>statusFromCause</c> and <c>redirect</c> of a trunk: what callers get for its refusals and redirections.</summary>
internal static class TrunkAnswerSettings
{
    /// <summary>Reads the keys; the default when none is written.</summary>
    public static TrunkAnswers Read(SectionReader trunk)
    {
        Dictionary<int, int> statuses = [];
        SectionReader section = trunk.Section("responses");
        foreach (string key in section.Names)
        {
            bool isStatus = int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int from) && from is >= 300 and <= 699;
            int to = (int)section.Integer(key, 0, 400, 699);
            if (!isStatus)
            {
                section.Error(key, "is no final status that is a refusal: 300 to 699");
            }
            else if (to != 0)
            {
                statuses[from] = to;
            }
        }

        section.Finish();
        bool fromCause = trunk.Flag("statusFromCause", false);
        SectionReader redirect = trunk.Section("redirect");
        RedirectPolicy policy = redirect.Choice("policy", RedirectPolicy.Pass, ("pass", RedirectPolicy.Pass), ("follow", RedirectPolicy.Follow), ("refuse", RedirectPolicy.Refuse));
        IReadOnlyList<ConfigurationText> names = redirect.Texts("trunks");
        if (names.Count > 0 && policy != RedirectPolicy.Follow)
        {
            redirect.Error("trunks", "says whither redirections are followed, which needs \"policy\": \"follow\"");
        }

        redirect.Finish();
        return statuses.Count == 0 && !fromCause && policy == RedirectPolicy.Pass ? TrunkAnswers.Default : new TrunkAnswers
        {
            Statuses = statuses.ToFrozenDictionary(),
            StatusFromCause = fromCause,
            Redirect = policy,
            RedirectTrunks = names.Select(static n => n.Value).ToFrozenSet(StringComparer.Ordinal),
        };
    }

    /// <summary>Names of other trunks can be checked only when all are read.</summary>
    public static void CheckNames(SectionReader root, IReadOnlyList<TrunkSettings> trunks)
    {
        HashSet<string> known = [.. trunks.Select(static t => t.Name)];
        for (int i = 0; i < trunks.Count; i++)
        {
            foreach (string name in trunks[i].Answers.RedirectTrunks)
            {
                if (!known.Contains(name))
                {
                    root.Error("trunks", $"redirect.trunks of \"{trunks[i].Name}\" names \"{name}\", and there is no such trunk");
                }
            }
        }
    }
}
