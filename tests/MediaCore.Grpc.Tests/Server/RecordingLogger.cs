using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MediaCore.Grpc.Tests.Server;

/// <summary>Keeps what is logged, by event name.</summary>
internal sealed class RecordingLogger : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string? Event, string Text)> _entries = new();

    public IEnumerable<string> Events => _entries.Select(static e => e.Event).OfType<string>();

    /// <summary>What was logged as an error.</summary>
    public IEnumerable<string> Errors => _entries.Where(static e => e.Level >= LogLevel.Error).Select(static e => e.Text);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _entries.Enqueue((logLevel, eventId.Name, $"{formatter(state, exception)} {exception}"));

    public void Dispose()
    {
    }
}
