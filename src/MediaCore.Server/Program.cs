using MediaCore.Server.CommandLine;

return await MediaCoreCommand.RunAsync(args, Terminal.FromProcess());
