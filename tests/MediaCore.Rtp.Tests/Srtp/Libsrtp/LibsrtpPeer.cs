using System.Buffers.Binary;
using System.Diagnostics;
using MediaCore.Rtp.Srtp;

namespace MediaCore.Rtp.Tests.Srtp.Libsrtp;

/// <summary>
/// A child process that does SRTP with libsrtp2 (<c>libsrtp_peer.c</c>, compiled once per run). It answers each request with libsrtp's status, 0 for success. tools/test.sh installs what it
/// needs.
/// </summary>
internal sealed class LibsrtpPeer : IDisposable
{
    /// <summary>srtp_err_status_replay_fail.</summary>
    public const int Replayed = 9;

    /// <summary>srtp_err_status_replay_old.</summary>
    public const int TooOld = 10;

    private static readonly Lazy<string> s_program = new(Compile);

    private readonly Process _process;
    private readonly Stream _in;
    private readonly Stream _out;

    public LibsrtpPeer()
    {
        _process = Process.Start(new ProcessStartInfo(s_program.Value) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        _in = _process.StandardInput.BaseStream;
        _out = _process.StandardOutput.BaseStream;
    }

    public void CreateSender(SrtpProfile profile, byte[] key, byte[] salt, byte[] mki) => Assert.Equal(0, Ask('S', Session(profile, key, salt, mki), out _));

    public void CreateReceiver(SrtpProfile profile, byte[] key, byte[] salt, byte[] mki) => Assert.Equal(0, Ask('R', Session(profile, key, salt, mki), out _));

    public int Protect(byte[] packet, bool rtcp, out byte[] datagram) => Ask(rtcp ? 'P' : 'p', packet, out datagram);

    public int Unprotect(byte[] datagram, bool rtcp, out byte[] packet) => Ask(rtcp ? 'U' : 'u', datagram, out packet);

    public void Dispose()
    {
        _in.Dispose();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static byte[] Session(SrtpProfile profile, byte[] key, byte[] salt, byte[] mki) =>
        [(byte)profile, (byte)(key.Length + salt.Length), .. key, .. salt, (byte)mki.Length, .. mki];

    private int Ask(char command, ReadOnlySpan<byte> data, out byte[] reply)
    {
        Span<byte> head = stackalloc byte[3];
        head[0] = (byte)command;
        BinaryPrimitives.WriteUInt16BigEndian(head[1..], (ushort)data.Length);
        _in.Write(head);
        _in.Write(data);
        _in.Flush();
        _out.ReadExactly(head);
        reply = new byte[BinaryPrimitives.ReadUInt16BigEndian(head[1..])];
        _out.ReadExactly(reply);
        return head[0];
    }

    private static string Compile()
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Srtp", "Libsrtp", "libsrtp_peer.c");
        string program = Path.Combine(Directory.CreateTempSubdirectory("mediacore-libsrtp").FullName, "libsrtp_peer");
        using Process gcc = Process.Start(new ProcessStartInfo("gcc", ["-O2", "-o", program, source, "-lsrtp2"]) { UseShellExecute = false, RedirectStandardError = true })!;
        string errors = gcc.StandardError.ReadToEnd();
        gcc.WaitForExit();
        Assert.True(gcc.ExitCode == 0, errors);
        return program;
    }
}
