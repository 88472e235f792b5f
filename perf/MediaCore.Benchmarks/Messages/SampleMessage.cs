using System.Globalization;
using System.Text;

namespace MediaCore.Benchmarks.Messages;

/// <summary>A message that the parser's figures are measured on.</summary>
public sealed class SampleMessage
{
    private SampleMessage(string name, byte[] bytes)
    {
        Name = name;
        Bytes = bytes;
    }

    /// <summary>Who sends what, <c>carrier-invite</c>.</summary>
    public string Name { get; }

    /// <summary>The message, exactly as long as the array.</summary>
    public byte[] Bytes { get; }

    /// <summary>Makes a message of lines; the line ends become CRLF, and Content-Length is added.</summary>
    public static SampleMessage Create(string name, string head, string body = "") => new(name, Encoding.UTF8.GetBytes(
        (head.TrimEnd() + "\nContent-Length: " + (body.Length == 0 ? 0 : body.ReplaceLineEndings("\r\n").Length + 2).ToString(CultureInfo.InvariantCulture) + "\n\n" + (body.Length == 0 ? "" : body + "\n"))
        .ReplaceLineEndings("\r\n")));

    /// <summary>The name and the length: a table's row.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} {Bytes.Length} B");
}
