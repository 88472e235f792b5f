namespace MediaCore.Sdp;

/// <summary>The media type of an <c>m=</c> line (RFC 8866 §5.14).</summary>
public enum SdpMediaKind : byte
{
    /// <summary>A token that is none of the others; <see cref="SdpMedia.KindToken"/> has it.</summary>
    Unknown,

    /// <summary><c>audio</c>.</summary>
    Audio,

    /// <summary><c>video</c>.</summary>
    Video,

    /// <summary><c>application</c>.</summary>
    Application,

    /// <summary><c>image</c>, as T.38 uses it (RFC 3362).</summary>
    Image,

    /// <summary><c>text</c>.</summary>
    Text,

    /// <summary><c>message</c>.</summary>
    Message,
}
