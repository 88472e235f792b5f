using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>The control connection of a baresip phone (module <c>ctrl_tcp</c>): commands go in, replies and events come out, each a netstring with JSON.</summary>
internal sealed class BaresipControl : IAsyncDisposable
{
    private readonly TcpClient _client = new();
    private readonly List<JsonElement> _messages = [];
    private readonly Lock _gate = new();
    private Task _reading = Task.CompletedTask;
    private int _commands;

    private BaresipControl()
    {
    }

    /// <summary>Connects; what the phone tells from now on is kept.</summary>
    public static async Task<BaresipControl> ConnectAsync(int port)
    {
        BaresipControl control = new();
        await control._client.ConnectAsync(IPAddress.Loopback, port).WaitAsync(Eventually.Patience);
        control._reading = control.ReadAllAsync();
        return control;
    }

    /// <summary>Everything it has told so far, a line each.</summary>
    public string Transcript => string.Join('\n', Messages().Select(static m => m.ToString()));

    /// <summary>Gives a command and waits until the phone says that it has taken it.</summary>
    public async Task CommandAsync(string command, string parameters = "")
    {
        string token = $"wire-{++_commands}";
        string json = JsonSerializer.Serialize(new { command, @params = parameters, token });
        await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetByteCount(json)}:{json},"));
        JsonElement reply = await WaitAsync(m => Is(m, "token", token), $"reply to {command} {parameters}");
        Assert.True(reply.GetProperty("ok").GetBoolean(), $"{command} {parameters}: {reply}");
    }

    /// <summary>Waits for an event's first or later coming, as <c>CALL_ESTABLISHED</c>; its <c>param</c>, or nothing.</summary>
    /// <param name="param">When given, only events with this <c>param</c> count.</param>
    public async Task<string> WaitForAsync(string type, int time = 1, string? param = null)
    {
        JsonElement[] found = await Eventually.IsAsync(
            () => Messages().Where(m => Is(m, "type", type) && (param is null || Is(m, "param", param))).ToArray(),
            found => found.Length >= time,
            $"{type} {param} for the {time}. time in\n{Transcript}\n");
        return found[time - 1].TryGetProperty("param", out JsonElement value) ? value.GetString()! : "";
    }

    /// <summary>How often an event has come so far.</summary>
    public int Count(string type) => Messages().Count(m => Is(m, "type", type));

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _reading;
    }

    private static bool Is(JsonElement message, string member, string value) => message.TryGetProperty(member, out JsonElement found) && found.GetString() == value;

    private async Task<JsonElement> WaitAsync(Func<JsonElement, bool> wanted, string what) =>
        (await Eventually.IsAsync(() => Messages().Where(wanted).ToArray(), static found => found.Length > 0, $"{what} in\n{Transcript}\n"))[0];

    private JsonElement[] Messages()
    {
        lock (_gate)
        {
            return [.. _messages];
        }
    }

    private async Task ReadAllAsync()
    {
        ArrayBufferWriter<byte> received = new();
        int consumed = 0;
        try
        {
            NetworkStream stream = _client.GetStream();
            while (true)
            {
                int read = await stream.ReadAsync(received.GetMemory(4096));
                if (read == 0)
                {
                    return;
                }

                received.Advance(read);
                while (TryReadNetstring(received.WrittenSpan[consumed..], out int start, out int length))
                {
                    using JsonDocument message = JsonDocument.Parse(received.WrittenMemory.Slice(consumed + start, length));
                    lock (_gate)
                    {
                        _messages.Add(message.RootElement.Clone());
                    }

                    consumed += start + length + 1;
                }
            }
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
            // The phone or the test is gone; what came is kept.
        }
    }

    /// <summary><c>length ":" bytes ","</c>, as soon as all of it is there.</summary>
    private static bool TryReadNetstring(ReadOnlySpan<byte> text, out int start, out int length)
    {
        start = text.IndexOf((byte)':') + 1;
        length = start > 0 ? int.Parse(text[..(start - 1)]) : 0;
        return start > 0 && text.Length > start + length;
    }
}
