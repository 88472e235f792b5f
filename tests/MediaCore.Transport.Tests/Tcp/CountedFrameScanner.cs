using System.Buffers;
using System.Buffers.Text;
using MediaCore.Transport.Tcp;

namespace MediaCore.Transport.Tests.Tcp;

/// <summary>
/// A small framing for these tests: a decimal length, a line feed, that many bytes. CRLFCRLF between frames is a keep-alive, a single CRLF
/// is dropped, anything else is invalid; a length of 999999 makes the scanner itself throw.
/// </summary>
/// <param name="scanned">Released at every call.</param>
internal sealed class CountedFrameScanner(SemaphoreSlim? scanned = null) : IFrameScanner
{
    public FrameKind Scan(in ReadOnlySequence<byte> input, out long consumed, out long frameLength)
    {
        consumed = 0;
        frameLength = 0;
        byte[] bytes = input.ToArray();
        scanned?.Release();
        if (bytes[0] == (byte)'\r')
        {
            if (bytes.AsSpan().StartsWith("\r\n\r\n"u8))
            {
                consumed = 4;
                return FrameKind.KeepAlive;
            }

            if ("\r\n\r\n"u8.StartsWith(bytes))
            {
                return FrameKind.NeedMoreData;
            }

            consumed = 2;
            return bytes.AsSpan().StartsWith("\r\n"u8) ? ScanFrame(bytes[2..], ref consumed, out frameLength) : FrameKind.Invalid;
        }

        return ScanFrame(bytes, ref consumed, out frameLength);
    }

    private static FrameKind ScanFrame(byte[] bytes, ref long consumed, out long frameLength)
    {
        frameLength = 0;
        int line = bytes.AsSpan().IndexOf((byte)'\n');
        if (line < 0)
        {
            return bytes.AsSpan().IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0 ? FrameKind.Invalid : FrameKind.NeedMoreData;
        }

        if (!Utf8Parser.TryParse(bytes.AsSpan(0, line), out int length, out int used) || used != line)
        {
            return FrameKind.Invalid;
        }

        if (length == 999_999)
        {
            throw new InvalidDataException("A scanner with a defect.");
        }

        if (bytes.Length < line + 1 + length)
        {
            return FrameKind.NeedMoreData;
        }

        frameLength = line + 1 + length;
        consumed += frameLength;
        return FrameKind.Frame;
    }
}
