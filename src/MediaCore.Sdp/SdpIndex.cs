namespace MediaCore.Sdp;

/// <summary>A piece of the description, counted from its first byte. 16 bits suffice: <see cref="SdpLimits.MaxSdpBytes"/>.</summary>
internal readonly record struct SdpRange(ushort Start, ushort Length);

/// <summary>One line: where its value lies, its letter, and the attribute it is.</summary>
internal readonly record struct SdpLineIndex(SdpRange Value, byte Type, SdpAttribute Attribute);

/// <summary>What is known of a section, the session or one <c>m=</c> line, once its lines are indexed. Line numbers of 0 mean none: line 0 is <c>v=</c>.</summary>
internal struct SdpSectionIndex
{
    public SdpRange KindToken;
    public SdpRange ProtocolToken;
    public uint PortCount;
    public ushort Port;
    public ushort FormatStart;
    public ushort FormatCount;
    public ushort LineStart;
    public ushort LineEnd;
    public ushort ConnectionLine;
    public ushort RtcpLine;
    public ushort PtimeLine;
    public ushort MaxPtimeLine;
    public SdpMediaKind Kind;
    public SdpProtocol Protocol;
    public MediaDirection Direction;
    public bool HasDirection;
    public bool HasRtcpMux;
}
