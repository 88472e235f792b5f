using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MediaCore.Server.CommandLine;

/// <summary>Lists for programs: one JSON array.</summary>
internal static class JsonOutput
{
    /// <summary>Writes an array with an element per item.</summary>
    public static void WriteArray<T>(Terminal terminal, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            foreach (T item in items)
            {
                write(json, item);
            }

            json.WriteEndArray();
        }

        terminal.Out.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }
}
