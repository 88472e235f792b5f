namespace MediaCore.Engine.MediaSessions.Reports;

/// <summary>What was wrong with a leg's audio, as seen from us.</summary>
[Flags]
internal enum AudioFault : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Nothing came from this peer although it had to send, while the other one's packets came.</summary>
    OneWay = 1,

    /// <summary>Packets came with nothing but digital silence in them.</summary>
    Silent = 2,
}
