using System.Collections;
using MediaCore.Cli;

Dictionary<string, string> environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(static e => (string)e.Key, static e => (string?)e.Value ?? "", StringComparer.Ordinal);
return await McctlCommand.RunAsync(args, new Terminal(Console.Out, Console.Error, environment, Directory.GetCurrentDirectory(), !Console.IsOutputRedirected));
