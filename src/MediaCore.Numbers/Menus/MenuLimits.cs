namespace MediaCore.Numbers.Menus;

/// <summary>Bounds of menus, and what happens at each.</summary>
public static class MenuLimits
{
    /// <summary>Nodes of one menu: far more than anybody has drawn. More is an error of the document.</summary>
    public const int MaxNodes = 500;

    /// <summary>Characters of a node's name.</summary>
    public const int MaxNameCharacters = 64;

    /// <summary>Options of one node.</summary>
    public const int MaxOptions = 100;

    /// <summary>Digits of an option's key, and of an extension.</summary>
    public const int MaxKeyDigits = 16;

    /// <summary>Pieces of one prompt; with what is said before a repetition they fit into one playback (<see cref="Engine.Control.ControlLimits.MaxPlayItems"/>).</summary>
    public const int MaxPrompts = 8;

    /// <summary>Characters of a spoken text.</summary>
    public const int MaxTextCharacters = 2_000;

    /// <summary>Cases of a switch, and variables that a node sets.</summary>
    public const int MaxCases = 200;

    /// <summary>Nodes that one menu enters for one call; then it ends as failed. A caller who presses a key each second needs more than a quarter of an hour for it.</summary>
    public const int MaxSteps = 1_000;

    /// <summary>Nodes one after the other that wait for nothing; then the menu ends as failed. A document that was checked has no such circle, since those are found there.</summary>
    public const int MaxSilentSteps = MaxNodes;

    /// <summary>Names that are read out to choose from: as many as there are keys.</summary>
    public const int MaxNamesRead = 9;

    /// <summary>Longest that a look-up over HTTP may take.</summary>
    public static readonly TimeSpan MaxLookupTime = TimeSpan.FromSeconds(30);

    /// <summary>How long a look-up takes when nothing is said: numbers of callers who wait longer grow fast.</summary>
    public static readonly TimeSpan DefaultLookupTime = TimeSpan.FromSeconds(5);

    /// <summary>How long a look-up goes on in silence before its filler begins: a quick answer needs none.</summary>
    public static readonly TimeSpan FillerDelay = TimeSpan.FromMilliseconds(700);

    /// <summary>Bytes of an answer to a look-up; a longer one is a failure.</summary>
    public const int MaxAnswerBytes = 64 * 1024;

    /// <summary>Characters of a variable that a look-up sets; longer values are cut.</summary>
    public const int MaxValueCharacters = 1_024;

    /// <summary>Characters of a URL, after variables were put in.</summary>
    public const int MaxUrlCharacters = 2_048;

    /// <summary>Headers of a look-up.</summary>
    public const int MaxHeaders = 16;
}
