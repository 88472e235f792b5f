using System.CommandLine;
using System.Globalization;
using MediaCore.Fuzz;

Option<string[]> targets = new("--target") { Description = $"What to fuzz: {string.Join(", ", Targets.All.Select(t => t.Name))}. All when left out." };
Option<string[]> corpus = new("--corpus") { Description = "Folder of inputs to begin with; may be given several times." };
Option<int> seconds = new("--seconds") { Description = "Seconds for each target.", DefaultValueFactory = _ => 60 };
Option<int> seed = new("--seed") { Description = "The same seed makes the same inputs; left out, the time of day.", DefaultValueFactory = _ => Environment.TickCount };
Option<DirectoryInfo> crashes = new("--crashes") { Description = "Where findings are kept.", DefaultValueFactory = _ => new DirectoryInfo("artifacts/fuzz") };
RootCommand command = new("Mutates messages and looks for one that a parser throws at, hangs on, or reads in two ways. Exit code 1 when something was found.") { targets, corpus, seconds, seed, crashes };
command.SetAction(result =>
{
    string[] wanted = result.GetValue(targets) ?? [];
    string[] folders = result.GetValue(corpus) ?? [];
    if (folders.FirstOrDefault(folder => !Directory.Exists(folder)) is { } missing)
    {
        Console.Error.WriteLine($"--corpus: there is no folder {missing}");
        return 2;
    }

    int found = 0;
    foreach (IFuzzTarget target in Targets.All.Where(t => wanted.Length == 0 || wanted.Contains(t.Name, StringComparer.Ordinal)))
    {
        Campaign campaign = new(target, Corpus.Read(target, folders), result.GetValue(seed));
        Finding? finding = campaign.Run(TimeSpan.FromSeconds(result.GetValue(seconds)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name}: {campaign.Count} inputs, seed {result.GetValue(seed)}: {(finding is null ? "nothing found" : finding.Fault)}"));
        if (finding is not null)
        {
            DirectoryInfo folder = result.GetValue(crashes)!;
            folder.Create();
            string path = Path.Combine(folder.FullName, finding.FileName);
            File.WriteAllBytes(path, finding.Input);
            Console.WriteLine($"  kept in {path}");
            found++;
        }
    }

    return found == 0 ? 0 : 1;
});
return await command.Parse(args).InvokeAsync().ConfigureAwait(false);
