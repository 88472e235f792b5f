using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using MediaCore.Numbers.Lookups;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Webhooks;

/// <summary>Posts events to servers of webhooks, by <see cref="PublicConnections"/>. It never throws for what a server or the network does.</summary>
internal sealed class WebhookClient : IDisposable
{
    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly HttpClient _client;

    public WebhookClient(WebhookOptions options, TimeProvider time, TimeSpan? timeout = null)
    {
        _options = options;
        _time = time;
        _timeout = timeout ?? WebhookLimits.Timeout;
        _client = new HttpClient(PublicConnections.CreateHandler(options.AllowedNetworks, "is in a network that webhooks may not reach")) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("MediaCore", null));
    }

    /// <summary>Posts an event, signed as of now.</summary>
    public async Task<WebhookAnswer> SendAsync(WebhookEndpoint endpoint, Guid eventId, byte[] body, CancellationToken cancellationToken)
    {
        var url = new Uri(endpoint.Url);
        if (url.Scheme != Uri.UriSchemeHttps && !_options.AllowHttp)
        {
            return new WebhookAnswer("refused", 0, "http is not allowed (webhooks.allowHttp)", "", 0, null);
        }

        long began = _time.GetTimestamp();
        using var limit = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using HttpRequestMessage request = Write(endpoint, url, eventId, body);
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await ReadAsync(response, began, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new WebhookAnswer("timed_out", 0, string.Create(CultureInfo.InvariantCulture, $"no answer within {_timeout.TotalSeconds:0.#} s"), "", Elapsed(began), null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return e.InnerException is AddressRefusedException refused
                ? new WebhookAnswer("refused", 0, refused.Message, "", Elapsed(began), null)
                : new WebhookAnswer("failed", 0, Clean(e.Message), "", Elapsed(began), null);
        }
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage Write(WebhookEndpoint endpoint, Uri url, Guid eventId, byte[] body)
    {
        string id = eventId.ToString();
        long now = _time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("webhook-id", id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", now.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", WebhookSignature.Of(endpoint, id, now, body));
        return request;
    }

    private async Task<WebhookAnswer> ReadAsync(HttpResponseMessage response, long began, CancellationToken cancellationToken)
    {
        byte[] first = new byte[WebhookLimits.MaxResponseBytes];
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        int read = await stream.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellationToken);
        string said = Clean(Encoding.UTF8.GetString(first, 0, read));
        int status = (int)response.StatusCode;
        TimeSpan? retryAfter = response.Headers.RetryAfter is not { } retry ? null : retry.Delta ?? retry.Date - _time.GetUtcNow();
        return status switch
        {
            >= 200 and < 300 => new WebhookAnswer("delivered", status, "", said, Elapsed(began), null),
            410 => new WebhookAnswer("gone", status, "it answered 410: it wants no more events", said, Elapsed(began), null),
            >= 300 and < 400 => new WebhookAnswer("failed", status, $"it answered {status}, and redirections are not followed", said, Elapsed(began), null),
            _ => new WebhookAnswer("failed", status, $"it answered {status}", said, Elapsed(began), retryAfter),
        };
    }

    private int Elapsed(long began) => (int)Math.Min(_time.GetElapsedTime(began).TotalMilliseconds, int.MaxValue);

    // Databases do not take every character, and people read it.
    private static string Clean(string text) => string.Create(Math.Min(text.Length, WebhookLimits.MaxResponseBytes), text, static (to, from) =>
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) ? ' ' : from[i];
        }
    });
}
