using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MediaCore.Grpc.Tests.Server;

/// <summary>Keeps what is logged.</summary>
internal sealed class RecordingLogger : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Category, string? Event, string Text)> _entries = new();

    public IEnumerable<string> Events => _entries.Select(static e => e.Event).OfType<string>();

    /// <summary>Defects: what we logged as an error, and what left our code into Kestrel. That a peer broke HTTP/2 is Kestrel's to say and none.</summary>
    public IEnumerable<string> Errors => _entries.Where(static e => e.Level >= LogLevel.Error && (e.Category == "MediaCore.Grpc" || e.Event == "ApplicationError")).Select(static e => e.Text);

    public ILogger CreateLogger(string categoryName) => new Category(categoryName, this);

    public void Dispose()
    {
    }

    private sealed class Category(string name, RecordingLogger owner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner._entries.Enqueue((logLevel, name, eventId.Name, $"{formatter(state, exception)} {exception}"));
    }
}
