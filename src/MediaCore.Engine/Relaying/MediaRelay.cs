using System.Globalization;
using System.Text;
using MediaCore.Engine.Control;
using MediaCore.Engine.Ng;
using MediaCore.Primitives;
using MediaCore.Sdp;

namespace MediaCore.Engine.Relaying;

/// <summary>Reads what is asked of the relay and posts it to the shard of the session, which is the one that the hash of its name says.</summary>
internal sealed class MediaRelay(IControlMail mail, SipHashKey hashKey) : IMediaRelay
{
    /// <inheritdoc/>
    public ValueTask<RelayReply> OfferAsync(RelayDescription offer, CancellationToken cancellationToken = default) => DescribeAsync(NgCommand.Offer, offer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<RelayReply> AnswerAsync(RelayDescription answer, CancellationToken cancellationToken = default) => DescribeAsync(NgCommand.Answer, answer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<RelayReply> DeleteAsync(string owner, string sessionId, string? party, CancellationToken cancellationToken = default) =>
        PostAsync(new NgRequest { Command = NgCommand.Delete, CallId = RelayKey.Make(owner, sessionId), FromTag = party }, Check(owner, sessionId, party), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<RelayReply> QueryAsync(string owner, string sessionId, CancellationToken cancellationToken = default) =>
        PostAsync(new NgRequest { Command = NgCommand.Query, CallId = RelayKey.Make(owner, sessionId) }, Check(owner, sessionId, party: null), cancellationToken);

    private ValueTask<RelayReply> DescribeAsync(NgCommand command, RelayDescription description, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(description);
        bool isOffer = command == NgCommand.Offer;
        string? problem = Check(description.Owner, description.SessionId, description.Party) ?? Check(description, isOffer);
        NgRequest request = new()
        {
            Command = command,
            CallId = RelayKey.Make(description.Owner, description.SessionId),
            FromTag = isOffer ? description.Party : description.To,
            ToTag = isOffer ? description.To : description.Party,
            Sdp = Encoding.UTF8.GetBytes(description.Sdp),
            Protocol = description.IsEncrypted switch
            {
                true => SdpProtocol.RtpSavp,
                false => SdpProtocol.RtpAvp,
                null => null,
            },
            Flags = NgFlags.ReplaceOrigin
                | description.Mux switch
                {
                    RelayMux.Offer => NgFlags.MuxOffer,
                    RelayMux.Require => NgFlags.MuxRequire,
                    RelayMux.Accept => NgFlags.MuxAccept,
                    RelayMux.Reject => NgFlags.MuxReject,
                    _ => NgFlags.None,
                }
                | (description.IsStrict ? NgFlags.SignalledSource : NgFlags.None)
                | (description.AllowsHandover ? NgFlags.MediaHandover : NgFlags.None),
        };
        request.Codecs.Transcode.AddRange(description.Transcode);
        request.Codecs.Strip.AddRange(description.Strip);
        return PostAsync(request, problem, cancellationToken);
    }

    private static string? Check(RelayDescription description, bool isOffer)
    {
        if (description.To is { } to ? !IsName(to, RelayLimits.MaxPartyChars) : !isOffer)
        {
            return isOffer ? $"to has at most {RelayLimits.MaxPartyChars} visible ASCII characters." : "offerer says whose offer is answered.";
        }

        if (description.To == description.Party)
        {
            return "A party does not offer to itself.";
        }

        if (description.Transcode.Count > RelayLimits.MaxCodecs || description.Strip.Count > RelayLimits.MaxCodecs)
        {
            return string.Create(CultureInfo.InvariantCulture, $"A list of codecs has at most {RelayLimits.MaxCodecs} names.");
        }

        foreach (string name in description.Transcode)
        {
            if (name.Length > RelayLimits.MaxCodecChars || !NgCodecs.TryParse(name, out _, out _))
            {
                return $"options.transcode: {Cut(name)} is none of PCMU, PCMA, G722, opus, L16.";
            }
        }

        foreach (string name in description.Strip)
        {
            if (!IsName(name, RelayLimits.MaxCodecChars))
            {
                return $"options.strip: a codec's name has 1 to {RelayLimits.MaxCodecChars} visible ASCII characters.";
            }
        }

        return null;
    }

    private static string? Check(string owner, string sessionId, string? party) =>
        !IsName(owner, ControlLimits.MaxNameChars) ? $"An owner's name has 1 to {ControlLimits.MaxNameChars} visible ASCII characters."
        : !IsName(sessionId, RelayLimits.MaxSessionIdChars) ? $"session_id has 1 to {RelayLimits.MaxSessionIdChars} visible ASCII characters."
        : party is not null && !IsName(party, RelayLimits.MaxPartyChars) ? $"party has 1 to {RelayLimits.MaxPartyChars} visible ASCII characters."
        : null;

    private static bool IsName(string text, int max) => text.Length > 0 && text.Length <= max && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    private static string Cut(string text) => string.Concat(text.Take(RelayLimits.MaxCodecChars).Select(static c => c is >= ' ' and <= '~' ? c : '?'));

    private async ValueTask<RelayReply> PostAsync(NgRequest request, string? problem, CancellationToken cancellationToken)
    {
        if (problem is not null)
        {
            return new RelayReply(CommandStatus.InvalidArgument, problem);
        }

        RelayExchange exchange = new(request);
        return mail.TryPost(NgServer.GetShard(request.CallId, mail.Shards, hashKey), exchange)
            ? await exchange.Reply.WaitAsync(cancellationToken).ConfigureAwait(false)
            : new RelayReply(CommandStatus.Unavailable, "The session's shard has no room for more now; try again in a moment.");
    }
}
