using MediaCore.Engine.MediaSessions;
using MediaCore.Primitives;
using MediaCore.Sdp;

namespace MediaCore.Engine.Calls;

/// <summary>
/// Media lines beside the audio: video, fax over UDPTL, text. Their description passes from side to side as text, their packets byte for byte, each line over a port pair of each leg. What either side
/// does not want is declined there with port 0; the call goes on.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Whether a leg's peer may have such lines; keys are never passed on, so not where SRTP is required.</summary>
    private bool MayHaveOtherMedia(Leg leg) =>
        (leg.Trunk?.OtherMedia ?? _context.Options.AccountOtherMedia) && GetSrtp(leg) != SrtpPolicy.Require;

    /// <summary>Puts the lines that the other side wants into a description for <paramref name="leg"/>, each in its place, and opens their ports.</summary>
    private void SetOtherMedia(Leg leg, Leg source, DescriptionKind kind, ref AudioDescription audio)
    {
        OtherStreams? wanted = ReferenceEquals(leg, source) ? null : source.Remote.Others;
        Leg owner = leg.ForkOf ?? leg;
        if (wanted is null && owner.Streams is null)
        {
            return;
        }

        LegStreams streams = owner.Streams ??= new LegStreams();
        if (leg.Remote.AudioIndex >= 0 && leg.HasMedia)
        {
            streams.AudioPosition = leg.Remote.AudioIndex;
        }

        audio.AudioIndex = kind == DescriptionKind.Answer ? leg.Remote.AudioIndex : source.Remote.HasAudioLine ? streams.AudioPosition : AudioDescription.NoAudioLine;
        if (wanted is not null && MayHaveOtherMedia(leg))
        {
            audio.Others = SelectStreams(leg, streams, source, kind, audio, wanted);
        }

        if (kind == DescriptionKind.Answer)
        {
            CloseUnused(leg, audio.Others);
            CloseUnused(source, audio.Others is null ? null : source.Remote.Others);
        }
    }

    private OtherStreams? SelectStreams(Leg leg, LegStreams streams, Leg source, DescriptionKind kind, in AudioDescription audio, OtherStreams wanted)
    {
        Leg sourceOwner = source.ForkOf ?? source;
        LegStreams others = sourceOwner.Streams ??= new LegStreams();
        List<OtherStream> result = [];
        int count = Math.Max(audio.MediaCount, audio.AudioIndex + 1);
        foreach (OtherStream stream in wanted.All)
        {
            int number = others.FindAt(stream.Index);
            if (number < 0)
            {
                number = LegStreams.FindFree(others, streams);
                if (number < 0)
                {
                    continue;
                }

                others.SetPosition(number, stream.Index);
            }

            int position = streams.GetPosition(number);
            if (position < 0)
            {
                if (kind == DescriptionKind.Answer)
                {
                    // It was not offered, so it cannot be answered with (RFC 3264 §6).
                    continue;
                }

                bool replacesAudio = !source.Remote.HasAudioLine && stream.Index == others.AudioPosition && streams.FindAt(streams.AudioPosition) < 0;
                position = replacesAudio ? streams.AudioPosition : count;
                if (position >= SdpLimits.MaxMediaCount)
                {
                    continue;
                }

                streams.SetPosition(number, position);
            }

            if (position == audio.AudioIndex || (kind == DescriptionKind.Answer && leg.Remote.Others?.Find(position) is null) || !TryConnect(leg, source, number, stream, out NetworkEndpoint rtp))
            {
                continue;
            }

            count = Math.Max(count, position + 1);
            result.Add(stream with { Index = position, Rtp = rtp, Rtcp = stream.IsRtp ? rtp.WithPort((ushort)(rtp.Port + 1)) : default });
        }

        return result.Count == 0 ? null : new OtherStreams([.. result]);
    }

    /// <summary>Opens a stream's ports towards <paramref name="leg"/> and joins them with those towards the other side, as far as both are there. False without a port.</summary>
    private bool TryConnect(Leg leg, Leg source, int number, OtherStream theirs, out NetworkEndpoint told)
    {
        if (Passes(leg, source))
        {
            told = theirs.Rtp;
            return true;
        }

        told = default;
        MediaLeg media = (leg.ForkOf ?? leg).Streams!.GetOrAdd(number);
        if (media.Port is null)
        {
            if (!_ports.TryAllocate(_context.Now, GetNetwork(leg), (leg.ForkOf ?? leg).Media.Port is { LocalRtp.IsIPv6: true }, out Transport.Media.MediaPort? port))
            {
                return false;
            }

            media.Open(port, _context.Now);
        }

        Expect(leg, number);
        if ((source.ForkOf ?? source).Streams!.GetOpen(number) is { } other)
        {
            Expect(source, number);
            if (!ReferenceEquals(media.Peer, other))
            {
                MediaLeg.Bridge(media, other);
            }
        }

        told = GetOwnEndpoint(leg, media.Port!);
        return true;
    }

    private static void Expect(Leg leg, int number)
    {
        LegStreams streams = (leg.ForkOf ?? leg).Streams!;
        if (streams.GetOpen(number) is { } media && leg.Remote.Others?.Find(streams.GetPosition(number)) is { } described)
        {
            ExpectAt(media, leg, described.Rtp, described.Rtcp);
        }
    }

    /// <summary>Gives back the ports of streams that an exchange has ended.</summary>
    private void CloseUnused(Leg leg, OtherStreams? used)
    {
        for (int i = 0; (leg.ForkOf ?? leg).Streams is { } streams && i < SdpLimits.MaxOtherStreams; i++)
        {
            if (streams.GetOpen(i) is { } media && used?.Find(streams.GetPosition(i)) is null)
            {
                _ports.Release(media.Close()!, _context.Now);
            }
        }
    }
}
