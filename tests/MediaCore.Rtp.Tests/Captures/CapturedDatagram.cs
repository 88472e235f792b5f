using MediaCore.Primitives;

namespace MediaCore.Rtp.Tests.Captures;

internal sealed record CapturedDatagram(Timestamp Time, NetworkEndpoint Source, byte[] Payload);
