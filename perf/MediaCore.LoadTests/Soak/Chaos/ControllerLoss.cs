using Grpc.Core;
using Grpc.Net.Client;
using MediaCore.Control.V1;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Server;

namespace MediaCore.LoadTests.Soak.Chaos;

/// <summary>The control plane is gone: a controller's session, which is told all events, is cut without a word, and is opened anew afterwards.</summary>
internal sealed class ControllerLoss : IDisturbance
{
    public const string Kind = "control";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private Uri? _address;
    private GrpcChannel? _channel;
    private AsyncDuplexStreamingCall<SessionRequest, SessionResponse>? _session;
    private Task _reading = Task.CompletedTask;
    private int _cuts;
    private int _openings;

    public string Name => Kind;

    public Task PrepareAsync(Dictionary<string, object> configuration, Dictionary<string, string> environment) => Task.CompletedTask;

    public Task BeginAsync(ServerProcess server, CallGenerator generator)
    {
        _address = new Uri($"http://127.0.0.1:{server.GrpcPort}");
        return OpenAsync();
    }

    public async Task StrikeAsync()
    {
        _cuts++;
        _session!.Dispose();
        _channel!.Dispose();
        await _reading;
    }

    public Task EaseAsync() => OpenAsync();

    public Finding Check() => new("the controller was cut off and came back each time", _cuts > 0 && _openings == _cuts + 1, $"{_cuts} times cut, {_openings} times opened");

    public async ValueTask DisposeAsync()
    {
        _session?.Dispose();
        _channel?.Dispose();
        await _reading;
    }

    private async Task OpenAsync()
    {
        _channel = GrpcChannel.ForAddress(_address!);
        _session = new CallControl.CallControlClient(_channel).Session();
        await _session.RequestStream.WriteAsync(new SessionRequest { Open = new Open { Controller = "soak", OnLost = ReleasePolicy.HangUp } });
        using CancellationTokenSource patience = new(s_patience);
        if (!await _session.ResponseStream.MoveNext(patience.Token) || _session.ResponseStream.Current.KindCase != SessionResponse.KindOneofCase.Opened)
        {
            throw new InvalidOperationException("The session was not opened.");
        }

        _openings++;
        _reading = ReadAsync(_session.ResponseStream);
    }

    private static async Task ReadAsync(IAsyncStreamReader<SessionResponse> responses)
    {
        try
        {
            while (await responses.MoveNext(CancellationToken.None))
            {
            }
        }
        catch (RpcException cut) when (cut.StatusCode is StatusCode.Cancelled or StatusCode.Unavailable or StatusCode.Internal)
        {
            // That is the trouble.
        }
        catch (ObjectDisposedException)
        {
            // That too, between two messages.
        }
    }
}
