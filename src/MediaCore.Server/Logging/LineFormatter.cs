using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace MediaCore.Server.Logging;

/// <summary>
/// One line per entry: UTC time, level, category, event id, message, exception. Control characters are escaped, so that nothing a peer sent
/// can forge a second entry or drive the terminal.
/// </summary>
internal sealed class LineFormatter() : ConsoleFormatter(FormatterName)
{
    /// <summary>Name that the console logger finds it by.</summary>
    public const string FormatterName = "mediacore-line";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.Write(DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        textWriter.Write(logEntry.LogLevel switch
        {
            LogLevel.Trace => " trace ",
            LogLevel.Debug => " debug ",
            LogLevel.Information => " info  ",
            LogLevel.Warning => " warn  ",
            LogLevel.Error => " error ",
            _ => " crit  ",
        });
        textWriter.Write(logEntry.Category);
        textWriter.Write('[');
        textWriter.Write(logEntry.EventId.Id.ToString(CultureInfo.InvariantCulture));
        if (logEntry.EventId.Name is { Length: > 0 } name)
        {
            textWriter.Write(' ');
            textWriter.Write(name);
        }

        textWriter.Write("] ");
        WriteEscaped(textWriter, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is { } exception)
        {
            textWriter.Write(" | ");
            WriteEscaped(textWriter, exception.ToString());
        }

        textWriter.Write('\n');
    }

    private static void WriteEscaped(TextWriter writer, string text)
    {
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            int end = 0;
            while (end < rest.Length && !char.IsControl(rest[end]))
            {
                end++;
            }

            writer.Write(rest[..end]);
            if (end < rest.Length)
            {
                writer.Write(rest[end] switch
                {
                    '\n' => @"\n",
                    '\r' => @"\r",
                    '\t' => @"\t",
                    char other => $"\\u{(int)other:x4}",
                });
                end++;
            }

            rest = rest[end..];
        }
    }
}
