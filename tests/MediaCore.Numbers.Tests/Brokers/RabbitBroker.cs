using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MediaCore.Numbers.Brokers;

namespace MediaCore.Numbers.Tests.Brokers;

/// <summary>Debian's RabbitMQ with a node name, a folder and ports of its own. It ends with the test process however that ends: its shell waits for the end of its standard input.</summary>
internal sealed class RabbitBroker : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly string _folder = Directory.CreateTempSubdirectory("mediacore-rabbit-").FullName;
    private readonly int[] _ports = FreePorts(3);
    private Process? _server;

    public RabbitOptions Options => new(new Uri($"amqp://127.0.0.1:{_ports[0]}/"), "guest", "guest", "mediacore.events");

    public async Task StartAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "plugins"), "[].");
        string environment = $"HOME={_folder} RABBITMQ_NODENAME=mediacore{_ports[0]}@localhost RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT={_ports[0]} RABBITMQ_DIST_PORT={_ports[1]} ERL_EPMD_PORT={_ports[2]} ERL_EPMD_ADDRESS=127.0.0.1 "
            + $"RABBITMQ_MNESIA_BASE={_folder}/mnesia RABBITMQ_LOG_BASE={_folder}/log RABBITMQ_ENABLED_PLUGINS_FILE={_folder}/plugins RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_CONFIG_FILE={_folder}/none RABBITMQ_PID_FILE={_folder}/pid";
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = "/" };
        start.ArgumentList.Add("-c");

        // The daemon of Erlang's node names does not end with the node.
        start.ArgumentList.Add($"export {environment}; /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server >>{_folder}/out 2>&1 & pid=$!; cat >/dev/null; kill -TERM $pid; wait $pid; epmd -port {_ports[2]} -kill >>{_folder}/out 2>&1");
        _server = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                // It listens when all of it is there.
                await probe.ConnectAsync(IPAddress.Loopback, _ports[0], patience.Token);
                return;
            }
            catch (SocketException) when (!_server.HasExited)
            {
                // There is nothing to wait on but another try.
                await Task.Delay(50, patience.Token);
            }
        }
    }

    public async Task StopAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            server.StandardInput.Close();
            using var patience = new CancellationTokenSource(Patience);
            await server.WaitForExitAsync(patience.Token);
            server.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners)
        {
            listener.Start();
        }

        int[] ports = [.. listeners.Select(static listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners)
        {
            listener.Stop();
        }

        return ports;
    }
}
