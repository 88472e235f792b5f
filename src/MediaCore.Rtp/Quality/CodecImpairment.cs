namespace MediaCore.Rtp.Quality;

/// <summary>
/// What a codec costs on the scale of the E-model: <paramref name="Ie"/> without loss, <paramref name="Bpl"/> its robustness against loss (ITU-T G.107 §3.5, values of ITU-T G.113 Appendix I).
/// </summary>
/// <param name="Ie">Equipment impairment factor.</param>
/// <param name="Bpl">Packet-loss robustness factor.</param>
public readonly record struct CodecImpairment(double Ie, double Bpl)
{
    /// <summary>G.711 with the concealment of its Appendix I, which receivers have in one form or another.</summary>
    public static CodecImpairment G711 { get; } = new(0, 25.1);

    /// <summary>G.729 Annex A with Annex B.</summary>
    public static CodecImpairment G729 { get; } = new(11, 19);

    /// <summary>G.723.1 at 6.3 kbit/s with Annex A.</summary>
    public static CodecImpairment G723 { get; } = new(15, 16.1);

    /// <summary>GSM enhanced full rate, and AMR at 12.2 kbit/s, which is the same.</summary>
    public static CodecImpairment GsmEfr { get; } = new(5, 10);

    /// <summary>
    /// By encoding name. G.113 has no narrowband values for wideband codecs, Opus, L16 and the rest: those are taken as <see cref="G711"/>, so that their figure says what the network did and nothing about
    /// the codec.
    /// </summary>
    public static CodecImpairment Of(ReadOnlySpan<byte> encodingName) =>
        Is(encodingName, "G729"u8) ? G729
        : Is(encodingName, "G723"u8) ? G723
        : Is(encodingName, "GSM-EFR"u8) || Is(encodingName, "AMR"u8) ? GsmEfr
        : G711;

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => System.Text.Ascii.EqualsIgnoreCase(name, known);
}
