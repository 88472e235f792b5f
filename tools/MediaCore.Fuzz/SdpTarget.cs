using MediaCore.Sdp;

namespace MediaCore.Fuzz;

/// <summary>A session description: every line and attribute is walked, and an audio offer that was read can be answered.</summary>
public sealed class SdpTarget : IFuzzTarget
{
    private readonly SdpDescription _sdp = new();

    /// <inheritdoc/>
    public string Name => "sdp";

    /// <inheritdoc/>
    public IEnumerable<byte[]> Seeds => SeedMessages.Descriptions;

    /// <inheritdoc/>
    public void Run(byte[] input)
    {
        if (!_sdp.TryParse(input, 0, input.Length))
        {
            return;
        }

        long sum = _sdp.OriginAddress.Length + _sdp.SessionName.Length;
        foreach (SdpLine line in _sdp.SessionLines)
        {
            sum += line.Value.Length + line.AttributeName.Length + line.AttributeValue.Length;
        }

        for (int i = 0; i < _sdp.MediaCount; i++)
        {
            sum += Touch(_sdp.GetMedia(i));
        }

        if (OfferAnswer.TryReadAudio(_sdp, out AudioDescription audio, out _))
        {
            AudioFormatList formats = audio.Formats;
            BrokenInvariantException.ThrowUnless(!OfferAnswer.TryIntersect(audio, formats, out AudioFormatList common) || common.Count <= formats.Count, "an answer has more formats than its offer");
        }

        GC.KeepAlive(sum);
    }

    private static long Touch(SdpMedia media)
    {
        long sum = media.Port + media.PortCount + media.PtimeMilliseconds + media.MaxPtimeMilliseconds + (int)media.Direction + media.ProtocolToken.Length;
        sum += media.TryGetRtpEndpoint(out _) ? 1 : 0;
        sum += media.TryGetRtcpEndpoint(out _) ? 1 : 0;
        foreach (SdpLine line in media.Attributes)
        {
            sum += line.AttributeName.Length + line.AttributeValue.Length;
        }

        for (int i = 0; i < media.FormatCount; i++)
        {
            sum += media.GetFormat(i).Length;
            if (media.TryGetPayloadType(i, out byte payloadType))
            {
                sum += media.TryGetRtpMap(payloadType, out RtpMap map) ? map.EncodingName.Length : 0;
                sum += media.TryGetFmtp(payloadType, out ReadOnlySpan<byte> parameters) ? parameters.Length : 0;
            }
        }

        return sum;
    }
}
