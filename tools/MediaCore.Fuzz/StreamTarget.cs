using System.Buffers;
using MediaCore.Sip.Messages;

namespace MediaCore.Fuzz;

/// <summary>A byte stream: however it is cut into segments the same frames come out, and each is a message of just its length to the parser.</summary>
public sealed class StreamTarget : IFuzzTarget
{
    private readonly SipMessage _message = new();

    /// <inheritdoc/>
    public string Name => "stream";

    /// <inheritdoc/>
    public IEnumerable<byte[]> Seeds => SeedMessages.Messages.Append([.. SeedMessages.Messages.SelectMany(static message => message)]);

    /// <inheritdoc/>
    public void Run(byte[] input)
    {
        List<(FrameScanResult Kind, int Start, int Length)> whole = Scan(input, input.Length);
        foreach (int piece in (int[])[1, 7, 61])
        {
            List<(FrameScanResult Kind, int Start, int Length)> cut = Scan(input, Math.Max(piece, input.Length / 400));
            BrokenInvariantException.ThrowUnless(whole.SequenceEqual(cut), $"pieces of {piece} bytes give {Describe(cut)} instead of {Describe(whole)}");
        }

        foreach ((FrameScanResult kind, int position, int length) in whole)
        {
            if (kind == FrameScanResult.Frame)
            {
                _message.Parse(input, position, length);
                BrokenInvariantException.ThrowUnless(_message.Status == ParseStatus.Malformed || _message.Offset + _message.Length == position + length, $"a frame of {length} bytes is a message of {_message.Length}");
                BrokenInvariantException.ThrowUnless(_message.Error is not (SipParseError.BodyTruncated or SipParseError.ContentLengthConflict or SipParseError.ContentLengthInvalid), $"the scanner framed what the parser calls {_message.Error}");
            }
        }
    }

    private static string Describe(List<(FrameScanResult Kind, int Start, int Length)> frames) => string.Join(' ', frames.Select(static frame => $"{frame.Kind}:{frame.Start}+{frame.Length}"));

    /// <summary>Feeds the input piece by piece, what was not consumed first, as a pipe does.</summary>
    private static List<(FrameScanResult Kind, int Start, int Length)> Scan(byte[] input, int piece)
    {
        List<(FrameScanResult, int, int)> frames = [];
        SipFrameScanner scanner = default;
        int start = 0;
        int end = 0;
        while (true)
        {
            end = Math.Min(input.Length, end + piece);
            while (true)
            {
                FrameScanResult result = scanner.Scan(new ReadOnlySequence<byte>(input, start, end - start), out long consumed, out long frameLength);
                BrokenInvariantException.ThrowUnless(consumed >= 0 && consumed <= end - start && frameLength <= end - start, "more was consumed than there was");
                if (result == FrameScanResult.Frame)
                {
                    frames.Add((result, start + (int)(consumed - frameLength), (int)frameLength));
                }
                else if (result == FrameScanResult.Invalid)
                {
                    frames.Add((result, start, 0));
                    return frames;
                }

                start += (int)consumed;
                if (result is not (FrameScanResult.Frame or FrameScanResult.KeepAlive) || start == end)
                {
                    break;
                }
            }

            if (end == input.Length)
            {
                return frames;
            }
        }
    }
}
