using System.Buffers.Binary;

namespace MediaCore.Transport.Udp;

/// <summary>
/// Writes a program of the kernel's classic packet filter: an accumulator, an index register, loads from the datagram (big-endian; one beyond its end ends the program with 0), jumps forwards
/// only, so that every program ends. Jumps name a label that is placed later.
/// </summary>
public sealed class SocketFilterBuilder
{
    /// <summary>The kernel takes no longer program (BPF_MAXINSNS).</summary>
    public const int MaxInstructions = 4096;

    // Classes, sizes and modes of linux/bpf_common.h.
    private const ushort Load = 0x00;
    private const ushort LoadIndex = 0x01;
    private const ushort Word = 0x00;
    private const ushort Byte = 0x10;
    private const ushort HalfWord = 0x08;
    private const ushort Absolute = 0x20;
    private const ushort Indexed = 0x40;
    private const ushort Memory = 0x60;
    private const ushort Length = 0x80;
    private const ushort StoreAccumulator = 0x02;
    private const ushort Arithmetic = 0x04;
    private const ushort Add = 0x00;
    private const ushort Subtract = 0x10;
    private const ushort Or = 0x40;
    private const ushort ShiftLeft = 0x60;
    private const ushort ByIndex = 0x08;
    private const ushort Jump = 0x05;
    private const ushort Always = 0x00;
    private const ushort Equal = 0x10;
    private const ushort Greater = 0x20;
    private const ushort Return = 0x06;
    private const ushort ReturnAccumulator = 0x16;
    private const ushort AccumulatorToIndex = 0x07;
    private const ushort IndexToAccumulator = 0x87;

    private readonly List<SocketFilterInstruction> _program = [];
    private readonly List<(int Instruction, string Label)> _jumps = [];
    private readonly Dictionary<string, int> _labels = [];

    /// <summary>The accumulator becomes the datagram's length in bytes.</summary>
    public void LoadLength() => Emit(Load | Word | Length, 0);

    /// <summary>The accumulator becomes the byte at an offset.</summary>
    public void LoadByte(int offset) => Emit(Load | Byte | Absolute, (uint)offset);

    /// <summary>The accumulator becomes the four bytes at an offset.</summary>
    public void LoadWord(int offset) => Emit(Load | Word | Absolute, (uint)offset);

    /// <summary>The accumulator becomes the byte at an offset from the index register.</summary>
    public void LoadByteAtIndex(int offset) => Emit(Load | Byte | Indexed, (uint)offset);

    /// <summary>The index register becomes a constant.</summary>
    public void SetIndex(int value) => Emit(LoadIndex | Word, (uint)value);

    /// <summary>A constant is added to the index register, by way of the accumulator.</summary>
    public void AddToIndex(int value)
    {
        Emit(IndexToAccumulator, 0);
        Emit(Arithmetic | Add, (uint)value);
        Emit(AccumulatorToIndex, 0);
    }

    /// <summary>A constant is taken from the accumulator.</summary>
    public void SubtractConstant(uint value) => Emit(Arithmetic | Subtract, value);

    /// <summary>The accumulator is moved to the left by so many bits.</summary>
    public void ShiftLeftBy(int bits) => Emit(Arithmetic | ShiftLeft, (uint)bits);

    /// <summary>The accumulator is put aside.</summary>
    public void Store() => Emit(StoreAccumulator, 0);

    /// <summary>The accumulator gets the bits of what was put aside. The index register is lost.</summary>
    public void OrStored()
    {
        Emit(LoadIndex | Word | Memory, 0);
        Emit(Arithmetic | Or | ByIndex, 0);
    }

    /// <summary>Goes on at a label when the accumulator is this.</summary>
    public void GoIfEqual(uint value, string label) => GoIf(Equal, value, label);

    /// <summary>Goes on at a label when the accumulator is greater, both unsigned.</summary>
    public void GoIfGreater(uint value, string label) => GoIf(Greater, value, label);

    /// <summary>Goes on at a label.</summary>
    public void Go(string label)
    {
        _jumps.Add((_program.Count, label));
        Emit(Jump | Always, 0);
    }

    /// <summary>Goes on at a label unless these bytes stand at an offset from the index register.</summary>
    public void GoUnlessText(int offset, ReadOnlySpan<byte> text, string label)
    {
        while (!text.IsEmpty)
        {
            (ushort size, int bytes, uint value) = text.Length switch
            {
                >= 4 => (Word, 4, BinaryPrimitives.ReadUInt32BigEndian(text)),
                >= 2 => (HalfWord, 2, BinaryPrimitives.ReadUInt16BigEndian(text)),
                _ => (Byte, 1, (uint)text[0]),
            };
            Emit((ushort)(Load | size | Indexed), (uint)offset);
            _program.Add(new SocketFilterInstruction(Jump | Equal, 1, 0, value));
            Go(label);
            offset += bytes;
            text = text[bytes..];
        }
    }

    /// <summary>Ends the program with a constant.</summary>
    public void EndWith(uint value) => Emit(Return, value);

    /// <summary>Ends the program with the accumulator.</summary>
    public void End() => Emit(ReturnAccumulator, 0);

    /// <summary>Jumps to this label go on with the next instruction.</summary>
    public void Place(string label) => _labels.Add(label, _program.Count);

    /// <summary>The program.</summary>
    /// <exception cref="InvalidOperationException">A label is missing or stands before a jump to it, or the program is too long.</exception>
    public SocketFilterInstruction[] Build()
    {
        if (_program.Count > MaxInstructions)
        {
            throw new InvalidOperationException($"The kernel takes {MaxInstructions} instructions, and these are {_program.Count}.");
        }

        SocketFilterInstruction[] program = [.. _program];
        foreach ((int instruction, string label) in _jumps)
        {
            int distance = _labels.GetValueOrDefault(label, -1) - instruction - 1;
            program[instruction] = distance >= 0
                ? program[instruction] with { Operand = (uint)distance }
                : throw new InvalidOperationException($"There is no label {label} behind the jump to it.");
        }

        return program;
    }

    // The conditional jumps reach 255 instructions, the one without condition any.
    private void GoIf(ushort condition, uint value, string label)
    {
        _program.Add(new SocketFilterInstruction((ushort)(Jump | condition), 0, 1, value));
        Go(label);
    }

    private void Emit(int code, uint operand) => _program.Add(new SocketFilterInstruction((ushort)code, 0, 0, operand));
}
