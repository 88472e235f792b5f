using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace MediaCore.Numbers.Lookups;

/// <summary>
/// Asks web servers over HTTP. It connects to the very address that it has looked at, follows no redirection, uses no proxy and no cookies, and reads a bounded answer: what a menu asks is written by users, and must not become a way into the
/// operator's network.
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
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            Credentials = null,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 32,
            ConnectCallback = ConnectAsync,
        };
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

    /// <summary>Connects to an address that may be asked; the name is looked up here, so what was looked at is what is connected to.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        string host = context.DnsEndPoint.Host;
        IPAddress[] addresses = IPAddress.TryParse(host, out IPAddress? literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        IPAddress[] allowed = [.. addresses.Where(IsAllowed)];
        if (allowed.Length == 0)
        {
            throw new AddressRefusedException(addresses.Length == 0 ? $"{host} has no address" : $"{host} is in a network that menus may not ask");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsAllowed(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return PublicAddresses.Contains(plain) || _options.AllowedNetworks.Any(network => network.Contains(plain));
    }

    private sealed class AddressRefusedException(string message) : IOException(message);
}
