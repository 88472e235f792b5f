using System.Collections;
using System.Text;
using MediaCore.Server.CommandLine;

namespace MediaCore.Server.Tests.CommandLine;

/// <summary>Runs a command line in the test's process and keeps what it wrote.</summary>
internal sealed class TestTerminal(string folder)
{
    private readonly WatchedWriter _out = new();
    private readonly WatchedWriter _error = new();

    public string Out => _out.Text;

    public string Error => _error.Text;

    public string Input { get; set; } = "";

    public Hashtable Environment { get; } = [];

    public Task<int> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    public Task<int> RunAsync(CancellationToken cancellation, string[] arguments) => MediaCoreCommand.RunAsync(
        arguments,
        new Terminal
        {
            Out = _out,
            Error = _error,
            In = new StringReader(Input),
            Environment = Environment,
            WorkingFolder = folder,
        },
        cancellation);

    /// <summary>Completes when a line of the output begins so.</summary>
    public Task LineStartingWith(string text) => _out.LineStartingWith(text);

    private sealed class WatchedWriter : TextWriter
    {
        private readonly StringBuilder _text = new();
        private readonly TaskCompletionSource _found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private string? _wanted;

        public override Encoding Encoding => Encoding.UTF8;

        public string Text
        {
            get
            {
                lock (_text)
                {
                    return _text.ToString();
                }
            }
        }

        public Task LineStartingWith(string text)
        {
            lock (_text)
            {
                _wanted = text;
                Look();
            }

            return _found.Task;
        }

        public override void Write(char value)
        {
            lock (_text)
            {
                _text.Append(value);
                if (value == '\n')
                {
                    Look();
                }
            }
        }

        private void Look()
        {
            if (_wanted is not null && _text.ToString().Split('\n')[..^1].Any(l => l.StartsWith(_wanted, StringComparison.Ordinal)))
            {
                _found.TrySetResult();
            }
        }
    }
}
