using Grpc.Core;
using MediaCore.Control.Controllers;
using MediaCore.Control.Publishing;
using MediaCore.Control.Streaming;
using MediaCore.Control.Tests.Infrastructure;
using MediaCore.Control.V1;
using MediaCore.Engine.MediaSessions.Streams;
using MediaCore.Primitives;
using MediaCore.Wire.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Control.Tests.Streaming;

/// <summary>How a stream of sound ends whose client does not play along.</summary>
public sealed class AudioConnectionTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly ControllerRegistry _registry;
    private readonly CommandGate _gate;
    private readonly AudioTerms _terms;
    private readonly AudioStream _stream;
    private readonly HeldRequests _requests = new();

    public AudioConnectionTests()
    {
        EventHub hub = new();
        FakeCalls calls = new(hub, _time);
        _registry = new ControllerRegistry(calls, hub, _time, NullLogger<ControllerRegistry>.Instance);
        _gate = new CommandGate(calls, hub, _registry, new CommandMemory(_time));
        Assert.True(AudioTerms.TryRead(new AudioRequest { Start = new AudioStart { CallId = "call" } }, out AudioTerms? terms, out _));
        _terms = terms;
        _stream = new AudioStream(terms.Options);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _registry.Dispose();
    }

    [Fact]
    public async Task AClientThatBreaksOff_IsGone_AndItsLegHasNotEnded()
    {
        using AudioConnection connection = Connect(new Responses());
        Task running = connection.RunAsync(CancellationToken.None);
        _requests.Break();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(ControlHost.Patience));
    }

    [Fact]
    public async Task AClientThatDoesNotRead_LosesItsPlaceSomeTimeAfterTheLegsEnd()
    {
        Responses responses = new() { IsStuck = true };
        using AudioConnection connection = Connect(responses);
        Task running = connection.RunAsync(CancellationToken.None);
        _stream.TakeSaid(new short[_stream.SampleRateHz / 50], Timestamp.FromMilliseconds(20));
        await responses.Stuck.WaitAsync(ControlHost.Patience);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(running.IsCompleted);
        _stream.Dispose();
        await Eventually.IsAsync(() => _time.IsRunning, static runs => runs, "the time for the last words runs");
        _time.Advance(ControlServiceLimits.AudioEndTime);
        RpcException late = await Assert.ThrowsAsync<RpcException>(() => running.WaitAsync(ControlHost.Patience));
        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
    }

    [Fact]
    public async Task AClientThatReads_IsToldTheEnd()
    {
        Responses responses = new();
        using AudioConnection connection = Connect(responses);
        Task running = connection.RunAsync(CancellationToken.None);
        _stream.TakeSaid(new short[_stream.SampleRateHz / 50], Timestamp.FromMilliseconds(20));
        _stream.Dispose();
        await running.WaitAsync(ControlHost.Patience);
        Assert.Equal([AudioResponse.KindOneofCase.Audio, AudioResponse.KindOneofCase.Ended], responses.Written);
    }

    [Fact]
    public void Places_AreBounded_InAllAndPerController_AndComeBack()
    {
        AudioPlaces places = new(max: 3, maxPerController: 2);
        Assert.True(places.TryEnter("a", out _));
        Assert.True(places.TryEnter("a", out _));
        Assert.False(places.TryEnter("a", out string? problem));
        Assert.StartsWith("a has 2", problem, StringComparison.Ordinal);
        Assert.True(places.TryEnter("b", out _));
        Assert.False(places.TryEnter("c", out problem));
        Assert.StartsWith("There are 3", problem, StringComparison.Ordinal);
        places.Leave("a");
        Assert.True(places.TryEnter("c", out _));
    }

    private AudioConnection Connect(Responses responses) => new(_terms, _stream, new Requester("me", 1), _gate, _time, _requests, responses);

    /// <summary>A client that says nothing, until its connection breaks.</summary>
    private sealed class HeldRequests : IAsyncStreamReader<AudioRequest>
    {
        private readonly TaskCompletionSource<bool> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public AudioRequest Current => new();

        public void Break() => _next.SetException(new IOException("The connection was reset."));

        public Task<bool> MoveNext(CancellationToken cancellationToken) => _next.Task.WaitAsync(cancellationToken);
    }

    private sealed class Responses : IServerStreamWriter<AudioResponse>
    {
        private readonly TaskCompletionSource _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsStuck { get; init; }

        public Task Stuck => _stuck.Task;

        public List<AudioResponse.KindOneofCase> Written { get; } = [];

        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(AudioResponse message) => WriteAsync(message, CancellationToken.None);

        public Task WriteAsync(AudioResponse message, CancellationToken cancellationToken)
        {
            Written.Add(message.KindCase);
            _stuck.TrySetResult();
            return IsStuck ? Task.Delay(Timeout.Infinite, cancellationToken) : Task.CompletedTask;
        }
    }
}
