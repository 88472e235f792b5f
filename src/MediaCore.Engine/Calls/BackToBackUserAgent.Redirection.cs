using System.Text;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>Final answers that are not passed on as they come: redirections (RFC 3261 §8.1.3.4) and mapped statuses (RFC 3398 §7.2.4.1).</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Contacts of one redirection that are looked at.</summary>
    private const int MaxRedirectContacts = 8;

    /// <summary>Redirections followed in one call; RFC 3261 §8.1.3.4 asks only that targets are not tried twice, five is what old gateways do.</summary>
    private const int MaxRedirections = 5;

    private byte[] _refusalReason = [];

    /// <summary>What the caller is told for a final answer of a target.</summary>
    private int GetShownStatus(Leg leg, SipMessage response, int status, int cause)
    {
        TrunkAnswers answers = leg.Trunk?.Answers ?? TrunkAnswers.Default;
        int mapped = answers.Map(status, cause);
        if (status is >= 300 and < 400 && leg.State == LegState.Inviting)
        {
            switch (answers.Redirect)
            {
                case RedirectPolicy.Follow:
                    TakeRedirections(leg, response, answers);
                    return mapped == status ? 480 : mapped;
                case RedirectPolicy.Refuse:
                    return mapped == status ? 480 : mapped;
                default:
                    leg.Call.BestContacts = mapped == status ? CopyContacts(response) : [];
                    break;
            }
        }

        if (mapped != status)
        {
            return mapped;
        }

        // A challenge is between the target and us; the caller could do nothing with it but give its password away (AC-26). A 503 would say that we are
        // overloaded (RFC 3261 §16.7).
        return status is 401 or 407 ? 403 : status is 503 or 420 or 421 or 422 ? 500 : status;
    }

    /// <summary>Remembers the contacts that belong to trunks which this one may name; nobody is sent anywhere else (toll fraud, AC-30).</summary>
    private void TakeRedirections(Leg leg, SipMessage response, TrunkAnswers answers)
    {
        Call call = leg.Call;
        int looked = 0;
        foreach (ReadOnlySpan<byte> value in response.EnumerateValues(SipHeaderName.Contact))
        {
            if (++looked > MaxRedirectContacts || call.RedirectionCount >= MaxRedirections)
            {
                return;
            }

            if (NameAddress.TryParse(value, out NameAddress contact) && !contact.IsWildcard && SipUri.TryParse(contact.Uri, out SipUri uri) && uri.Scheme == SipUriScheme.Sip
                && uri.User.Length <= CallIdentities.MaxUserBytes && FindRedirectionHop(leg.Trunk!, uri, answers, out Trunk trunk) is { } hop)
            {
                (call.Redirections ??= []).Enqueue(new Redirection(trunk, hop, Encoding.UTF8.GetString(uri.User)));
                call.RedirectionCount++;
            }
        }
    }

    private SipPeer? FindRedirectionHop(Trunk from, in SipUri uri, TrunkAnswers answers, out Trunk trunk)
    {
        trunk = from;
        ushort port = uri.Port == 0 ? (ushort)5060 : uri.Port;
        foreach (SipPeer peer in from.Targets)
        {
            if (peer.Port == port && Ascii.EqualsIgnoreCase(uri.Host, peer.Host))
            {
                return peer;
            }
        }

        if (!NetworkEndpoint.TryParseAddress(uri.Host, port, out NetworkEndpoint address) || _context.Services.Policy.FindTrunk(address) is not { } owner
            || (owner.Name != from.Name && !answers.RedirectTrunks.Contains(owner.Name)))
        {
            return null;
        }

        trunk = owner;
        SipTransportKind transport = uri.TransportParameter == SipTransport.Tcp ? SipTransportKind.Tcp : SipTransportKind.Udp;
        return new SipPeer(Encoding.ASCII.GetString(uri.Host), port, transport) { Endpoint = address };
    }

    /// <summary>Tries the next contact of a redirection; false when there is none left that could be tried.</summary>
    private bool DialRedirection(Call call)
    {
        while (call.Redirections is { Count: > 0 } redirections)
        {
            Redirection next = redirections.Dequeue();
            if (next.Hop.Destinations is not [var address, ..])
            {
                continue;
            }

            TrunkStatus status = _context.Trunks.Get(next.Trunk);
            var target = new TrunkTarget(next.Trunk, next.User.Length == 0 ? null : next.User);
            var hop = new TrunkHop(next.Trunk, status, next.Hop, address, status.GetDestination(address));
            if (TryEnterTrunk(call, hop) && DialTrunk(call, target, hop))
            {
                ScheduleAttempt(call, target);
                return true;
            }
        }

        return false;
    }

    /// <summary>The Reason header of a refusal, ready to be written (RFC 3326, RFC 6432); empty without one.</summary>
    private byte[] CopyReason(SipMessage response)
    {
        if (!response.Has(SipHeaderName.Reason))
        {
            return [];
        }

        RememberReason(response);
        return TakePassedReason().ToArray();
    }
}
