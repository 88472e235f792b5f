using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Policies.Headers;

/// <summary>Applies trunks' header rules to the messages of one shard. Memory for it is taken with the first trunk that has rules.</summary>
internal sealed class HeaderFilter
{
    /// <summary>
    /// Room for a message after the rules: the longest that we read or write, what rules may add to it (<see cref="HeaderEditor.MaxAddedBytes"/>), and compact names
    /// written in full.
    /// </summary>
    private const int BufferBytes = EngineLimits.MaxOutgoingMessageBytes + HeaderEditor.MaxAddedBytes + (SipLimits.MaxHeaderCount * 24);

    private readonly HeaderEditor _editor = new();
    private readonly SipMessage _own = new();
    private byte[] _out = [];
    private byte[] _in = [];
    private SipMessage? _message;

    /// <summary>A message from a trunk as its rules leave it: itself when none is for it. Valid until the next one.</summary>
    /// <returns>False when it has become too large to be read.</returns>
    public bool TryFilterInbound(Trunk? trunk, ref SipMessage message)
    {
        if (trunk?.Headers is not { } headers || !headers.HasRules(HeaderDirection.In, message.Method, message.IsResponse))
        {
            return true;
        }

        if (_in.Length == 0)
        {
            _in = new byte[BufferBytes];
            _message = new SipMessage();
        }

        var writer = new SipWriter(_in);
        bool written = _editor.Write(message, headers, HeaderDirection.In, trunk.Identity.IsTrusted ? null : HeaderProtection.IsIdentity, null, ref writer);
        if (!written || _message!.Parse(_in, 0, writer.Length) != ParseStatus.Complete)
        {
            return false;
        }

        message = _message;
        return true;
    }

    /// <summary>Rewrites a message for a trunk; it stays as it is when no rule is for it.</summary>
    /// <param name="trunk">Where it goes.</param>
    /// <param name="method">Its method, of a response the method that it answers.</param>
    /// <param name="isResponse">Whether it is a response.</param>
    /// <param name="isHidden">Whether the caller's identity must not be in it, whatever the rules say.</param>
    /// <param name="buffer">What the writer writes to.</param>
    /// <param name="writer">The whole message; replaced.</param>
    public void FilterOutbound(Trunk? trunk, SipMethod method, bool isResponse, bool isHidden, byte[] buffer, ref SipWriter writer)
    {
        if (trunk?.Headers is not { } headers || writer.Overflowed || !headers.HasRules(HeaderDirection.Out, method, isResponse)
            || _own.Parse(buffer, 0, writer.Length) != ParseStatus.Complete)
        {
            return;
        }

        if (_out.Length == 0)
        {
            _out = new byte[BufferBytes];
        }

        var filtered = new SipWriter(_out);
        _editor.Write(_own, headers, HeaderDirection.Out, null, isHidden ? HeaderProtection.RevealsCaller : null, ref filtered);
        writer = filtered;
    }
}
