using System.Globalization;
using System.Net;
using System.Text;
using System.Threading.Channels;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Numbers.Tests.Messaging.Smpp;

/// <summary>Kannel: its bearerbox is bound to our service as the program <c>crm</c>, its smsbox takes texts over HTTP and tells of what comes by calling back.</summary>
internal sealed class KannelGateway : IAsyncDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly HttpListener _callbacks = new();
    private readonly HttpClient _http = new();
    private readonly int _sendPort;
    private readonly int _callbackPort;
    private readonly List<ChildProcess> _boxes = [];
    private readonly Task _listening;

    private KannelGateway()
    {
        _sendPort = FreePorts.Next();
        _callbackPort = FreePorts.Next();
        _callbacks.Prefixes.Add($"http://127.0.0.1:{_callbackPort}/");
        _callbacks.Start();
        _listening = ListenAsync();
    }

    /// <summary>Texts that came for it.</summary>
    public Channel<(string From, string To, string Text)> Texts { get; } = Channel.CreateUnbounded<(string, string, string)>();

    /// <summary>Reports of what it has sent, by the name that the sender gave: Kannel's kind (1 delivered, 2 not, 8 the centre has it, 16 refused) and the centre's words.</summary>
    public Channel<(string Name, int Kind, string Words)> Reports { get; } = Channel.CreateUnbounded<(string, int, string)>();

    /// <summary>Starts both boxes; returns when the session is bound.</summary>
    /// <param name="servicePort">Port of our service.</param>
    public static async Task<KannelGateway> StartAsync(int servicePort)
    {
        KannelGateway gateway = new();
        (int admin, int boxes) = (FreePorts.Next(), FreePorts.Next());
        string file = gateway._folder.Combine("kannel.conf");
        await File.WriteAllTextAsync(file, $"""
            group = core
            admin-port = {admin}
            admin-password = secret
            admin-allow-ip = "127.0.0.1"
            smsbox-port = {boxes}
            box-allow-ip = "127.0.0.1"

            group = smsc
            smsc = smpp
            smsc-id = ours
            host = 127.0.0.1
            port = {servicePort}
            transceiver-mode = true
            smsc-username = crm
            smsc-password = secret
            system-type = ""
            interface-version = 34
            enquire-link-interval = 30

            group = smsbox
            bearerbox-host = 127.0.0.1
            sendsms-port = {gateway._sendPort}

            group = sendsms-user
            username = test
            password = secret
            max-messages = 10
            concatenation = true

            group = sms-service
            keyword = default
            catch-all = true
            max-messages = 0
            get-url = "http://127.0.0.1:{gateway._callbackPort}/text?from=%p&to=%P&coding=%c&text=%b"

            """);
        gateway._boxes.Add(ChildProcess.Start("/usr/sbin/bearerbox", ["-v", "0", file], gateway._folder.Path));
        await FreePorts.WaitUntilBoundAsync(new IPEndPoint(IPAddress.Any, boxes), tcp: true, gateway._boxes[0]);
        gateway._boxes.Add(ChildProcess.Start("/usr/sbin/smsbox", ["-v", "0", file], gateway._folder.Path));
        await FreePorts.WaitUntilBoundAsync(new IPEndPoint(IPAddress.Any, gateway._sendPort), tcp: true, gateway._boxes[1]);
        await gateway._boxes[0].WaitForLineAsync(static line => line.EndsWith("type_name: bind_transceiver_resp", StringComparison.Ordinal), "the answer to the bind");
        return gateway;
    }

    /// <summary>Sends a text; what becomes of it is reported under a name.</summary>
    public async Task SendAsync(string name, string from, string to, string text, bool isUnicode)
    {
        string report = $"http://127.0.0.1:{_callbackPort}/report?name={name}&kind=%d&words=%A";
        string query = $"username=test&password=secret&from={Uri.EscapeDataString(from)}&to={Uri.EscapeDataString(to)}&charset=UTF-8&coding={(isUnicode ? 2 : 0)}&dlr-mask=31&dlr-url={Uri.EscapeDataString(report)}&text={Uri.EscapeDataString(text)}";
        using HttpResponseMessage response = await _http.GetAsync(new Uri($"http://127.0.0.1:{_sendPort}/cgi-bin/sendsms?{query}"));
        string answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, $"{(int)response.StatusCode} {answer}");
    }

    /// <summary>What both boxes have said.</summary>
    public override string ToString() => string.Join("\n\n", _boxes.Select(static box => box.Output));

    public async ValueTask DisposeAsync()
    {
        foreach (ChildProcess box in _boxes.AsEnumerable().Reverse())
        {
            await box.DisposeAsync();
        }

        _callbacks.Close();
        await _listening;
        _http.Dispose();
        _folder.Dispose();
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            HttpListenerContext call;
            try
            {
                call = await _callbacks.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            // The words of a text are octets, which the listener would read as UTF-8.
            Dictionary<string, byte[]> values = call.Request.RawUrl!.Split('?', 2)[1].Split('&').Select(static one => one.Split('=', 2))
                .ToDictionary(static one => one[0], static one => WebUtility.UrlDecodeToBytes(Encoding.ASCII.GetBytes(one[1]), 0, one[1].Length)!);
            string Value(string name) => Encoding.UTF8.GetString(values[name]);
            if (call.Request.RawUrl.StartsWith("/text", StringComparison.Ordinal))
            {
                Texts.Writer.TryWrite((Value("from"), Value("to"), Value("coding") == "2" ? Encoding.BigEndianUnicode.GetString(values["text"]) : Value("text")));
            }
            else
            {
                Reports.Writer.TryWrite((Value("name"), int.Parse(Value("kind"), CultureInfo.InvariantCulture), Value("words")));
            }

            call.Response.Close();
        }
    }
}
