using System.Collections;
using MediaCore.Server.CommandLine;

namespace MediaCore.Server.Tests.CommandLine;

/// <summary>Runs a command line in the test's process and keeps what it wrote.</summary>
internal sealed class TestTerminal(string folder)
{
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    public string Input { get; set; } = "";

    public Hashtable Environment { get; } = [];

    public Task<int> RunAsync(params string[] arguments) => MediaCoreCommand.RunAsync(arguments, new Terminal
    {
        Out = _out,
        Error = _error,
        In = new StringReader(Input),
        Environment = Environment,
        WorkingFolder = folder,
    });
}
