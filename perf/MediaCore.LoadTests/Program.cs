using System.CommandLine;
using MediaCore.LoadTests.Soak;

RootCommand root = new("Load on a running MediaCore: real calls with real media, on loopback, ended by itself.");
root.Subcommands.Add(SoakCommand.Create());
return await root.Parse(args).InvokeAsync();
