using MediaCore.LoadTests;

return await Lab.RunAsync(args);
