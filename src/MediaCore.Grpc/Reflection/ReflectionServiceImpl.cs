using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1Alpha;

namespace Grpc.Reflection;

/// <summary>Server reflection, <c>grpc.reflection.v1alpha</c>, which older tools ask for. Its messages are those of version 1 on the wire, so that answers.</summary>
/// <param name="services">The full names of the services.</param>
/// <param name="symbolRegistry">What they declare.</param>
public class ReflectionServiceImpl(IEnumerable<string> services, SymbolRegistry symbolRegistry) : ServerReflection.ServerReflectionBase
{
    private readonly ReflectionV1ServiceImpl _current = new(services, symbolRegistry);

    /// <summary>Reflection of services and of what their files declare.</summary>
    public ReflectionServiceImpl(params ServiceDescriptor[] serviceDescriptors)
        : this(serviceDescriptors.Select(static s => s.FullName), SymbolRegistry.FromFiles(serviceDescriptors.Select(static s => s.File).Distinct()))
    {
    }

    /// <inheritdoc/>
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requestStream,
        IServerStreamWriter<ServerReflectionResponse> responseStream,
        ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(requestStream);
        ArgumentNullException.ThrowIfNull(responseStream);
        ArgumentNullException.ThrowIfNull(context);
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            V1.ServerReflectionRequest request = V1.ServerReflectionRequest.Parser.ParseFrom(requestStream.Current.ToByteString());
            await responseStream.WriteAsync(ServerReflectionResponse.Parser.ParseFrom(_current.Answer(request).ToByteString()), context.CancellationToken);
        }
    }
}
