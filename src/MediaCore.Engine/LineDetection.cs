namespace MediaCore.Engine;

/// <summary>What is looked for in what a party sends; told by <see cref="Control.ICallEvents"/> and kept in the call record. All but <see cref="Digits"/> decode the sound of the leg.</summary>
[Flags]
public enum LineDetection : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>DTMF digits: telephone events and INFO, and sound where the peer's digits come so (<see cref="DigitForm.InBand"/>).</summary>
    Digits = 1,

    /// <summary>When somebody begins and ceases to talk.</summary>
    Talk = 2,

    /// <summary>Tones of the network and of fax machines.</summary>
    Tones = 4,

    /// <summary>Whether a person or a machine has answered; on called legs.</summary>
    Answerer = 8,
}
