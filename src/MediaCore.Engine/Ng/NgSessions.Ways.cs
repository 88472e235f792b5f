using MediaCore.Engine.MediaSessions;
using MediaCore.Rtp.Quality;
using MediaCore.Sdp;

namespace MediaCore.Engine.Ng;

/// <summary>What a controller knows of the way to a party: NATs and firewalls, sources that move or lie elsewhere, the class of its packets.</summary>
internal sealed partial class NgSessions
{
    private const NgFlags WayFlags = NgFlags.MediaHandover | NgFlags.Asymmetric | NgFlags.NatWait | NgFlags.SignalledSource | NgFlags.Reset;

    /// <summary>What a party has said of a stream is in force for its leg: how it sends and is sent to, and how its packets are measured.</summary>
    private void Enforce(NgStream stream)
    {
        if (!stream.IsNew)
        {
            return;
        }

        stream.IsNew = false;
        MediaLeg leg = stream.Leg;
        Measure(stream, stream.Remote);
        leg.PacketMilliseconds = stream.SaidMilliseconds;
        leg.Latch.AllowsHandover = _context.Options.MediaHandover || stream.Ways.HasFlag(NgFlags.MediaHandover);
        leg.Latch.SendsToSignalled = stream.Ways.HasFlag(NgFlags.Asymmetric);
        leg.Latch.WaitsForPeer = stream.Ways.HasFlag(NgFlags.NatWait);
        leg.Latch.AcceptsSignalledAddressOnly = stream.Ways.HasFlag(NgFlags.SignalledSource);
        Pierce(stream);
        if (stream.Ways.HasFlag(NgFlags.Reset))
        {
            // Before the first answer nobody was told of the port.
            leg.Latch.Reset(leg.Latch.Signalled.HasAddress ? stream.Signalled : default);
        }

        leg.Latch.SignalsFrom = stream.SignalsFrom;
    }

    /// <summary>Jitter and quality of a party's packets are those of the first voice of a list; where there is none, of the first format that the party has named.</summary>
    private static void Measure(NgStream stream, in AudioFormatList formats)
    {
        for (int i = 0; i < formats.Count; i++)
        {
            if (formats[i].IsVoice)
            {
                stream.Leg.ClockRateHz = formats[i].ClockRateHz;
                stream.Leg.Codec = CodecImpairment.Of(formats.GetEncodingName(i));
                return;
            }
        }

        stream.Leg.ClockRateHz = stream.ClockRateHz == 0 ? stream.Leg.ClockRateHz : stream.ClockRateHz;
    }

    /// <summary>Whether anything of a session still waits for a way through a NAT.</summary>
    private bool IsPiercing(NgSession session) => _context.Now - session.LastSignal < NgLimits.PierceTime && session.Streams.Any(static s => MustPierce(s));

    private void Pierce(NgSession session)
    {
        if (IsPiercing(session))
        {
            foreach (NgStream stream in session.Streams)
            {
                Pierce(stream);
            }
        }
    }

    private void Pierce(NgStream stream)
    {
        if (MustPierce(stream))
        {
            _relay.Pierce(stream.Leg, stream.Signalled);
        }
    }

    private static bool MustPierce(NgStream stream) => stream is { IsPierced: true, Leg: { Port: not null, Latch.IsLatched: false } };

    /// <summary>Gives all packets of a session the class that an offer asks for, those to both sides.</summary>
    private static void Mark(NgSession session, NgRequest request)
    {
        if (request.TrafficClass < 0)
        {
            return;
        }

        byte? octet = request.TrafficClass > byte.MaxValue ? null : (byte)request.TrafficClass;
        if (octet == session.TrafficClass)
        {
            return;
        }

        session.TrafficClass = octet;
        foreach (NgStream stream in session.Streams)
        {
            if (stream.Leg.Port is { } port && !port.TrySetTrafficClass(octet))
            {
                request.Warn("ignored: TOS");
            }
        }
    }
}
