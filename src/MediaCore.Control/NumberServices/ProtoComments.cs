using System.Collections.Frozen;
using System.Reflection;

namespace MediaCore.Control.NumberServices;

/// <summary>
/// The comments of the proto files, by the full names of what they stand before: <c>mediacore.v1.Tenant.name</c>. It reads files of this repository, in the one way in which they are written: a declaration a line,
/// comments on lines of their own.
/// </summary>
public static class ProtoComments
{
    private static readonly Lazy<FrozenDictionary<string, string>> s_comments = new(Load);

    /// <summary>The comment of a message, field, enumeration, value, service or method; empty where it has none.</summary>
    public static string Get(string fullName) => s_comments.Value.GetValueOrDefault(fullName, "");

    private static FrozenDictionary<string, string> Load()
    {
        Dictionary<string, string> comments = new(StringComparer.Ordinal);
        Assembly assembly = typeof(ProtoComments).Assembly;
        foreach (string resource in assembly.GetManifestResourceNames().Where(static name => name.EndsWith(".proto", StringComparison.Ordinal)))
        {
            using StreamReader reader = new(assembly.GetManifestResourceStream(resource)!);
            Read(reader.ReadToEnd(), comments);
        }

        return comments.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void Read(string file, Dictionary<string, string> comments)
    {
        Stack<string> scopes = new(["mediacore.v1"]);
        List<string> pending = [];
        foreach (string line in file.Split('\n').Select(static each => each.Trim()))
        {
            if (line.StartsWith("//", StringComparison.Ordinal))
            {
                pending.Add(line[2..].Trim());
                continue;
            }

            string name = NameOf(line);
            if (name.Length > 0 && pending.Count > 0)
            {
                comments[$"{scopes.Peek()}.{name}"] = string.Join(' ', pending);
            }

            pending.Clear();
            if (line.EndsWith('{'))
            {
                // A oneof's fields are its message's.
                scopes.Push(line.StartsWith("oneof ", StringComparison.Ordinal) ? scopes.Peek() : $"{scopes.Peek()}.{name}");
            }
            else if (line.StartsWith('}') && scopes.Count > 1)
            {
                scopes.Pop();
            }
        }
    }

    private static string NameOf(string line)
    {
        string[] words = line.Split([' ', '(', '{', '='], StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            ["message" or "enum" or "service" or "rpc", var name, ..] => name,
            _ when line.IndexOf('=') is var equals and > 0 && !line.StartsWith("option ", StringComparison.Ordinal) && !line.StartsWith("syntax", StringComparison.Ordinal) =>
                line[..equals].TrimEnd().Split(' ')[^1],
            _ => "",
        };
    }
}
