using System.Net;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Control;

/// <summary>Three answering bots that differ in what becomes of their calls when they are gone: those stay, fall back to their route, end. Their names are those of the routes.</summary>
internal sealed class BotGroup : IAsyncDisposable
{
    private static readonly (string Name, string OnLost)[] s_bots = [("stay", "CONTINUE"), ("fall", "NEXT_STEP"), ("end", "HANG_UP")];
    private readonly ChildProcess[] _bots;

    private BotGroup(ChildProcess[] bots) => _bots = bots;

    /// <summary>What each has written.</summary>
    public IEnumerable<string> Outputs => _bots.Select(static bot => bot.Output);

    /// <summary>What each was told.</summary>
    public IEnumerable<IReadOnlyList<ToldEvent>> Events => Outputs.Select(ToldEvent.ReadAll);

    /// <summary>Starts them; the next group goes on with the same folder.</summary>
    public static async Task<BotGroup> StartAsync(MediaCoreServer server, string folder, IPEndPoint phone) => new(await Task.WhenAll(s_bots.Select(bot => ExampleProgram.StartBotAsync(
        server, folder, "--name", bot.Name, "--application", bot.Name, "--on-lost", bot.OnLost, "--grace", "1", "--state", bot.Name + ".json", "--phone", $"sip:phone@{phone}", "--patience", "600"))));

    /// <summary>Kills them, and waits until they are gone.</summary>
    public async Task KillAsync()
    {
        foreach (ChildProcess bot in _bots)
        {
            bot.Signal(ChildProcess.Sigkill);
        }

        foreach (ChildProcess bot in _bots)
        {
            await bot.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ChildProcess bot in _bots)
        {
            await bot.DisposeAsync();
        }
    }
}
