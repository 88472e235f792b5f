using System.Diagnostics;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>Serves the calls of one method: screens the request, runs the call, ends it. What differs by the kind of method is <see cref="ServeAsync"/>.</summary>
internal abstract class MethodCaller<TRequest, TResponse>(Method<TRequest, TResponse> method, ServiceSettings settings)
    where TRequest : class
    where TResponse : class
{
    private readonly MethodCounters _counters = GrpcServerMetrics.Get(method.ServiceName, method.Name);

    protected Method<TRequest, TResponse> Method { get; } = method;

    public Task InvokeAsync(HttpContext http)
    {
        if (!RequestScreen.Passes(http, _counters))
        {
            return Task.CompletedTask;
        }

        ServerCall call = new(http, Method, settings, _counters);
        return RunAsync(call);
    }

    /// <summary>Reads what the handler wants, runs it, writes what it returns.</summary>
    protected abstract Task ServeAsync(ServerCall call);

    private async Task RunAsync(ServerCall call)
    {
        long began = Stopwatch.GetTimestamp();
        _counters.CountBegun();
        try
        {
            if (call.TryBegin())
            {
                if (call.Timed is not null)
                {
                    await ServeInTimeAsync(call, call.Timed);
                }
                else
                {
                    try
                    {
                        await ServeAsync(call);
                    }
                    catch (Exception e)
                    {
                        // The boundary of a call: whatever is thrown becomes its status.
                        call.Fail(e);
                    }
                }
            }

            call.End();
        }
        finally
        {
            _counters.CountEnded(call.FinalStatus.StatusCode, Stopwatch.GetElapsedTime(began));
        }
    }

    private async Task ServeInTimeAsync(ServerCall call, CallDeadline deadline)
    {
        using (deadline)
        {
            Task serving = GuardAsync(call);
            if (!serving.IsCompleted && await Task.WhenAny(serving, deadline.Passed) != serving)
            {
                await call.EndLateAsync();
            }

            // Until the handler returns it may use the context, which Kestrel would give to another call.
            await serving;
        }
    }

    private async Task GuardAsync(ServerCall call)
    {
        try
        {
            await ServeAsync(call);
        }
        catch (Exception e)
        {
            call.Fail(e);
        }
    }
}
