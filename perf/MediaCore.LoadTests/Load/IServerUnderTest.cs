using MediaCore.LoadTests.Server;
using MediaCore.Primitives;

namespace MediaCore.LoadTests.Load;

/// <summary>What the load is put on.</summary>
internal interface IServerUnderTest : IAsyncDisposable
{
    /// <summary>Where calls go.</summary>
    NetworkEndpoint Endpoint { get; }

    /// <summary>A look at it; null where nothing is known of it.</summary>
    Task<ServerFigures?> LookAsync();
}
