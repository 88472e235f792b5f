using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MediaCore.Numbers.Messaging;

/// <summary>
/// A provider over HTTP: each part, or each MMS, is a POST of JSON (docs/control-api.md, "Messages over HTTP"). 2xx is acceptance, with the identifier in <c>id</c>; 408, 429 and 5xx mean later; what else is answered is a refusal. A connection that could not be
/// made is "later"; one that breaks after the request went out leaves open whether the provider has it, and is told as that.
/// </summary>
public sealed class HttpCarrier : IMessageCarrier, IDisposable
{
    /// <summary>Bytes of a provider's answer that are read.</summary>
    private const int MaxAnswerBytes = 64 * 1024;

    private readonly HttpCarrierOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    /// <summary>One for a provider; connects with the first message.</summary>
    public HttpCarrier(HttpCarrierOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time) = (options, time);
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(5),
        }) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswerBytes };
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public int Window => _options.Window;

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <inheritdoc/>
    public async Task<CarrierAnswer> SendAsync(MessagePart part, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(part);
        byte[] body = Encoding.UTF8.GetBytes(Write(part).ToJsonString());
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Add("Idempotency-Key", $"{part.MessageId:N}-{part.Index.ToString(CultureInfo.InvariantCulture)}");
        if (_options.Token is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (_options.SigningKey is { } key)
        {
            string at = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            byte[] signed = [.. Encoding.UTF8.GetBytes(at + "."), .. body];
            request.Headers.Add("X-MediaCore-Signature", $"t={at},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), signed))}");
        }

        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            return Read(response, await response.Content.ReadAsByteArrayAsync(either.Token));
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            return new CarrierAnswer(CarrierStatus.Later, Error: e.HttpRequestError.ToString());
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new CarrierAnswer(CarrierStatus.Refused, Error: MessageDispatch.Unknown);
        }
    }

    private static JsonObject Write(MessagePart part)
    {
        var media = new JsonArray();
        foreach (MessageMedia file in part.Media)
        {
            media.Add(new JsonObject { ["type"] = file.Type, ["url"] = file.Uri.AbsoluteUri, ["bytes"] = file.Bytes, ["sha256"] = file.Sha256 });
        }

        var body = new JsonObject
        {
            ["message_id"] = part.MessageId.ToString(),
            ["part"] = part.Index,
            ["parts"] = part.Count,
            ["reference"] = part.Reference,
            ["from"] = part.From,
            ["to"] = part.To,
            ["text"] = part.Text,
            ["coding"] = part.IsUcs2 ? "ucs2" : "gsm7",
            ["media"] = media,
        };
        if (part.Validity is { } validity)
        {
            body["validity_seconds"] = (long)validity.TotalSeconds;
        }

        return body;
    }

    private static CarrierAnswer Read(HttpResponseMessage response, byte[] body)
    {
        int status = (int)response.StatusCode;
        string? id = null;
        string? error = null;
        try
        {
            if (body.Length > 0 && JsonNode.Parse(body) is JsonObject answer)
            {
                id = answer["id"] is JsonValue given ? given.ToString() : null;
                error = answer["error"] is JsonValue word ? word.ToString() : null;
            }
        }
        catch (JsonException)
        {
            // An answer without JSON has a status alone; without an identifier receipts cannot be matched, which is the provider's choice.
        }

        return status switch
        {
            >= 200 and <= 299 => new CarrierAnswer(CarrierStatus.Accepted, id),
            408 or 429 or >= 500 => new CarrierAnswer(CarrierStatus.Later, Error: error ?? $"HTTP_{status}") { RetryAfter = response.Headers.RetryAfter?.Delta },
            _ => new CarrierAnswer(CarrierStatus.Refused, Error: error ?? $"HTTP_{status}"),
        };
    }
}
