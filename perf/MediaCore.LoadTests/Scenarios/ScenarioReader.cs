using MediaCore.Server.Configuration;

namespace MediaCore.LoadTests.Scenarios;

/// <summary>Reads scenario files with the reader of the server's configuration: JSON with comments, every mistake at once, each with file, line and key.</summary>
internal static class ScenarioReader
{
    private const double MostSeconds = 3600;
    private const int MostDigits = 32;

    private static readonly (string, MediaKind)[] s_media =
    [
        ("none", MediaKind.None), ("pcmu", MediaKind.Pcmu), ("opus", MediaKind.Opus), ("srtp", MediaKind.Srtp), ("transcoded", MediaKind.Transcoded), ("srtp-transcoded", MediaKind.SrtpTranscoded),
    ];

    private static readonly (string, StepKind?)[] s_steps =
        [.. Enum.GetValues<StepKind>().Select(static kind => (kind.ToString().ToLowerInvariant(), (StepKind?)kind))];

    /// <summary>Reads a scenario, or a mix of others in files beside it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="errors">What is wrong in it, ready to be shown; empty: nothing.</param>
    public static ScenarioMix? Read(string path, out IReadOnlyList<string> errors)
    {
        ConfigurationErrors found = new();
        List<(Scenario, double)> parts = [];
        ReadFile(path, found, parts, 1, mayMix: true);
        errors = [.. found.Items.Select(static e => e.ToString())];
        return found.Any ? null : new ScenarioMix(parts);
    }

    private static void ReadFile(string path, ConfigurationErrors errors, List<(Scenario, double)> parts, double weight, bool mayMix)
    {
        if (ConfigurationFile.Read(path, errors) is not { } file)
        {
            return;
        }

        SectionReader root = new(file, errors);
        if (mayMix && root.Has("mix"))
        {
            IReadOnlyList<SectionReader> mixed = root.Sections("mix");
            if (mixed.Count == 0 && !root.HasError("mix"))
            {
                root.Error("mix", "must name one scenario at least: [ { \"scenario\": \"call.json\", \"weight\": 1 } ]");
            }

            foreach (SectionReader part in mixed)
            {
                double share = part.Number("weight", 1, 0.001, 1_000_000);
                if (part.RequiredText("scenario") is { } name)
                {
                    ReadFile(Path.Combine(Path.GetDirectoryName(path) ?? "", name.Value), errors, parts, share, mayMix: false);
                }

                part.Finish();
            }
        }
        else
        {
            parts.Add((ReadScenario(root, Path.GetFileNameWithoutExtension(path)), weight));
        }

        root.Finish();
    }

    private static Scenario ReadScenario(SectionReader root, string name)
    {
        SectionReader callee = root.Section("callee");
        Scenario scenario = new()
        {
            Name = name,
            Media = root.Choice("media", MediaKind.Pcmu, s_media),
            Ring = callee.Seconds("ringSeconds", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(MostSeconds)),
            HasEarlyMedia = callee.Flag("earlyMedia", false),
            Answers = callee.Flag("answers", true),
            Steps = [.. root.Sections("steps").Select(ReadStep)],
        };
        callee.Finish();
        if (!root.HasError("steps"))
        {
            StepOrder.Check(scenario, root);
        }

        return scenario;
    }

    private static ScenarioStep ReadStep(SectionReader step)
    {
        StepKind? kind = step.Choice<StepKind?>("do", null, s_steps);
        if (!step.Has("do"))
        {
            step.Error("do", $"is missing: one of {string.Join(", ", s_steps.Select(static s => s.Item1))}");
        }

        ScenarioStep result = kind switch
        {
            StepKind.Talk => new ScenarioStep(
                StepKind.Talk, step.Seconds("seconds", TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.FromSeconds(MostSeconds)), step.Number("spread", 0, 0, 1)),
            StepKind.Invite => new ScenarioStep(StepKind.Invite, OnlyRinging: step.Choice("until", false, ("answered", false), ("ringing", true))),
            StepKind.Digits => new ScenarioStep(StepKind.Digits, Digits: ReadDigits(step)),
            _ => new ScenarioStep(kind ?? StepKind.Talk),
        };
        if (kind is not null)
        {
            step.Finish();
        }

        return result;
    }

    private static string ReadDigits(SectionReader step)
    {
        string digits = step.RequiredText("digits")?.Value ?? "";
        if (digits.Length > MostDigits || digits.AsSpan().ContainsAnyExcept("0123456789*#ABCD"))
        {
            step.Error("digits", $"must be at most {MostDigits} of 0 to 9, *, #, A to D");
        }

        return digits;
    }
}
