using MediaCore.Numbers.Messaging.Smpp;

namespace MediaCore.Numbers.Model;

/// <summary>What a row is about.</summary>
public enum ProgramMessageKind : byte
{
    /// <summary>A message, or a part of one, that a program has sent; it may want a receipt.</summary>
    Submitted,

    /// <summary>A message that came in and goes to a program.</summary>
    Delivered,
}

/// <summary>A message between us and a program that is bound over SMPP (<see cref="SmppServer"/>): kept until the program has taken what it is to get.</summary>
public sealed class ProgramMessage : TenantRow, IRecordRow
{
    /// <summary>Account of the program (<c>system_id</c>).</summary>
    public string Account { get; set; } = "";

    /// <summary>What it is about.</summary>
    public ProgramMessageKind Kind { get; set; }

    /// <summary>The message (<see cref="TextMessage"/>); null while parts of it are missing.</summary>
    public Guid? MessageId { get; set; }

    /// <summary>Sender, as the program writes it.</summary>
    public string Source { get; set; } = "";

    /// <summary>Receiver, as the program writes it.</summary>
    public string Destination { get; set; } = "";

    /// <summary>The words of this part, which may begin or end in the middle of a character (<c>MessageText.Keep</c>).</summary>
    public string Text { get; set; } = "";

    /// <summary>How the program has coded them, SMPP 3.4 §5.2.19.</summary>
    public int DataCoding { get; set; }

    /// <summary>The same for all parts of one message.</summary>
    public int Reference { get; set; }

    /// <summary>Parts of the message.</summary>
    public int Total { get; set; } = 1;

    /// <summary>Which part, from 1.</summary>
    public int Sequence { get; set; } = 1;

    /// <summary>Which receipts the program wants, SMPP 3.4 §5.2.17; 0 for none.</summary>
    public int Registered { get; set; }

    /// <summary>When it is to be brought to the program; null while there is nothing to bring.</summary>
    public long? DueAtMs { get; set; }

    /// <summary>Times that it was brought.</summary>
    public int Attempts { get; set; }

    /// <summary>When nothing was left to do; null before.</summary>
    public long? DoneAtMs { get; set; }
}
