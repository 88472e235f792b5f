using System.CommandLine;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MediaCore.Primitives;
using MediaCore.Transport.Udp;

namespace MediaCore.LoadTests.Tests;

public sealed class OutcomeTests
{
    private static readonly string s_scenario = Path.Combine(AppContext.BaseDirectory, "scenarios", "signalling.json");

    [Theory]
    [InlineData("load", "--direct", "--rate", "abc")]
    [InlineData("load", "--direct", "--rate", "NaN")]
    [InlineData("load", "--direct", "--arrivals", "ramp", "--peak", "1e9")]
    [InlineData("load", "--direct", "--arrivals", "spike", "--peak", "-1")]
    [InlineData("load", "--direct", "--report", "/nowhere/at/all")]
    [InlineData("load", "--program", "/nowhere.dll")]
    [InlineData("load", "--server", "127.0.0.1:5060", "--metrics", "ftp://127.0.0.1/")]
    [InlineData("load", "--nothing")]
    [InlineData("knee", "--direct", "--p99-ms", "NaN")]
    [InlineData("knee", "--direct", "--within", "NaN")]
    [InlineData("knee", "--direct", "--failures", "NaN")]
    [InlineData("knee", "--direct", "--loss", "1")]
    [InlineData("knee", "--direct", "--to", "1")]
    [InlineData("nothing")]
    public async Task WhatIsAskedForWrongly_Is2_AndToldWithoutATrace(string command, params string[] options)
    {
        string[] arguments = command == "nothing" ? [command] : [command, "--scenario", s_scenario, .. options];

        (int code, string error) = await RunAsync(arguments);

        Assert.Equal(2, code);
        Assert.NotEqual("", error);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("soak", "--program", "/nowhere.dll")]
    [InlineData("soak", "--program", "/nowhere.dll", "--chaos", "nothing")]
    [InlineData("soak", "--program", "/nowhere.dll", "--minutes", "0")]
    [InlineData("control", "--program", "/nowhere.dll", "--seconds", "1")]
    public async Task ASoakAndAControl_Too(params string[] arguments)
    {
        (int code, string error) = await RunAsync(arguments);

        Assert.Equal(2, code);
        Assert.Contains("there is no such file", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_Is0()
    {
        Assert.Equal(0, (await RunAsync(["load", "--help"])).Code);
    }

    [Fact]
    public async Task MetricsThatNobodyHas_AreToldInALine()
    {
        using TcpListener nobody = new(IPAddress.Loopback, 0);
        nobody.Start();
        int port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();

        (int code, string error) = await RunAsync("load", "--scenario", s_scenario, "--server", "127.0.0.1:9", "--metrics", $"http://127.0.0.1:{port}/metrics");

        Assert.Equal(2, code);
        Assert.StartsWith($"load: --metrics http://127.0.0.1:{port}/metrics: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task APageThatIsNotMediaCores_IsToldInALine()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        Task serving = ServeOnceAsync(other, "up 1\n<p>hello world</p>\n");

        (int code, string error) = await RunAsync("load", "--scenario", s_scenario, "--server", "127.0.0.1:9", "--metrics", $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}/metrics");

        Assert.Equal(2, code);
        Assert.Contains("process_cpu_seconds_total", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        await serving;
    }

    [Fact]
    public async Task AnAddressThatCannotBeHad_IsToldInALine()
    {
        using UdpSocket taken = UdpSocket.Bind(NetworkEndpoint.From(IPAddress.Parse("127.0.0.3"), 0), new UdpSocketOptions());

        (int code, string error) = await RunAsync("load", "--scenario", s_scenario, "--direct", "--callees", taken.LocalEndpoint.ToString());

        Assert.Equal(2, code);
        Assert.Contains("is in use", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task WhatIsThrown_HasItsCode()
    {
        Assert.Equal((2, "load: no\n"), await OfAsync(new CannotMeasureException("no")));
        Assert.Equal((1, "load: gone\n"), await OfAsync(new ServerFailedException("gone")));
        Assert.Equal(2, (await OfAsync(new Win32Exception(2))).Code);
        (int code, string error) = await OfAsync(new InvalidOperationException("ours"));
        Assert.Equal(70, code);
        Assert.Contains("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsThrownAfterCtrlC_Is130_WhateverItIs()
    {
        using CancellationTokenSource stopped = new();
        await stopped.CancelAsync();

        Assert.Equal((130, "load: stopped before its end: no report\n"), await OfAsync(new OperationCanceledException(stopped.Token), stopped.Token));
        Assert.Equal(130, (await OfAsync(new ServerFailedException("gone"), stopped.Token)).Code);
    }

    [Theory]
    [InlineData("load")]
    [InlineData("knee")]
    public async Task CtrlC_EndsACommand_With130(string command)
    {
        using CancellationTokenSource stop = new();
        using StringWriter error = new();
        await stop.CancelAsync();

        int code = await Lab.RunAsync([command, "--scenario", s_scenario, "--direct"], new InvocationConfiguration { Error = error }, stop.Token);

        Assert.Equal((130, $"{command}: stopped before its end: no report\n"), (code, error.ToString()));
    }

    private static async Task<(int Code, string Error)> OfAsync(Exception exception, CancellationToken cancellation = default)
    {
        using StringWriter error = new() { NewLine = "\n" };
        return (await Outcome.OfAsync("load", () => Task.FromException<int>(exception), error, cancellation), error.ToString());
    }

    private static async Task<(int Code, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter error = new() { NewLine = "\n" };
        using StringWriter output = new();
        return (await Lab.RunAsync(arguments, new InvocationConfiguration { Error = error, Output = output }), error.ToString());
    }

    private static async Task ServeOnceAsync(TcpListener listener, string page)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        NetworkStream stream = client.GetStream();
        byte[] request = new byte[4096];
        _ = await stream.ReadAsync(request);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {page.Length}\r\nConnection: close\r\n\r\n{page}"));
    }
}
