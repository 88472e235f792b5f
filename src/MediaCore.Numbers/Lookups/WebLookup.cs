using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace MediaCore.Numbers.Lookups;

/// <summary>
/// Asks web servers over HTTP, by <see cref="PublicConnections"/>, and reads a bounded answer.
/// </summary>
public sealed class WebLookup : IWebLookup, IDisposable
{
    private readonly WebLookupOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;
    private int _underWay;

    /// <summary>Makes one; nothing is connected yet.</summary>
    public WebLookup(WebLookupOptions? options = null, TimeProvider? time = null)
    {
        _options = options ?? new WebLookupOptions();
        _time = time ?? TimeProvider.System;
        SocketsHttpHandler handler = PublicConnections.CreateHandler(_options.AllowedNetworks, "is in a network that menus may not ask");
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = _options.MaxAnswerBytes };
        LookupMetrics.Publish();
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("MediaCore", null));
    }

    /// <inheritdoc/>
    public async Task<WebAnswer> AskAsync(WebQuestion question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (Interlocked.Increment(ref _underWay) > _options.MaxQuestions)
        {
            Interlocked.Decrement(ref _underWay);
            LookupMetrics.Count("busy");
            return new WebAnswer(0, null, $"{_options.MaxQuestions} questions are under way already");
        }

        try
        {
            using var limit = new CancellationTokenSource(question.Time, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                WebAnswer answer = await SendAsync(question, either.Token);
                LookupMetrics.Count(answer.IsGood ? "answered" : "failed");
                return answer;
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                LookupMetrics.Count("timed_out");
                return new WebAnswer(0, null, $"no answer within {question.Time.TotalMilliseconds:0} ms");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
            {
                var refused = e.InnerException as AddressRefusedException;
                LookupMetrics.Count(refused is null ? "failed" : "refused");
                return new WebAnswer(0, null, refused?.Message ?? e.Message);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<WebAnswer> SendAsync(WebQuestion question, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(question.Body is null ? HttpMethod.Get : HttpMethod.Post, question.Url);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (question.Body is not null)
        {
            request.Content = new StringContent(question.Body, Encoding.UTF8, "application/json");
        }

        foreach ((string name, string value) in question.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        int status = (int)response.StatusCode;
        if (!response.IsSuccessStatusCode)
        {
            return new WebAnswer(status, null, $"it answered {status}{(status is >= 300 and < 400 ? ", and redirections are not followed" : "")}");
        }

        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (body.Length == 0)
        {
            return new WebAnswer(status, null, "");
        }

        using var document = JsonDocument.Parse(body);
        return new WebAnswer(status, document.RootElement.Clone(), "");
    }
}
