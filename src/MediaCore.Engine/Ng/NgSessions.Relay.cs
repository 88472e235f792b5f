using System.Text;
using MediaCore.Engine.Control;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.Relaying;
using MediaCore.Sdp;

namespace MediaCore.Engine.Ng;

/// <summary>Sessions with an owner (<see cref="IMediaRelay"/>): the same sessions, asked for and answered by types.</summary>
internal sealed partial class NgSessions
{
    private const string NoSession = "There is no such session, it is over, or it is somebody else's.";

    private static readonly NgRequest s_anyRequest = new();

    /// <summary>Carries out one request.</summary>
    public RelayReply Relay(NgRequest request)
    {
        NgSession? session = _sessions.GetValueOrDefault(request.CallId);
        if (session is null && request.Command != NgCommand.Offer)
        {
            return new RelayReply(CommandStatus.NotFound, NoSession);
        }

        switch (request.Command)
        {
            case NgCommand.Query:
                return new RelayReply(CommandStatus.Accepted) { Session = Snapshot(session!) };
            case NgCommand.Delete:
                return Delete(session!, request.FromTag);
            case NgCommand.Offer when request.ToTag is null && session?.Find(request.FromTag) is { Peer.Tag: { } other }:
                // Offered anew in a talk.
                request.ToTag = other;
                break;
        }

        NgDictionary answer = Handle(request);
        return NgAnswers.IsOk(answer)
            ? new RelayReply(CommandStatus.Accepted) { Sdp = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(answer["sdp"]!.Text)) }
            : new RelayReply(answer.Status, answer["error-reason"]?.Text ?? "");
    }

    private RelayReply Delete(NgSession session, string? name)
    {
        NgParty? party = session.Find(name);
        if (name is not null && party is null)
        {
            return new RelayReply(CommandStatus.NotFound, "The session has no such party (any more).");
        }

        RelayReply reply = new(CommandStatus.Accepted) { Session = Snapshot(session) };
        if (party is not null)
        {
            Remove(session, party);
        }

        if (party is null || session.Parties.Count < 2)
        {
            End(session, NgSessionEnd.Deleted);
        }
        else
        {
            Touch(session);
            Watch(session);
        }

        return reply;
    }

    private RelaySnapshot Snapshot(NgSession session) => new(
        RelayKey.GetSessionId(session.CallId),
        _context.Now - session.Opened,
        [.. session.Parties.Select(party => new RelayPartySnapshot(party.Tag, party.Peer?.Tag, [.. party.Streams.Where(static s => s.Leg.Port is not null).Select(Snapshot)]))]);

    private RelayStreamSnapshot Snapshot(NgStream stream)
    {
        MediaLeg leg = stream.Leg;
        return new RelayStreamSnapshot
        {
            Kind = stream.Kind,
            Local = GetLocal(stream, s_anyRequest),
            Remote = leg.Latch.IsLatched ? leg.Latch.Source : default,
            PacketsReceived = leg.Received.Packets,
            PacketsSent = leg.SentPackets,
            PacketsLost = leg.Received.Lost,
            PacketsDropped = leg.Latch.RejectedPackets,
            Codec = stream.Remote.Count == 0 ? null : NameOf(stream.Remote),
            Mos = leg.Reports?.GetQuality()?.Mos,
        };
    }

    private static string NameOf(in AudioFormatList formats) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Encoding.Latin1.GetString(formats.GetEncodingName(0))}/{formats[0].ClockRateHz}");
}
