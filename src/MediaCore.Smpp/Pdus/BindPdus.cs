namespace MediaCore.Smpp.Pdus;

/// <summary>A bind, SMPP 3.4 §4.1.1, §4.1.3, §4.1.5.</summary>
/// <param name="Command">Which of the three.</param>
/// <param name="SystemId">The account, up to 15 characters.</param>
/// <param name="Password">Up to 8 characters.</param>
public sealed record BindPdu(CommandId Command, string SystemId, string Password) : SmppPdu(Command)
{
    /// <summary>Kind of the program, up to 12 characters.</summary>
    public string SystemType { get; init; } = "";

    /// <summary>0x34 for SMPP 3.4.</summary>
    public byte InterfaceVersion { get; init; } = 0x34;

    /// <summary>The addresses that the program serves.</summary>
    public SmppAddress AddressRange { get; init; } = new("");
}

/// <summary>The answer to a bind, §4.1.2, §4.1.4, §4.1.6.</summary>
/// <param name="Command">Which of the three.</param>
/// <param name="SystemId">Name of the centre.</param>
public sealed record BindResponsePdu(CommandId Command, string SystemId) : SmppPdu(Command);

/// <summary>A centre asks a program to bind, §4.1.7.</summary>
/// <param name="SystemId">Name of the centre.</param>
/// <param name="Password">Its password.</param>
public sealed record OutbindPdu(string SystemId, string Password) : SmppPdu(CommandId.Outbind)
{}
