using System.CommandLine;
using MediaCore.LoadTests.Control;
using MediaCore.LoadTests.Knee;
using MediaCore.LoadTests.Load;
using MediaCore.LoadTests.Soak;

RootCommand root = new("Load on a running MediaCore: real calls with real media, on loopback, ended by itself.");
root.Subcommands.Add(LoadCommand.Create());
root.Subcommands.Add(KneeCommand.Create());
root.Subcommands.Add(SoakCommand.Create());
root.Subcommands.Add(ControlCommand.Create());

// Ctrl-C ends the server first, which waits for its calls.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
