using System.Runtime.InteropServices;

namespace MediaCore.Transport.Udp;

/// <summary>An instruction of the kernel's classic packet filter, laid out as <c>struct sock_filter</c> (linux/filter.h).</summary>
/// <param name="Code">Operation, size and addressing mode.</param>
/// <param name="IfTrue">Instructions that a conditional jump leaves out when its condition holds.</param>
/// <param name="IfFalse">… and when not.</param>
/// <param name="Operand">Constant, offset or distance.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct SocketFilterInstruction(ushort Code, byte IfTrue, byte IfFalse, uint Operand);
