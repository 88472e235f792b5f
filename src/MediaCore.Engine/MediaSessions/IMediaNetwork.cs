using MediaCore.Primitives;
using MediaCore.Transport.Media;

namespace MediaCore.Engine.MediaSessions;

/// <summary>Carries media packets where there are no sockets: the network of a simulation.</summary>
internal interface IMediaNetwork
{
    /// <summary>Sends a packet from a port; false when it could not be sent.</summary>
    bool Send(MediaPort port, bool isRtcp, ReadOnlySpan<byte> packet, in NetworkEndpoint destination);
}
