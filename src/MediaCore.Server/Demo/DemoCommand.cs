using System.CommandLine;
using System.Globalization;
using MediaCore.Engine;
using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Storage;
using MediaCore.Primitives;
using MediaCore.Server.CommandLine;
using MediaCore.Server.Configuration;
using MediaCore.Server.Hosting;
using MediaCore.Server.Logging;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Demo;

/// <summary>
/// <c>mediacore demo</c>: starts the real server on free loopback ports with a data folder of its own, places two real calls to the demo number
/// with two soft phones, and shows what went over the wire, what was heard and what was recorded. Fails when anything was not right.
/// </summary>
internal sealed class DemoCommand(Terminal terminal, LogLevel level)
{
    private const double CallerHz = 440;
    private const double CalleeHz = 660;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TalkTime = TimeSpan.FromSeconds(3);

    private readonly List<DemoCheck> _checks = [];
    private readonly Ladder _ladder = new();

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        Option<bool> verbose = new("--verbose", "-v") { Description = "Show the server's log." };
        Command command = new("demo", "Place two real calls to the demo number and show the messages, the media figures and the call records.");
        command.Options.Add(verbose);
        command.SetAction((parsed, cancellation) => new DemoCommand(terminal, parsed.GetValue(verbose) ? LogLevel.Debug : LogLevel.Error).RunAsync(cancellation));
        return command;
    }

    /// <summary>Runs the demo.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("mediacore-demo-").FullName;
        try
        {
            using ServerLoggers loggers = new(level);
            Say("starting a server on free ports of 127.0.0.1");
            await using ServerHost host = await ServerHost.StartAsync(CreateSettings(folder), loggers, cancellation);
            Say(host.ReadyLine);
            IReadOnlyList<CallRecord> records = await PlaceCallsAsync(host, cancellation);
            await DrainSequence.RunAsync(host, TimeSpan.FromSeconds(2), TimeProvider.System, loggers.CreateLogger("MediaCore.Server"), cancellation);
            bool isRight = _checks.TrueForAll(static c => c.IsRight);
            DemoReport.Write(terminal, _ladder.Entries, records, _checks);
            await terminal.Out.WriteLineAsync(isRight ? "The demo went right." : "The demo went wrong: see the checks that failed.");
            return isRight ? ExitCode.Success : ExitCode.Failure;
        }
        catch (Exception e) when (RunCommand.DescribeStartFailure(e) is { } reason)
        {
            await terminal.Error.WriteLineAsync($"mediacore: {reason}");
            return ExitCode.Failure;
        }
        catch (TimeoutException e)
        {
            DemoReport.Write(terminal, _ladder.Entries, [], _checks);
            await terminal.Error.WriteLineAsync($"mediacore: the demo got stuck: {e.Message}");
            return ExitCode.Failure;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<IReadOnlyList<CallRecord>> PlaceCallsAsync(ServerHost host, CancellationToken cancellation)
    {
        FirstStartResult first = host.FirstStart ?? throw new InvalidOperationException("The data folder of the demo is not new.");
        NetworkEndpoint server = host.Engine.Listeners.First(static l => l.Transport == SipTransportKind.Udp).Endpoint;
        FirstAccount callee = first.Accounts[0];
        FirstAccount caller = first.Accounts[1];
        using SoftPhone calleePhone = new(callee.Name, callee.Password, server, CalleeHz, CallerHz, _ladder);
        using SoftPhone callerPhone = new(caller.Name, caller.Password, server, CallerHz, CalleeHz, _ladder);

        Say($"phones {caller.Name} and {callee.Name} register");
        int[] registered = await WithinAsync("registering", Task.WhenAll(callerPhone.RegisterAsync(300), calleePhone.RegisterAsync(300)), cancellation);
        Check("both phones registered by digest", registered is [200, 200], $"final responses {registered[0]} and {registered[1]}");

        Say($"{caller.Name} calls {first.Number}; phone {callee.Name} rings and answers; {CallerHz} Hz one way, {CalleeHz} Hz the other");
        TaskCompletionSource<SoftPhoneCall> ringing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        calleePhone.Ringing = ringing.SetResult;
        SoftPhoneCall outgoing = await callerPhone.CallAsync(first.Number);
        int answered = await WithinAsync("the answer of the first call", outgoing.Answered, cancellation);
        Check("the number rang and was answered", answered == 200 && outgoing.HasRung, $"final response {answered}, {(outgoing.HasRung ? "180 heard" : "no 180")}");
        if (answered == 200)
        {
            SoftPhoneCall incoming = await WithinAsync("the call at the other phone", ringing.Task, cancellation);
            await Task.Delay(TalkTime, cancellation);
            callerPhone.HangUp();
            await WithinAsync("the end of the first call", Task.WhenAll(outgoing.Ended, incoming.Ended), cancellation);
            CheckTone(caller.Name, CalleeHz, outgoing.Media);
            CheckTone(callee.Name, CallerHz, incoming.Media);
        }

        Say($"{callee.Name} unregisters; {caller.Name} calls again and hears the announcement to its end");
        int gone = await WithinAsync("unregistering", calleePhone.RegisterAsync(0), cancellation);
        Check("the phone unregistered", gone == 200, $"final response {gone}");
        SoftPhoneCall announced = await callerPhone.CallAsync(first.Number);
        int spoken = await WithinAsync("the answer of the second call", announced.Answered, cancellation);
        Check("the announcement answered", spoken == 200, $"final response {spoken}");
        if (spoken == 200)
        {
            string end = await WithinAsync("the end of the announcement", announced.Ended, cancellation);
            SoftPhoneMedia media = announced.Media;
            Check($"{caller.Name} heard the announcement", media.SoundFrames >= 10 && media.LostPackets == 0, Describe(media));
            Check("the server hung up at its end", end == "remote", $"ended by {end}");
        }

        foreach (SoftPhone phone in (SoftPhone[])[callerPhone, calleePhone])
        {
            Check($"phone {phone.Name} had no fault", phone.Fault is null, phone.Fault?.Message ?? "none");
        }

        Say("waiting for the call records");
        IReadOnlyList<CallRecord> records = await ReadRecordsAsync(host.Numbers!, 2, cancellation);
        Check("both calls are recorded, once each", records.Count == 2, $"{records.Count} records");
        Check(
            "the records say what happened",
            records.Count == 2 && records.All(r => r.Number == first.Number && r.SipStatus == 200 && r.Q850Cause == 16 && r.Reason == CallEndReason.Completed && r.AnsweredAt is not null && r.TalkTime > TimeSpan.FromSeconds(1)),
            string.Join("; ", records.Select(static r => $"{r.SipStatus}, cause {r.Q850Cause}, {r.Reason}, ended by {r.EndedBy}")));
        return records;
    }

    private void CheckTone(string phone, double hertz, SoftPhoneMedia media)
    {
        // The first and last tenths may hold silence; nine of ten in between must be the tone.
        bool isHeard = media.Frames >= 20 && media.ToneFrames >= (media.Frames - 2) * 9 / 10;
        Check($"{phone} heard {hertz} Hz", isHeard, $"{media.ToneFrames} of {media.Frames} tenths of a second");
        Check($"{phone} lost no packet", media.LostPackets == 0 && media.ReceivedPackets > 0, Describe(media));
    }

    private static string Describe(SoftPhoneMedia media) => string.Create(
        CultureInfo.InvariantCulture,
        $"sent {media.SentPackets}, received {media.ReceivedPackets}, lost {media.LostPackets}, jitter {media.JitterMilliseconds:F2} ms, sound in {media.SoundFrames} of {media.Frames} tenths");

    private static async Task<IReadOnlyList<CallRecord>> ReadRecordsAsync(NumberStore store, int count, CancellationToken cancellation)
    {
        // The importer works once a second; asking is all that can be done from outside.
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(200));
        IReadOnlyList<CallRecord> records = [];
        for (int i = 0; i < 50 && records.Count < count && await timer.WaitForNextTickAsync(cancellation); i++)
        {
            records = await store.ListCallsAsync(cancellationToken: cancellation);
        }

        return records;
    }

    private static async Task<T> WithinAsync<T>(string what, Task<T> task, CancellationToken cancellation)
    {
        try
        {
            return await task.WaitAsync(Patience, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{what} did not come within {Patience.TotalSeconds} s", e);
        }
    }

    private static ServerSettings CreateSettings(string folder)
    {
        // A range somewhere in the middle of the unprivileged ports; ports in it that others hold are passed over.
        int first = 20_000 + (2 * System.Security.Cryptography.RandomNumberGenerator.GetInt32(5_000));
        ConfigurationErrors errors = new();
        ServerSettings settings = ServerSettingsReader.Read(
            null,
            folder,
            ((string[])["--sip:listen=udp://127.0.0.1:0", "--http:listen=http://127.0.0.1:0", $"--media:ports={first}-{first + 399}", "--engine:shards=1"]).Select(a => ConfigurationOverride.FromArgument(a)!),
            errors);
        return errors.Any ? throw new InvalidOperationException(errors.Items[0].ToString()) : settings;
    }

    private void Check(string what, bool isRight, string detail) => _checks.Add(new DemoCheck(what, isRight, detail));

    private void Say(string text) => terminal.Error.WriteLine($"demo: {text}");
}
