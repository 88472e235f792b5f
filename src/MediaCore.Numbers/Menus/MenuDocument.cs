using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Documents;

namespace MediaCore.Numbers.Menus;

/// <summary>
/// A menu: nodes by name, one of which it begins with. Its form stands in <c>menu.schema.json</c>.
/// <code>
/// {
///   "start": "main",
///   "nodes": {
///     "main": { "type": "gather", "prompt": "For sales, press 1.", "options": { "1": { "do": "queue", "queue": "sales" }, "0": "operator" }, "timeout": "operator", "invalid": "operator" },
///     "operator": { "type": "action", "action": { "do": "ring", "targets": [{ "user": "alice" }] } }
///   }
/// }
/// </code>
/// </summary>
public sealed class MenuDocument
{
    private static readonly MenuDocument s_empty = new("", new Dictionary<string, MenuNode>(StringComparer.Ordinal), null);

    internal MenuDocument(string start, IReadOnlyDictionary<string, MenuNode> nodes, string? language)
    {
        Start = start;
        Nodes = nodes;
        Language = language;
    }

    /// <summary>The first node.</summary>
    public string Start { get; }

    /// <summary>The nodes by their names.</summary>
    public IReadOnlyDictionary<string, MenuNode> Nodes { get; }

    /// <summary>Language that the call has from here on; null for the one that it has.</summary>
    public string? Language { get; }

    /// <summary>Reads a document; null, with all that is wrong in its form, where it is not right. What it refers to is looked at by <see cref="MenuCheck"/>.</summary>
    public static MenuDocument? Parse(string json, DocumentErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        int before = errors.All.Count;
        MenuDocument? document = DocumentObject.Parse(json, errors) is { } root ? MenuReader.Read(root) : null;
        return errors.All.Count == before ? document : null;
    }

    /// <summary>What of a menu is in force, read once. What cannot be read (nothing that was checked when it was stored) has no nodes.</summary>
    public static MenuDocument Of(PublishedDocument published)
    {
        ArgumentNullException.ThrowIfNull(published);
        return published.Parsed(static one => Parse(one.Revision.Document, new DocumentErrors()) ?? s_empty);
    }
}
