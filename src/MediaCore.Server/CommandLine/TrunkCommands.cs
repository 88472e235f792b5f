using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace MediaCore.Server.CommandLine;

/// <summary><c>mediacore trunks</c>: asks the running server, by its HTTP endpoint, how its trunks are.</summary>
internal static class TrunkCommands
{
    /// <summary>A server on this machine answers within milliseconds.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal, ConfigurationOptions configuration)
    {
        Option<bool> json = new("--json") { Description = "Write what the server answers, as JSON." };
        Command command = new("trunks", "List the trunks of the running server: calls, registration, probes.");
        command.Options.Add(json);
        configuration.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (configuration.TryRead(parsed, out int exitCode) is not { } settings)
            {
                return exitCode;
            }

            if (!settings.Http.HasAddress)
            {
                return Fail(terminal, "http.listen is null: a server without its HTTP endpoint can't be asked");
            }

            string server = $"{(settings.HttpAccess.Certificate is null ? "http" : "https")}://{settings.Http}";
            if (await FetchAsync(new Uri($"{server}/trunks"), terminal, cancellation) is not { } text)
            {
                return ExitCode.Failure;
            }

            if (parsed.GetValue(json))
            {
                await terminal.Out.WriteAsync(text);
                return ExitCode.Success;
            }

            return WriteTable(terminal, text) ? ExitCode.Success : Fail(terminal, $"what answers at {server} is not this server");
        });
        return command;
    }

    /// <summary>Writes the table of a listing; false when it is none.</summary>
    internal static bool WriteTable(Terminal terminal, string text)
    {
        List<string[]> rows = [];
        try
        {
            using JsonDocument listing = JsonDocument.Parse(text);
            foreach (JsonElement trunk in listing.RootElement.EnumerateArray())
            {
                rows.Add(ToRow(trunk));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return false;
        }

        TextTable.Write(terminal, ["trunk", "state", "calls in", "calls out", "registration", "registered until", "last status", "destinations"], rows);
        return true;
    }

    private static string[] ToRow(JsonElement trunk)
    {
        bool isRegistering = trunk.TryGetProperty("registration", out JsonElement registration);
        return
        [
            trunk.GetProperty("name").GetString() ?? "",
            trunk.GetProperty("up").GetBoolean() ? "up" : "down",
            trunk.GetProperty("inbound_calls").GetInt32().ToString(CultureInfo.InvariantCulture),
            trunk.GetProperty("outbound_calls").GetInt32().ToString(CultureInfo.InvariantCulture),
            isRegistering ? registration.GetProperty("state").GetString() ?? "" : "-",
            isRegistering && registration.TryGetProperty("registered_until", out JsonElement until)
                ? until.GetDateTimeOffset().ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
                : "-",
            isRegistering ? registration.GetProperty("last_status").GetInt32().ToString(CultureInfo.InvariantCulture) : "-",
            string.Join(", ", trunk.GetProperty("destinations").EnumerateArray().Select(Describe)),
        ];
    }

    private static string Describe(JsonElement destination)
    {
        string latency = destination.TryGetProperty("latency_seconds", out JsonElement seconds)
            ? string.Create(CultureInfo.InvariantCulture, $" {seconds.GetDouble() * 1000:F1} ms")
            : "";
        string state = destination.GetProperty("up").GetBoolean() ? "up" : "down";
        string block = destination.TryGetProperty("blocked", out JsonElement blocked)
            ? string.Create(CultureInfo.InvariantCulture, $" ({blocked.GetProperty("reason").GetString()}, {blocked.GetProperty("seconds").GetDouble():F0} s left)")
            : "";
        return $"{destination.GetProperty("address").GetString()} {state}{latency}{block}";
    }

    private static async Task<string?> FetchAsync(Uri address, Terminal terminal, CancellationToken cancellation)
    {
        using HttpClient client = new() { Timeout = s_limit };
        try
        {
            return await client.GetStringAsync(address, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            Fail(terminal, $"no server answers at {address} ({e.Message.ReplaceLineEndings(" ")}); is it running, and is this its configuration (--config)?");
            return null;
        }
    }

    private static int Fail(Terminal terminal, string message)
    {
        terminal.Error.WriteLine($"mediacore: {message}");
        return ExitCode.Failure;
    }
}
