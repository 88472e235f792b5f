using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>Is told a service's methods by its generated <c>BindService</c> and makes the delegates that serve them.</summary>
/// <typeparam name="TService">The class that serves them.</typeparam>
internal sealed class ServiceBinder<TService>(ServiceSettings settings, IServiceProvider root, Action<IMethod, Type, RequestDelegate> add) : ServiceBinderBase
    where TService : class
{
    private readonly Activation _activation = new(typeof(TService), [], root);
    private readonly InterceptorChain _interceptors = new(settings.Interceptors, root);
    private Type? _bindType;

    private delegate Task<TResponse> OpenUnary<TRequest, TResponse>(TService service, TRequest request, ServerCallContext context);

    private delegate Task<TResponse> OpenClientStreaming<TRequest, TResponse>(TService service, IAsyncStreamReader<TRequest> requests, ServerCallContext context);

    private delegate Task OpenServerStreaming<TRequest, TResponse>(TService service, TRequest request, IServerStreamWriter<TResponse> responses, ServerCallContext context);

    private delegate Task OpenDuplexStreaming<TRequest, TResponse>(TService service, IAsyncStreamReader<TRequest> requests, IServerStreamWriter<TResponse> responses, ServerCallContext context);

    /// <summary>Calls the method that generated code says binds the service, with nobody to bind: the methods are wanted, the service comes with each call.</summary>
    public void Bind()
    {
        BindServiceMethodAttribute? attribute = null;
        Type? declaring = typeof(TService);
        for (; declaring is not null && attribute is null; declaring = declaring.BaseType)
        {
            attribute = declaring.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false);
            if (attribute is not null)
            {
                break;
            }
        }

        MethodInfo? bind = attribute?.BindType.GetMethod(attribute.BindMethodName, BindingFlags.Public | BindingFlags.Static | BindingFlags.NonPublic, [typeof(ServiceBinderBase), declaring!]);
        if (bind is null)
        {
            throw new InvalidOperationException($"{typeof(TService)} does not derive from a service's generated base class.");
        }

        _bindType = attribute!.BindType;
        bind.Invoke(null, [this, null]);
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        OpenUnary<TRequest, TResponse> open = Open<OpenUnary<TRequest, TResponse>>(method, typeof(TRequest), typeof(ServerCallContext));
        UnaryServerMethod<TRequest, TResponse> served = _activation.Shared is TService shared
            ? open.Method.CreateDelegate<UnaryServerMethod<TRequest, TResponse>>(shared)
            : (request, context) => UseAsync(context, service => open(service, request, context));
        Add(method, new UnaryCaller<TRequest, TResponse>(method, settings, _interceptors.Wrap(served)));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        OpenClientStreaming<TRequest, TResponse> open = Open<OpenClientStreaming<TRequest, TResponse>>(method, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
        ClientStreamingServerMethod<TRequest, TResponse> served = (requests, context) => UseAsync(context, service => open(service, requests, context));
        Add(method, new ClientStreamingCaller<TRequest, TResponse>(method, settings, _interceptors.Wrap(served)));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        OpenServerStreaming<TRequest, TResponse> open = Open<OpenServerStreaming<TRequest, TResponse>>(method, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        ServerStreamingServerMethod<TRequest, TResponse> served = (request, responses, context) => UseAsync(context, service => DoneAsync(open(service, request, responses, context)));
        Add(method, new ServerStreamingCaller<TRequest, TResponse>(method, settings, _interceptors.Wrap(served)));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        OpenDuplexStreaming<TRequest, TResponse> open = Open<OpenDuplexStreaming<TRequest, TResponse>>(
            method, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        DuplexStreamingServerMethod<TRequest, TResponse> served = (requests, responses, context) => UseAsync(context, service => DoneAsync(open(service, requests, responses, context)));
        Add(method, new DuplexStreamingCaller<TRequest, TResponse>(method, settings, _interceptors.Wrap(served)));
    }

    private static async Task<bool> DoneAsync(Task task)
    {
        await task;
        return true;
    }

    private static TDelegate Open<TDelegate>(IMethod method, params Type[] parameters)
        where TDelegate : Delegate
    {
        MethodInfo found = typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters)
            ?? throw new InvalidOperationException($"{typeof(TService)} has no method {method.Name} with the parameters of {method.FullName}.");
        return found.CreateDelegate<TDelegate>();
    }

    private void Add<TRequest, TResponse>(Method<TRequest, TResponse> method, MethodCaller<TRequest, TResponse> caller)
        where TRequest : class
        where TResponse : class => add(method, _bindType!, caller.InvokeAsync);

    private async Task<T> UseAsync<T>(ServerCallContext context, Func<TService, Task<T>> use)
    {
        if (_activation.Shared is TService shared)
        {
            return await use(shared);
        }

        TService service = (TService)_activation.Get(context.GetHttpContext(), out bool isOurs);
        try
        {
            return await use(service);
        }
        finally
        {
            if (isOurs)
            {
                await Activation.ReleaseAsync(service);
            }
        }
    }
}
