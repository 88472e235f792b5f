using MediaCore.Transport.Udp;

namespace MediaCore.Engine.Tests.Signalling.Steering;

/// <summary>Runs a program of the kernel's classic packet filter as the kernel does: what its instructions mean is in the kernel's Documentation/networking/filter.rst.</summary>
internal static class SocketFilterMachine
{
    /// <summary>What the program ends with.</summary>
    /// <exception cref="NotSupportedException">An instruction that <see cref="SocketFilterBuilder"/> does not write.</exception>
    public static uint Run(ReadOnlySpan<SocketFilterInstruction> program, ReadOnlySpan<byte> datagram)
    {
        uint accumulator = 0;
        uint index = 0;
        uint stored = 0;
        for (int at = 0; ; at++)
        {
            SocketFilterInstruction one = program[at];
            uint operand = one.Operand;
            switch (one.Code)
            {
                case 0x80:
                    accumulator = (uint)datagram.Length;
                    break;
                case 0x20 or 0x28 or 0x30 or 0x40 or 0x48 or 0x50:
                    ulong offset = operand + (ulong)((one.Code & 0x40) != 0 ? index : 0);
                    int bytes = (one.Code & 0x18) switch { 0x00 => 4, 0x08 => 2, _ => 1 };
                    if (offset + (ulong)bytes > (ulong)datagram.Length)
                    {
                        return 0;
                    }

                    accumulator = 0;
                    foreach (byte b in datagram.Slice((int)offset, bytes))
                    {
                        accumulator = (accumulator << 8) | b;
                    }

                    break;
                case 0x01:
                    index = operand;
                    break;
                case 0x61:
                    index = stored;
                    break;
                case 0x02:
                    stored = accumulator;
                    break;
                case 0x04:
                    accumulator += operand;
                    break;
                case 0x14:
                    accumulator -= operand;
                    break;
                case 0x64:
                    accumulator <<= (int)operand;
                    break;
                case 0x4C:
                    accumulator |= index;
                    break;
                case 0x05:
                    at += (int)operand;
                    break;
                case 0x15:
                    at += accumulator == operand ? one.IfTrue : one.IfFalse;
                    break;
                case 0x25:
                    at += accumulator > operand ? one.IfTrue : one.IfFalse;
                    break;
                case 0x06:
                    return operand;
                case 0x16:
                    return accumulator;
                case 0x07:
                    index = accumulator;
                    break;
                case 0x87:
                    accumulator = index;
                    break;
                default:
                    throw new NotSupportedException($"Instruction {one}.");
            }
        }
    }
}
