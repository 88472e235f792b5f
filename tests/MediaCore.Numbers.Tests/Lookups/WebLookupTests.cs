using System.Net;
using System.Net.Sockets;
using System.Text;
using MediaCore.Numbers.Lookups;

namespace MediaCore.Numbers.Tests.Lookups;

public sealed class WebLookupTests
{
    private static readonly WebLookupOptions s_loopback = new() { AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")], MaxAnswerBytes = 1_000 };
    private static readonly Dictionary<string, string> s_headers = new(StringComparer.Ordinal) { ["X-Call"] = "7" };

    [Fact]
    public async Task Question_IsPosted_AndTheAnswerRead()
    {
        await using var server = new OneAnswer("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{ \"a\": 17 }");
        using var lookup = new WebLookup(s_loopback);
        WebAnswer answer = await lookup.AskAsync(new WebQuestion(new Uri(server.Url, "/x?y=z"), """{"b":1}""", s_headers, TimeSpan.FromMinutes(2)), CancellationToken.None);
        Assert.True(answer.IsGood, answer.Problem);
        Assert.Equal(17, answer.Body?.GetProperty("a").GetInt32());
        string asked = await server.Asked;
        Assert.StartsWith("POST /x?y=z HTTP/1.1\r\n", asked, StringComparison.Ordinal);
        Assert.Contains("X-Call: 7\r\n", asked, StringComparison.Ordinal);
        Assert.EndsWith("""{"b":1}""", asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", 302, "redirections are not followed")]
    [InlineData("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", 500, "500")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{ x", 0, "")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{}", 0, "")]
    [InlineData("nonsense\r\n\r\n", 0, "")]
    public async Task Answer_ThatIsNoUse_IsAProblem(string response, int status, string problem)
    {
        await using var server = new OneAnswer(response);
        using var lookup = new WebLookup(s_loopback);
        WebAnswer answer = await lookup.AskAsync(new WebQuestion(server.Url, null, s_headers, TimeSpan.FromMinutes(2)), CancellationToken.None);
        Assert.False(answer.IsGood);
        Assert.Equal(status, answer.Status);
        Assert.Contains(problem, answer.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("http://localhost:1/")]
    [InlineData("http://[::1]:1/")]
    [InlineData("http://0x7f.1:1/")]
    public async Task PrivateAddress_IsRefused_HoweverItIsWritten(string url)
    {
        using var lookup = new WebLookup();
        WebAnswer answer = await lookup.AskAsync(new WebQuestion(new Uri(url), null, s_headers, TimeSpan.FromMinutes(2)), CancellationToken.None);
        Assert.Contains("may not ask", answer.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Questions_BeyondTheBound_FailAtOnce()
    {
        using var lookup = new WebLookup(new WebLookupOptions { MaxQuestions = 0 });
        WebAnswer answer = await lookup.AskAsync(new WebQuestion(new Uri("http://127.0.0.1:1/"), null, s_headers, TimeSpan.FromMinutes(2)), CancellationToken.None);
        Assert.Contains("under way", answer.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_ThatKeepsSilent_IsGivenUp()
    {
        await using var server = new OneAnswer("");
        using var lookup = new WebLookup(s_loopback);
        WebAnswer answer = await lookup.AskAsync(new WebQuestion(server.Url, null, s_headers, TimeSpan.FromMilliseconds(200)), CancellationToken.None);
        Assert.Contains("no answer within 200 ms", answer.Problem, StringComparison.Ordinal);
    }

    /// <summary>A server for one request; keeps the connection open when it has nothing to answer.</summary>
    private sealed class OneAnswer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly TaskCompletionSource<string> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _end = new();
        private readonly Task _task;

        public OneAnswer(string response)
        {
            _listener.Start();
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
            _task = ServeAsync(response);
        }

        public Uri Url { get; }

        public Task<string> Asked => _asked.Task;

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            _listener.Stop();
            await _task;
            _end.Dispose();
        }

        private async Task ServeAsync(string response)
        {
            try
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                NetworkStream stream = client.GetStream();
                var request = new StringBuilder();
                byte[] buffer = new byte[4096];
                while (!IsWhole(request.ToString()))
                {
                    int read = await stream.ReadAsync(buffer, _end.Token);
                    if (read == 0)
                    {
                        return;
                    }

                    request.Append(Encoding.ASCII.GetString(buffer, 0, read));
                }

                _asked.TrySetResult(request.ToString());
                if (response.Length == 0)
                {
                    await Task.Delay(Timeout.Infinite, _end.Token);
                }

                await stream.WriteAsync(Encoding.ASCII.GetBytes(response), _end.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
            {
                _asked.TrySetCanceled(_end.Token);
            }
        }

        private static bool IsWhole(string request)
        {
            int end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            int length = request.IndexOf("Content-Length: ", StringComparison.Ordinal) is var at and >= 0 ? int.Parse(request[(at + 16)..request.IndexOf('\r', at)], System.Globalization.CultureInfo.InvariantCulture) : 0;
            return end >= 0 && request.Length >= end + 4 + length;
        }
    }
}
