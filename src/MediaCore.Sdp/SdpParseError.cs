namespace MediaCore.Sdp;

/// <summary>Why <see cref="SdpDescription.TryParse"/> refused a body. All of them are the peer's fault and deserve a 400 or 488.</summary>
public enum SdpParseError : byte
{
    /// <summary>It was parsed.</summary>
    None,

    /// <summary>There is not one line.</summary>
    Empty,

    /// <summary>Longer than <see cref="SdpLimits.MaxSdpBytes"/>.</summary>
    TooLarge,

    /// <summary>More lines than <see cref="SdpLimits.MaxLineCount"/>.</summary>
    TooManyLines,

    /// <summary>More <c>m=</c> lines than <see cref="SdpLimits.MaxMediaCount"/>.</summary>
    TooManyMedia,

    /// <summary>An <c>m=</c> line with more formats than <see cref="SdpLimits.MaxFormatsPerMedia"/>.</summary>
    TooManyFormats,

    /// <summary>A line that is not <c>letter=value</c>, or an empty line before the end (RFC 8866 §5).</summary>
    MalformedLine,

    /// <summary>A NUL, or a CR that ends no line (RFC 8866 §9, <c>byte-string</c>).</summary>
    IllegalByte,

    /// <summary>A type letter that RFC 8866 does not have; §5 asks to reject the whole description.</summary>
    UnknownType,

    /// <summary>The first line is not <c>v=</c>.</summary>
    MissingVersion,

    /// <summary>The version is not 0.</summary>
    UnsupportedVersion,

    /// <summary>There is no <c>o=</c> line.</summary>
    MissingOrigin,

    /// <summary>The <c>o=</c> line does not have six fields.</summary>
    MalformedOrigin,

    /// <summary>A line that may stand once stands twice (<c>v= o= s= c=</c> of the session).</summary>
    DuplicateLine,

    /// <summary>A line of the session stands below an <c>m=</c> line.</summary>
    MisplacedLine,

    /// <summary>A <c>c=</c> line that does not have three fields.</summary>
    MalformedConnection,

    /// <summary>An <c>m=</c> line without kind, port and protocol, or with something in it that is no token or too long.</summary>
    MalformedMedia,

    /// <summary>A port outside 0–65535, or a count of ports that is 0 or no number.</summary>
    InvalidPort,
}
