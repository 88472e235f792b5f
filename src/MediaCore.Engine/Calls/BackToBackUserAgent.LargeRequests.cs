using MediaCore.Engine.Signalling;

namespace MediaCore.Engine.Calls;

/// <summary>
/// INVITEs too large for a datagram (RFC 3261 §18.1.1): over TCP where the configuration says so and nobody asked for UDP, and over UDP after all
/// where no connection comes about. The dialog stays with the transport that its INVITE was delivered by.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Turns a leg whose INVITE is too large over to TCP; true when the INVITE has to be written anew, with the Via and Contact of TCP.</summary>
    private bool TryUseStream(Leg leg, ClientTransaction transaction, int requestBytes)
    {
        int most = _context.Options.UdpMaxRequestBytes;
        if (!leg.MayUseStream || most == 0 || requestBytes <= most || leg.Flow.Local.Transport != SipTransportKind.Udp
            || !_context.Output.TryOpenFlow(new SipDestination(leg.Flow.Remote, SipTransportKind.Tcp), leg.Flow.Local.Network, out Flow stream))
        {
            return false;
        }

        leg.MayUseStream = false;
        leg.Datagrams = leg.Flow;
        leg.Flow = stream;
        transaction.Redirect(stream);
        _context.Statistics.LargeRequests++;
        return true;
    }

    /// <summary>The connection for a large INVITE did not come about: it goes over UDP. False when that is not what failed.</summary>
    private bool TryUseDatagrams(Leg leg, ClientTransaction transaction)
    {
        Flow datagrams = leg.Datagrams;
        if (datagrams.Local is null || leg.State != LegState.Inviting || transaction.Flow.Stream is not { WasOpened: false })
        {
            return false;
        }

        leg.Datagrams = default;
        leg.Flow = datagrams;
        _context.Statistics.LargeRequestFallbacks++;

        // The same offer again: nobody has seen the first.
        leg.SdpVersion = 1;
        bool wasStarting = leg.IsStarting;
        leg.IsStarting = true;
        SendInitialInvite(leg);
        leg.IsStarting = wasStarting;
        if (leg.State != LegState.Inviting && !wasStarting && leg.Call.State != CallState.Ended)
        {
            leg.Hop.Status?.CountFailover();
            ContinueStep(leg.Call, tryAnother: true);
        }

        return true;
    }
}
