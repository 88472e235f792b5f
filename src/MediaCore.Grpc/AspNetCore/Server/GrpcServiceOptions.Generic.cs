using System.Diagnostics.CodeAnalysis;

namespace Grpc.AspNetCore.Server;

/// <summary>How one service is served.</summary>
/// <typeparam name="TService">The service.</typeparam>
[SuppressMessage("Major Code Smell", "S2326:Unused type parameters should be removed", Justification = "It tells one service's options from another's.")]
public class GrpcServiceOptions<TService> : GrpcServiceOptions
    where TService : class;
