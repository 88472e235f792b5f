namespace MediaCore.Numbers.Documents;

/// <summary>What is wrong with one document, all of it at once, in the order in which it was found.</summary>
public sealed class DocumentErrors
{
    /// <summary>Errors that are kept: more than anybody reads before he corrects the first ones.</summary>
    public const int MaxErrors = 200;

    private readonly List<DocumentError> _all = [];

    /// <summary>The errors; none for a document that is right.</summary>
    public IReadOnlyList<DocumentError> All => _all;

    /// <summary>Notes an error.</summary>
    public void Add(string path, string message)
    {
        if (_all.Count < MaxErrors)
        {
            _all.Add(new DocumentError(path, message));
        }
    }

    /// <summary>The member of an object or array as a path.</summary>
    public static string Join(string path, string member) =>
        member.Length > 0 && member.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? $"{path}.{member}" : $"{path}['{member}']";

    /// <summary>An element of an array as a path.</summary>
    public static string Join(string path, int index) => $"{path}[{index}]";
}
