using Google.Protobuf;
using Spectre.Console;

namespace MediaCore.Cli.Output;

/// <summary>Answers: messages as JSON, or rows as a table.</summary>
internal static class Answer
{
    private static readonly JsonFormatter s_json = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithFormatDefaultValues(true).WithIndentation());

    private static readonly JsonFormatter s_jsonLine = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithFormatDefaultValues(true));

    /// <summary>A message for programs.</summary>
    public static Task WriteJsonAsync(Terminal terminal, IMessage message) => terminal.Out.WriteLineAsync(s_json.Format(message));

    /// <summary>A message for programs, one of many: in one line.</summary>
    public static async Task WriteJsonLineAsync(Terminal terminal, IMessage message)
    {
        await terminal.Out.WriteLineAsync(s_jsonLine.Format(message));
        await terminal.Out.FlushAsync();
    }

    /// <summary>Rows for people; a line where there are none.</summary>
    public static void WriteTable(Terminal terminal, string nothing, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Table table = new() { Border = TableBorder.None };
        table.AddColumns([.. columns.Select(static column => new TableColumn(new Text(column.ToUpperInvariant())) { NoWrap = true, Padding = new Padding(0, 0, 2, 0) })]);
        foreach (IReadOnlyList<string> row in rows)
        {
            table.AddRow(row.Select(static cell => new Text(Printable(cell))));
        }

        if (table.Rows.Count == 0)
        {
            terminal.Out.WriteLine(nothing);
            return;
        }

        terminal.CreateConsole().Write(table);
    }

    /// <summary>What came over the network does not drive the terminal.</summary>
    public static string Printable(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? '?' : c));
}
