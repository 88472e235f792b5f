using Google.Protobuf;
using Grpc.Core;
using MediaCore.Control.V1;

namespace EchoAgent;

/// <summary>
/// One caller. Where this one says back what it has heard, an assistant would send it to speech recognition, ask a language model, and send what speech synthesis makes of the answer: in pieces, as they come, with a mark
/// behind each sentence.
/// </summary>
internal sealed class Conversation(AudioStreams.AudioStreamsClient audio, string controller, string callId)
{
    private const int RateHz = 16_000;

    private readonly SpeechDetector _detector = new();
    private readonly MemoryStream _heard = new();
    private int _answers;
    private bool _isSpeaking;

    /// <summary>Listens and speaks until the caller hangs up.</summary>
    public async Task RunAsync()
    {
        try
        {
            await TalkAsync();
            Console.WriteLine($"{callId}: over");
        }
        catch (RpcException exception)
        {
            Console.WriteLine($"{callId}: {exception.Status.StatusCode}, {exception.Status.Detail}");
        }
    }

    private async Task TalkAsync()
    {
        Metadata us = new() { { "mediacore-controller", controller } };
        using AsyncDuplexStreamingCall<AudioRequest, AudioResponse> stream = audio.Connect(us);
        await stream.RequestStream.WriteAsync(new AudioRequest
        {
            Start = new AudioStart { CallId = callId, Codec = AudioCodec.L16, SampleRateHz = RateHz, Listen = AudioStart.Types.Listen.Said, Speak = AudioStart.Types.Speak.Mix },
        });

        await foreach (AudioResponse message in stream.ResponseStream.ReadAllAsync())
        {
            switch (message.KindCase)
            {
                case AudioResponse.KindOneofCase.Started:
                    Console.WriteLine($"{callId}: listening");
                    break;
                case AudioResponse.KindOneofCase.Audio:
                    await HearAsync(message.Audio.Data, stream.RequestStream);
                    break;
                case AudioResponse.KindOneofCase.Marked:
                    // The caller has heard the answer, or it was cleared.
                    _isSpeaking = false;
                    Console.WriteLine($"{callId}: {message.Marked.Name} {(message.Marked.Cleared ? "interrupted" : "heard")}");
                    break;
                case AudioResponse.KindOneofCase.Overrun:
                    Console.WriteLine($"{callId}: too slow, {message.Overrun}");
                    break;
            }
        }
    }

    /// <summary>20 ms of the caller.</summary>
    private async Task HearAsync(ByteString frame, IClientStreamWriter<AudioRequest> speak)
    {
        SpeechEvent found = _detector.Hear(frame.Span);
        if (found == SpeechEvent.Began && _isSpeaking)
        {
            // Barge-in: who is interrupted stops. The mark of what is left comes back as cleared.
            await speak.WriteAsync(new AudioRequest { Clear = new AudioClear() });
        }

        if (_detector.IsSpeech)
        {
            _heard.Write(frame.Span);
        }

        if (found == SpeechEvent.Ended)
        {
            // All at once: the server plays it in real time, and drops what is left of it at our clear.
            _isSpeaking = true;
            await speak.WriteAsync(new AudioRequest { Audio = new AudioData { Data = ByteString.CopyFrom(_heard.GetBuffer(), 0, (int)_heard.Length) } });
            await speak.WriteAsync(new AudioRequest { Mark = new AudioMark { Name = $"answer-{++_answers}" } });
            Console.WriteLine($"{callId}: answer-{_answers} has {_heard.Length / (2.0 * RateHz):0.0} s");
            _heard.SetLength(0);
        }
    }
}
