namespace MediaCore.Smpp.Coding;

/// <summary>How the words of a short message are written; the values are those of <c>data_coding</c> (SMPP 3.4 §5.2.19).</summary>
public enum TextCoding : byte
{
    /// <summary>The centre's own alphabet, which is the GSM 7 bit default alphabet (3GPP TS 23.038 §6.2.1), a septet in an octet.</summary>
    Gsm7 = 0x00,

    /// <summary>IA5 (ASCII).</summary>
    Ascii = 0x01,

    /// <summary>ISO 8859-1.</summary>
    Latin1 = 0x03,

    /// <summary>Octets that are no text.</summary>
    Binary = 0x04,

    /// <summary>UCS-2, big-endian; read as UTF-16, as phones write it.</summary>
    Ucs2 = 0x08,
}
