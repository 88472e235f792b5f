using MediaCore.Rtp.Srtp;

namespace MediaCore.Engine.MediaSessions;

/// <summary>
/// SRTP of one leg: the key of what its peer sends and the key of what we send to it. Until a direction has its key nothing goes that way: a leg that was to be secure never carries plain
/// RTP. A changed description that repeats a key changes nothing, one with another key goes on with the same rollover counters. Owned by its shard; made for the legs that use
/// SRTP alone, about 3 kB. <see cref="Dispose"/> wipes the keys.
/// </summary>
internal sealed class LegSecurity : IDisposable
{
    private SrtpReceiver? _receiver;
    private SrtpSender? _sender;

    /// <summary>The profile of what the peer sends, once its key is known.</summary>
    public SrtpProfile? Receives => _receiver?.Profile;

    /// <summary>The profile of what we send, once there is a key.</summary>
    public SrtpProfile? Sends => _sender?.Profile;

    /// <summary>The peer's key.</summary>
    public void Receive(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, ReadOnlySpan<byte> mki)
    {
        if (_receiver is null)
        {
            _receiver = new SrtpReceiver(profile, masterKey, masterSalt, mki: mki);
        }
        else
        {
            _receiver.ChangeKey(profile, masterKey, masterSalt, mki);
        }
    }

    /// <summary>Our key.</summary>
    public void Send(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
    {
        if (_sender is null)
        {
            _sender = new SrtpSender(profile, masterKey, masterSalt);
        }
        else
        {
            _sender.ChangeKey(profile, masterKey, masterSalt);
        }
    }

    /// <summary>Checks and decrypts what came, in place; false: it is none of the peer's, drop it.</summary>
    public bool TryUnprotect(Span<byte> datagram, bool isRtcp, out int length)
    {
        length = 0;
        return _receiver is { } receiver
            && (isRtcp ? receiver.UnprotectRtcp(datagram, out length) : receiver.Unprotect(datagram, out length)) == SrtpStatus.Ok;
    }

    /// <summary>Encrypts a packet in place; false: it must not go.</summary>
    /// <param name="buffer">The packet at its beginning, with <see cref="SrtpLimits.MaxTrailerBytes"/> behind it.</param>
    /// <param name="packetBytes">Bytes of the packet.</param>
    /// <param name="isRtcp">Whether it is RTCP.</param>
    /// <param name="length">Bytes to be sent.</param>
    public bool TryProtect(Span<byte> buffer, int packetBytes, bool isRtcp, out int length)
    {
        length = 0;
        return _sender is { } sender
            && (isRtcp ? sender.ProtectRtcp(buffer, packetBytes, out length) : sender.Protect(buffer, packetBytes, out length)) == SrtpStatus.Ok;
    }

    /// <summary>Wipes the keys.</summary>
    public void Dispose()
    {
        _receiver?.Dispose();
        _sender?.Dispose();
        _receiver = null;
        _sender = null;
    }
}
