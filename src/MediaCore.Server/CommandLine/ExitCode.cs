namespace MediaCore.Server.CommandLine;

/// <summary>Exit codes of <c>mediacore</c>.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>It went wrong at run time: a taken port, a locked data folder, a failed demo.</summary>
    public const int Failure = 1;

    /// <summary>The command line is not understood (the shells' convention).</summary>
    public const int Usage = 2;

    /// <summary>The configuration is wrong (sysexits.h EX_CONFIG); a service manager should not try again.</summary>
    public const int Configuration = 78;
}
