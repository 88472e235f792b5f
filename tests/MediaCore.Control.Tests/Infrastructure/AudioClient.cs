using Google.Protobuf;
using Grpc.Core;
using MediaCore.Control.V1;

namespace MediaCore.Control.Tests.Infrastructure;

/// <summary>A client's end of a stream of sound.</summary>
internal sealed class AudioClient(AsyncDuplexStreamingCall<AudioRequest, AudioResponse> call) : IDisposable
{
    public static async Task<AudioClient> OpenAsync(ControlHost host, AudioStart start, Metadata? headers = null)
    {
        AudioClient client = new(host.AudioStreams.Connect(headers));
        await client.SendAsync(new AudioRequest { Start = start });
        return client;
    }

    public Task SendAsync(AudioRequest request) => call.RequestStream.WriteAsync(request);

    public Task SpeakAsync(byte[] data) => SendAsync(new AudioRequest { Audio = new AudioData { Data = ByteString.CopyFrom(data) } });

    /// <summary>L16 samples, all of one value.</summary>
    public Task SpeakAsync(int samples, short value) => SpeakAsync([.. Enumerable.Range(0, 2 * samples).Select(i => (byte)(i % 2 == 0 ? value : value >> 8))]);

    public Task MarkAsync(string name) => SendAsync(new AudioRequest { Mark = new AudioMark { Name = name } });

    public Task CompleteAsync() => call.RequestStream.CompleteAsync();

    /// <summary>The next message; null at the end.</summary>
    public async Task<AudioResponse?> NextAsync()
    {
        using CancellationTokenSource patience = new(ControlHost.Patience);
        return await call.ResponseStream.MoveNext(patience.Token) ? call.ResponseStream.Current : null;
    }

    public async Task<AudioResponse> TakeAsync(AudioResponse.KindOneofCase kind)
    {
        AudioResponse? response = await NextAsync();
        Assert.Equal(kind, response?.KindCase);
        return response!;
    }

    /// <summary>How the stream ends, whatever comes before.</summary>
    public async Task<Status> EndAsync()
    {
        try
        {
            while (await NextAsync() is not null)
            {
                // To the end.
            }

            return Status.DefaultSuccess;
        }
        catch (RpcException exception)
        {
            return exception.Status;
        }
    }

    public void Dispose() => call.Dispose();
}
