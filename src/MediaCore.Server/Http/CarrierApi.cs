using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Model;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MediaCore.Server.Http;

/// <summary>
/// Where providers bring messages and receipts: <c>POST /carriers/{name}/messages</c> and <c>/receipts</c>, JSON, each carrier with a secret of its own as <c>Authorization: Bearer</c>. 200 is given when it is on the disk; 404 means nobody's number, 415 a file of a kind that is not taken, 503 bring it
/// again. Served to this host alone, as the API is: there is no TLS here.
/// </summary>
/// <param name="intake">Takes them.</param>
/// <param name="carriers">Who may bring them.</param>
internal sealed class CarrierApi(IMessageIntake intake, ImmutableArray<HttpCarrierOptions> carriers)
{
    /// <summary>The paths.</summary>
    public const string Path = "/carriers/{carrier}/{kind}";

    /// <summary>Bytes of a request: 255 parts of text, escaped, and ten files' addresses.</summary>
    private const int MaxBytes = 256 * 1024;

    /// <summary>Takes a request.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        string carrier = http.Request.RouteValues["carrier"] as string ?? "";
        string kind = http.Request.RouteValues["kind"] as string ?? "";
        if (http.Connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(remote))
        {
            await RestApi.WriteProblemAsync(http, StatusCodes.Status403Forbidden, "Secrets do not go over the network in the clear: put a proxy with TLS on this host.");
        }
        else if (!IsKnown(carrier, http.Request.Headers.Authorization.ToString()))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            await RestApi.WriteProblemAsync(http, StatusCodes.Status401Unauthorized, "There is no such carrier, or this is not its secret.");
        }
        else if (kind is not ("messages" or "receipts"))
        {
            await RestApi.WriteProblemAsync(http, StatusCodes.Status404NotFound, "A carrier brings messages and receipts.");
        }
        else
        {
            await TakeAsync(http, carrier, kind == "receipts");
        }
    }

    private async Task TakeAsync(HttpContext http, string carrier, bool isReceipt)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = MaxBytes;
        }

        IntakeStatus status;
        try
        {
            using JsonDocument body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            if (isReceipt)
            {
                status = await intake.ReceiveAsync(ReadReceipt(carrier, body.RootElement), http.RequestAborted);
            }
            else
            {
                IncomingText message = ReadMessage(carrier, body.RootElement);
                if (IncomingText.FindRefused(message.Media) is { } refused)
                {
                    await RestApi.WriteProblemAsync(http, StatusCodes.Status415UnsupportedMediaType, refused);
                    return;
                }

                status = await intake.ReceiveAsync(message, http.RequestAborted);
            }
        }
        catch (BadHttpRequestException e)
        {
            await RestApi.WriteProblemAsync(http, e.StatusCode, e.Message);
            return;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            await RestApi.WriteProblemAsync(http, StatusCodes.Status400BadRequest, isReceipt ? "A receipt is {\"id\": …, \"state\": \"delivered\"}." : "A message is {\"id\": …, \"from\": …, \"to\": …, \"text\": …}.");
            return;
        }

        switch (status)
        {
            case IntakeStatus.Taken:
                http.Response.StatusCode = StatusCodes.Status200OK;
                break;
            case IntakeStatus.Unknown:
                await RestApi.WriteProblemAsync(http, StatusCodes.Status404NotFound, "The number is nobody's, or takes no messages.");
                break;
            default:
                http.Response.Headers.RetryAfter = "5";
                await RestApi.WriteProblemAsync(http, StatusCodes.Status503ServiceUnavailable, "Not now: bring it again.");
                break;
        }
    }

    /// <summary>Digests of equal length are compared, whether or not there is such a carrier: how long it takes says nothing.</summary>
    private bool IsKnown(string name, string authorization)
    {
        HttpCarrierOptions? carrier = carriers.FirstOrDefault(one => one.Name == name && one.InboundSecret is not null);
        byte[] wanted = SHA256.HashData(Encoding.UTF8.GetBytes("Bearer " + carrier?.InboundSecret));
        return CryptographicOperations.FixedTimeEquals(wanted, SHA256.HashData(Encoding.UTF8.GetBytes(authorization))) && carrier is not null;
    }

    private static IncomingText ReadMessage(string carrier, JsonElement body)
    {
        List<MessageMedia> media = [];
        if (body.TryGetProperty("media", out JsonElement files))
        {
            foreach (JsonElement file in files.EnumerateArray())
            {
                media.Add(new MessageMedia(Text(file, "type"), new Uri(Text(file, "url")), file.TryGetProperty("bytes", out JsonElement bytes) ? bytes.GetInt64() : 0, file.TryGetProperty("sha256", out JsonElement sum) ? sum.GetString() : null));
            }
        }

        return new IncomingText(carrier, Text(body, "from"), Text(body, "to"), body.TryGetProperty("text", out JsonElement text) ? text.GetString() ?? "" : "")
        {
            Channel = media.Count > 0 ? MessageChannel.Mms : MessageChannel.Sms,
            ProviderId = body.TryGetProperty("id", out JsonElement id) ? id.ToString() : null,
            Segments = body.TryGetProperty("segments", out JsonElement segments) ? segments.GetInt32() : 1,
            Media = media,
        };
    }

    private static DeliveryReceipt ReadReceipt(string carrier, JsonElement body) => new(
        carrier,
        body.GetProperty("id").ToString(),
        Text(body, "state") switch
        {
            "sent" => MessageState.Sent,
            "delivered" => MessageState.Delivered,
            "read" => MessageState.Read,
            "undelivered" => MessageState.Undelivered,
            "failed" => MessageState.Failed,
            "expired" => MessageState.Expired,
            _ => throw new FormatException("No state of a receipt."),
        },
        body.TryGetProperty("error", out JsonElement error) ? error.GetString() : null);

    private static string Text(JsonElement body, string name) => body.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null.");
}
