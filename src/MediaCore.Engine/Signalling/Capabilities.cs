using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Signalling;

/// <summary>What we tell peers that we can do (RFC 3261 §20.1 Accept, §20.5 Allow, §20.35 Server, §20.37 Supported). Made once at start.</summary>
internal sealed class Capabilities(EngineOptions options, bool isRegistrar)
{
    private readonly byte[] _server = System.Text.Encoding.ASCII.GetBytes(options.ServerName);
    private readonly byte[] _allow = isRegistrar ? "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, NOTIFY, REFER, REGISTER, SUBSCRIBE"u8.ToArray() : "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, NOTIFY, REFER"u8.ToArray();

    /// <summary>Methods served; value of Allow.</summary>
    public ReadOnlySpan<byte> Allow => _allow;

    /// <summary>Value of Server and User-Agent; empty to write none.</summary>
    public ReadOnlySpan<byte> Server => _server;

    /// <summary>Extensions of calls: written as Supported into what opens or changes a dialog, and accepted in Require.</summary>
    public static SipExtensions OfCalls => SipExtensions.ReliableProvisionals | SipExtensions.SessionTimer | SipExtensions.Replaces | SipExtensions.NoReferSubscription;

    /// <summary>Extensions of the registrar.</summary>
    public static SipExtensions OfRegistrations => SipExtensions.Path | SipExtensions.Outbound;

    /// <summary>Extensions that a request of this method may require of us (RFC 3261 §8.2.2.3).</summary>
    public SipExtensions GetSupported(SipMethod method) => method == SipMethod.Register ? (isRegistrar ? OfRegistrations : SipExtensions.None) : OfCalls;

    /// <summary>Bodies understood; value of Accept (RFC 5621 §4.2: both of these multipart types have to be supported).</summary>
    public static ReadOnlySpan<byte> Accept => "application/sdp, multipart/mixed, multipart/alternative"u8;
}
