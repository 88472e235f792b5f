using System.Text;

namespace MediaCore.Numbers.Documents;

/// <summary>Texts that are part of the program: schemas of documents.</summary>
internal static class EmbeddedText
{
    /// <summary>Reads one by its resource name.</summary>
    public static string Read(string name)
    {
        using Stream stream = typeof(EmbeddedText).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The program lacks its part {name}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
