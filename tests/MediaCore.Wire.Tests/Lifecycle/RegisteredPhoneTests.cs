using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Lifecycle;

/// <summary>kill -9 with a phone registered: after the restart it is called at once, before it has registered again (docs/adr/0009-binding-journal.md).</summary>
public sealed class RegisteredPhoneTests
{
    [Fact]
    public async Task Server_KilledAndStartedAgain_RingsThePhone_WithoutANewRegistration()
    {
        using ScratchFolder folder = new();
        BaresipPhone? phone = null;
        try
        {
            int port = FreePorts.Next();
            await using (MediaCoreServer before = await StartAsync(folder, port))
            {
                phone = await BaresipPhone.StartAsync(before, "1001", await before.ReadPasswordAsync("1001"), 1000, registerSeconds: 3600);
                await phone.WaitUntilRegisteredAsync();

                // It is written behind the answer, within 200 ms.
                string journal = folder.Combine("data", "registrations", "bindings");
                await Eventually.IsAsync(() => File.Exists(journal) ? File.ReadAllBytes(journal) : [], static bytes => bytes.AsSpan().IndexOf("1001"u8) >= 0, "the binding on disk");
                before.Process.Signal(ChildProcess.Sigkill);
                await before.Process.WaitForExitAsync();
            }

            await using MediaCoreServer after = await StartAsync(folder, port);
            await using SipPeer caller = new(after.Udp);
            SipDialog call = SipDialog.To(caller, "+12025550100");
            call.SendInvite(SdpText.Audio(40000));
            await phone.Control.WaitForAsync("CALL_ESTABLISHED");
            Assert.Equal(200, (await call.ExpectInviteResponseAsync()).Status);
            call.SendAck();
            Assert.Equal(0, await after.ReadMetricAsync("mediacore_sip_requests_total{method=\"REGISTER\",direction=\"in\"}"));
            Assert.Equal(200, (await call.HangUpAsync()).Status);
            await phone.Control.WaitForAsync("CALL_CLOSED");
        }
        finally
        {
            if (phone is not null)
            {
                await phone.DisposeAsync();
            }
        }
    }

    private static Task<MediaCoreServer> StartAsync(ScratchFolder folder, int port) => MediaCoreServer.StartAsync(folder: folder.Path, udpPort: port);
}
