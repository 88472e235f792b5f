namespace MediaCore.Engine.Ng;

/// <summary>
/// One value of a message. Texts are strings of bytes on the wire; here each byte is one character (Latin-1), so that any of them goes in and out as it came. Of JSON, whose texts have
/// characters, it is the UTF-8 form that stands here.
/// </summary>
internal sealed class NgValue
{
    private readonly object? _content;

    private NgValue(NgKind kind, object? content, long number = 0)
    {
        Kind = kind;
        _content = content;
        Number = number;
    }

    /// <summary>What it is.</summary>
    public NgKind Kind { get; }

    /// <summary>The text; empty where it is something else.</summary>
    public string Text => _content as string ?? "";

    /// <summary>The number; 0 where it is something else.</summary>
    public long Number { get; }

    /// <summary>The members of a list; empty where it is something else.</summary>
    public IReadOnlyList<NgValue> Items => _content as IReadOnlyList<NgValue> ?? [];

    /// <summary>The dictionary; null where it is something else.</summary>
    public NgDictionary? Dictionary => _content as NgDictionary;

    /// <summary>A text or a number as text; null for the others.</summary>
    public string? Scalar => Kind switch
    {
        NgKind.Text => Text,
        NgKind.Number => Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => null,
    };

    public static implicit operator NgValue(string text) => new(NgKind.Text, text);

    public static implicit operator NgValue(long number) => new(NgKind.Number, null, number);

    public static implicit operator NgValue(NgDictionary dictionary) => new(NgKind.Dictionary, dictionary);

    /// <summary>A list.</summary>
    public static NgValue Of(IReadOnlyList<NgValue> items) => new(NgKind.List, items);
}
