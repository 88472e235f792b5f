using System.Collections.Immutable;

namespace MediaCore.Smpp.Pdus;

/// <summary>A PDU, SMPP 3.4 §4. Texts have no zero at their end.</summary>
/// <param name="Command">What it is.</param>
public abstract record SmppPdu(CommandId Command)
{
    private const uint ResponseBit = 0x8000_0000;

    /// <summary>How a request ended; 0 in requests.</summary>
    public CommandStatus Status { get; init; }

    /// <summary>Pairs an answer with its request, 1 to 0x7FFFFFFF (§5.1.4).</summary>
    public uint Sequence { get; init; }

    /// <summary>Optional parameters in their order.</summary>
    public ImmutableArray<Tlv> Tlvs { get; init; } = [];

    /// <summary>Whether it answers another.</summary>
    public bool IsResponse => IsResponseTo(Command);

    /// <summary>Whether a command answers another.</summary>
    public static bool IsResponseTo(CommandId command) => ((uint)command & ResponseBit) != 0;

    /// <summary>The command of the answer to a request.</summary>
    public static CommandId ResponseOf(CommandId request) => (CommandId)((uint)request | ResponseBit);

    /// <summary>An optional parameter; null where there is none.</summary>
    public Tlv? Find(SmppTag tag)
    {
        foreach (Tlv tlv in Tlvs)
        {
            if (tlv.Tag == tag)
            {
                return tlv;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public virtual bool Equals(SmppPdu? other) => other is not null && EqualityContract == other.EqualityContract && Command == other.Command && Status == other.Status && Sequence == other.Sequence
        && Tlvs.AsSpan().SequenceEqual(other.Tlvs.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Command, Status, Sequence);

    /// <summary>What it is, without passwords, numbers and what people write to each other: those stay out of whatever it is printed to.</summary>
    public sealed override string ToString() => $"{Command} {Sequence} {CommandStatusName.Of(Status)}";
}

/// <summary>A PDU that has nothing but its header: unbind, enquire_link, their answers, generic_nack, the answers to cancel_sm and replace_sm, and every answer that refuses.</summary>
/// <param name="Command">What it is.</param>
public sealed record PlainPdu(CommandId Command) : SmppPdu(Command);
