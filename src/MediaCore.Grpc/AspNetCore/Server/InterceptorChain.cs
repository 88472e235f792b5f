using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>Puts a service's interceptors around its handlers, once for each method; the first one registered is the outermost.</summary>
internal sealed class InterceptorChain(IReadOnlyList<InterceptorRegistration> registrations, IServiceProvider root)
{
    private readonly Activation[] _interceptors = [.. registrations.Select(r => new Activation(r.Type, r.RawArguments, root))];

    public UnaryServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(UnaryServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class
    {
        for (int i = _interceptors.Length - 1; i >= 0; i--)
        {
            Activation activation = _interceptors[i];
            UnaryServerMethod<TRequest, TResponse> next = handler;
            handler = (request, context) => UseAsync(activation, context, interceptor => interceptor.UnaryServerHandler(request, context, next));
        }

        return handler;
    }

    public ClientStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(ClientStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class
    {
        for (int i = _interceptors.Length - 1; i >= 0; i--)
        {
            Activation activation = _interceptors[i];
            ClientStreamingServerMethod<TRequest, TResponse> next = handler;
            handler = (requests, context) => UseAsync(activation, context, interceptor => interceptor.ClientStreamingServerHandler(requests, context, next));
        }

        return handler;
    }

    public ServerStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(ServerStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class
    {
        for (int i = _interceptors.Length - 1; i >= 0; i--)
        {
            Activation activation = _interceptors[i];
            ServerStreamingServerMethod<TRequest, TResponse> next = handler;
            handler = (request, responses, context) => UseAsync(activation, context, interceptor => DoneAsync(interceptor.ServerStreamingServerHandler(request, responses, context, next)));
        }

        return handler;
    }

    public DuplexStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(DuplexStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class
    {
        for (int i = _interceptors.Length - 1; i >= 0; i--)
        {
            Activation activation = _interceptors[i];
            DuplexStreamingServerMethod<TRequest, TResponse> next = handler;
            handler = (requests, responses, context) => UseAsync(activation, context, interceptor => DoneAsync(interceptor.DuplexStreamingServerHandler(requests, responses, context, next)));
        }

        return handler;
    }

    private static async Task<T> UseAsync<T>(Activation activation, ServerCallContext context, Func<Interceptor, Task<T>> use)
    {
        HttpContext http = context.GetHttpContext();
        Interceptor interceptor = (Interceptor)activation.Get(http, out bool isOurs);
        try
        {
            return await use(interceptor);
        }
        finally
        {
            if (isOurs)
            {
                await Activation.ReleaseAsync(interceptor);
            }
        }
    }

    private static async Task<bool> DoneAsync(Task task)
    {
        await task;
        return true;
    }
}
