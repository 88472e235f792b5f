using MediaCore.Engine.MediaSessions;

namespace MediaCore.Engine.Ng;

/// <summary>What a controller knows of the way to a party: NATs and firewalls, sources that move or lie elsewhere, the class of its packets.</summary>
internal sealed partial class NgSessions
{
    /// <summary>How a party sends and is sent to, as said with its description.</summary>
    private void NoteWays(NgStream stream, NgRequest request)
    {
        MediaLeg leg = stream.Leg;
        leg.Latch.AllowsHandover = _context.Options.MediaHandover || request.Has(NgFlags.MediaHandover);
        leg.Latch.SendsToSignalled = request.Has(NgFlags.Asymmetric);
        leg.Latch.WaitsForPeer = request.Has(NgFlags.NatWait);
        leg.Latch.AcceptsSignalledAddressOnly = request.Has(NgFlags.SignalledSource);
        stream.IsPierced = request.Has(NgFlags.PierceNat);
        Pierce(stream);
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
