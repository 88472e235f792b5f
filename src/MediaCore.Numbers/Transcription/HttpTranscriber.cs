using System.Net.Http.Headers;
using System.Text.Json;
using MediaCore.Audio.Wave;

namespace MediaCore.Numbers.Transcription;

/// <summary>
/// A web server of the operator's: it gets the sound as WAV by POST, with the language in <c>Content-Language</c>, and answers JSON: <c>text</c>, and where it knows them <c>confidence</c>, <c>words</c> (<c>word</c>, <c>start_ms</c>, <c>end_ms</c>, <c>confidence</c>) and <c>engine</c>.
/// Redirections are not followed: the sound goes to the one address that was configured.
/// </summary>
internal sealed class HttpTranscriber : ITranscriber, IDisposable
{
    private readonly TranscriptionOptions _options;
    private readonly HttpClient _client;

    public HttpTranscriber(TranscriptionOptions options)
    {
        _options = options;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        _client = new HttpClient(handler) { Timeout = options.Timeout, MaxResponseContentBufferSize = TranscriptionLimits.MaxAnswerBytes };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("MediaCore", null));
        if (options.Token is { } token)
        {
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <inheritdoc/>
    public string Engine => "http";

    /// <inheritdoc/>
    public async Task<Transcript> TranscribeAsync(ReadOnlyMemory<short> samples, string language, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(WaveWriter.ToArray(samples.Span, TranscriptionLimits.SampleRateHz));
        content.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        content.Headers.ContentLanguage.Add(language);
        try
        {
            using HttpResponseMessage response = await _client.PostAsync(_options.Url, content, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                int status = (int)response.StatusCode;
                throw new TranscriptionException($"The engine answered {status}.", isFinal: status is >= 400 and < 500 and not 401 and not 403 and not 408 and not 429);
            }

            return Read(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (HttpRequestException e)
        {
            throw new TranscriptionException($"The engine cannot be asked: {e.Message}", isFinal: false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TranscriptionException($"The engine took longer than {_options.Timeout.TotalSeconds:0} s.", isFinal: false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static Transcript Read(byte[] answer)
    {
        Transcript? transcript;
        try
        {
            transcript = Transcript.Parse(System.Text.Encoding.UTF8.GetString(answer));
        }
        catch (JsonException)
        {
            transcript = null;
        }

        if (transcript is not { Text: { Length: <= TranscriptionLimits.MaxCharacters } } || transcript.Words is { Count: > TranscriptionLimits.MaxWords })
        {
            throw new TranscriptionException("What the engine answered is no transcript: an object with \"text\" is.");
        }

        return transcript with { Confidence = Math.Clamp(transcript.Confidence, 0, 1), Words = transcript.Words ?? [], Engine = transcript.Engine ?? "", Problem = null };
    }
}
