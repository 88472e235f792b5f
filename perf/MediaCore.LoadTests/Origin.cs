using System.CommandLine;
using System.CommandLine.Parsing;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace MediaCore.LoadTests;

/// <summary>Where the figures of a report come from, so that somebody else can make them again.</summary>
/// <param name="Command">As it was asked for, with the script that does so; without paths of the machine and passwords.</param>
/// <param name="Commit">Of the sources, "with changes" where they are not as in it; "unknown" where they are not under git.</param>
/// <param name="Machine">Processors and their model, memory and kernel, as the comparisons tell them.</param>
internal sealed partial record Origin(string Command, string Commit, string Machine)
{
    private const string Scenario = "--scenario";

    /// <summary>Paths of this machine, and what is nobody's business.</summary>
    private static readonly string[] s_leftOut = [Scenario, "--program", "--report", "--password"];

    /// <summary>Of a command that is run now, from these sources.</summary>
    public static Origin Of(ParseResult parsed) => new(Describe(parsed), FindCommit(), DescribeMachine());

    /// <summary>What was given, defaults left out.</summary>
    internal static string Describe(ParseResult parsed)
    {
        List<string> words = [$"perf/{parsed.CommandResult.Command.Name}.sh"];
        OptionResult[] given = [.. parsed.CommandResult.Children.OfType<OptionResult>().Where(static o => !o.Implicit)];
        words.AddRange(given.Where(static o => o.Option.Name == Scenario).SelectMany(static o => o.Tokens).Select(static t => Path.GetFileNameWithoutExtension(t.Value)));
        foreach (OptionResult option in given.Where(static o => !s_leftOut.Contains(o.Option.Name)))
        {
            words.Add(option.Option.Name);
            words.AddRange(option.Tokens.Select(static t => t.Value.Contains(' ', StringComparison.Ordinal) || t.Value.Length == 0 ? $"\"{t.Value}\"" : t.Value));
        }

        return string.Join(' ', words);
    }

    private static string FindCommit()
    {
        string commit = Git("rev-parse", "--short", "HEAD");

        // What it measures and what it measures with; results are written by it.
        return commit.Length == 0 ? "unknown" : commit + (Git("status", "--porcelain", "--", ":/src", ":/perf", ":(top,exclude)perf/results").Length > 0 ? " with changes" : "");
    }

    private static string Git(params string[] arguments)
    {
        try
        {
            using Process git = Process.Start(new ProcessStartInfo("git", ["-C", AppContext.BaseDirectory, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            git.ErrorDataReceived += static (_, _) => { };
            git.BeginErrorReadLine();
            string said = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? said.Trim() : "";
        }
        catch (Win32Exception)
        {
            // There is no git here.
            return "";
        }
    }

    private static string DescribeMachine()
    {
        string model = ModelLine().Match(File.ReadAllText("/proc/cpuinfo")) is { Success: true } found ? found.Groups["model"].Value : RuntimeInformation.ProcessArchitecture.ToString();
        double gibibytes = double.Parse(MemoryLine().Match(File.ReadAllText("/proc/meminfo")).Groups["kib"].ValueSpan, CultureInfo.InvariantCulture) / 1048576;
        return string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} × {model}, {gibibytes:F1} GiB, Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}");
    }

    [GeneratedRegex(@"^model name\s*:\s*(?<model>.*)$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex ModelLine();

    [GeneratedRegex(@"^MemTotal:\s+(?<kib>\d+)", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex MemoryLine();
}
