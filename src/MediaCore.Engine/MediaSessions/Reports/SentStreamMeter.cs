using MediaCore.Rtp.Relay;

namespace MediaCore.Engine.MediaSessions.Reports;

/// <summary>
/// What of a stream has really left to a peer, against which its own count of losses is held (RFC 3550 §6.4.1): the sequence numbers of a relayed stream are its source's, so what never came to us, or was not passed on, is lost to
/// the peer as well and not by what lies between us and it. Counts per SSRC; observed now and then, a change of SSRC is noticed at the next time and taken to have begun with the packets that were sent since. Owned by its shard.
/// </summary>
internal struct SentStreamMeter
{
    private uint _ssrc;
    private bool _hasStream;
    private long _received;
    private long _lost;
    private long _sent;
    private long _withheld;
    private long _receivedBefore;
    private long _lostBefore;
    private long _sentBefore;

    /// <summary>The counts as they are now.</summary>
    /// <param name="ssrc">The stream's.</param>
    /// <param name="received">Packets of it that came to us; for a stream of our own those that were made.</param>
    /// <param name="lost">Packets of it that did not.</param>
    /// <param name="sent">Packets sent to the peer, those of the streams before it included.</param>
    public void Observe(uint ssrc, long received, long lost, long sent)
    {
        bool isOther = !_hasStream || ssrc != _ssrc || received < _received;
        if (isOther)
        {
            _received = _lost = _withheld = 0;
        }

        // After a longer pause, in which it heard something else, a peer takes it for a stream that began anew (RFC 3550 §A.1).
        _withheld += sent == _sent && !isOther ? received - _received : 0;
        if (isOther || _sent == _sentBefore || (sent > _sent && _withheld >= RtpStatisticsLimits.MaxDropoutPackets))
        {
            // The peer hears as much of it as was sent since the last time; what came before, came before the peer.
            long came = received - _received;
            long heard = Math.Min(came, sent - _sent);
            _receivedBefore = received - heard;
            _lostBefore = came == 0 ? lost : lost - ((lost - _lost) * heard / came);
            _sentBefore = sent - heard;
        }

        _withheld = sent > _sent ? 0 : _withheld;
        (_hasStream, _ssrc, _received, _lost, _sent) = (true, ssrc, received, lost, sent);
    }

    /// <summary>Which part of what was sent to it the peer has lost, 0 to 1.</summary>
    /// <param name="cumulativeLost">Its own count, of this stream.</param>
    public readonly double GetLoss(int cumulativeLost)
    {
        long sent = _sent - _sentBefore;
        long withheld = Math.Max(0, _received - _receivedBefore - sent);
        return sent <= 0 ? 0 : Math.Clamp((cumulativeLost - (_lost - _lostBefore) - withheld) / (double)sent, 0, 1);
    }
}
