using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;

namespace Grpc.Reflection;

/// <summary>Server reflection, <c>grpc.reflection.v1</c>.</summary>
/// <param name="services">The full names of the services.</param>
/// <param name="symbolRegistry">What they declare.</param>
public class ReflectionV1ServiceImpl(IEnumerable<string> services, SymbolRegistry symbolRegistry) : ServerReflection.ServerReflectionBase
{
    private readonly string[] _services = [.. services.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Reflection of services and of what their files declare.</summary>
    public ReflectionV1ServiceImpl(params ServiceDescriptor[] serviceDescriptors)
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
            await responseStream.WriteAsync(Answer(requestStream.Current), context.CancellationToken);
        }
    }

    internal ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        ServerReflectionResponse response = new() { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                PutFile(response, symbolRegistry.FileByName(request.FileByFilename), request.FileByFilename);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                PutFile(response, symbolRegistry.FileContainingSymbol(request.FileContainingSymbol), request.FileContainingSymbol);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
                ExtensionRequest extension = request.FileContainingExtension;
                PutFile(response, symbolRegistry.FileContainingExtension(extension.ContainingType, extension.ExtensionNumber), $"extension {extension.ExtensionNumber} of {extension.ContainingType}");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType when symbolRegistry.IsMessage(request.AllExtensionNumbersOfType):
                response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = request.AllExtensionNumbersOfType };
                response.AllExtensionNumbersResponse.ExtensionNumber.Add(symbolRegistry.ExtensionNumbersOf(request.AllExtensionNumbersOfType));
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                PutError(response, StatusCode.NotFound, $"{request.AllExtensionNumbersOfType} is no message that is known here.");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new ListServiceResponse();
                response.ListServicesResponse.Service.Add(_services.Select(static name => new ServiceResponse { Name = name }));
                break;
            default:
                PutError(response, StatusCode.InvalidArgument, "The request asks for nothing.");
                break;
        }

        return response;
    }

    private static void PutFile(ServerReflectionResponse response, FileDescriptor? file, string what)
    {
        if (file is null)
        {
            PutError(response, StatusCode.NotFound, $"{what} is not known here.");
            return;
        }

        response.FileDescriptorResponse = new FileDescriptorResponse();
        HashSet<string> done = new(StringComparer.Ordinal);
        Queue<FileDescriptor> waiting = new([file]);
        while (waiting.TryDequeue(out FileDescriptor? next))
        {
            if (done.Add(next.Name))
            {
                response.FileDescriptorResponse.FileDescriptorProto.Add(next.SerializedData);
                foreach (FileDescriptor import in next.Dependencies)
                {
                    waiting.Enqueue(import);
                }
            }
        }
    }

    private static void PutError(ServerReflectionResponse response, StatusCode code, string message) =>
        response.ErrorResponse = new ErrorResponse { ErrorCode = (int)code, ErrorMessage = message };
}
