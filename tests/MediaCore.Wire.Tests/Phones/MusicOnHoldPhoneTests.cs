using System.Net;
using MediaCore.Audio.Tones;
using MediaCore.Audio.Wave;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Phones;

/// <summary>A baresip phone holds the party that it has called: that one hears the music of the prompt folder, then the phone again.</summary>
public class MusicOnHoldPhoneTests
{
    private const int HolderHertz = 450;
    private const int MusicHertz = 700;

    [Fact]
    public async Task HeldParty_HearsTheMusic_AndThenThePhoneAgain()
    {
        using ScratchFolder folder = new();
        Directory.CreateDirectory(folder.Combine("data", "prompts"));
        short[] music = [.. Enumerable.Range(0, 8000).Select(static i => (short)(8000 * Math.Sin(2 * Math.PI * MusicHertz * i / 8000)))];
        await File.WriteAllBytesAsync(folder.Combine("data", "prompts", "music.wav"), WaveWriter.ToArray(music, 8000));
        await using SipPeer trunk = new(new IPEndPoint(IPAddress.Loopback, 9));
        await using MediaCoreServer server = await MediaCoreServer.StartAsync(
            $$"""
            "trunks": [ { "name": "trunk", "targets": ["sip:{{trunk.Local}}"] } ],
            "routes": [ { "name": "out", "match": { "to": "+41*" }, "trunks": ["trunk"] } ]
            """,
            folder.Path,
            media: "\"musicOnHold\": \"music.wav\"");
        trunk.Server = server.Udp;
        await using RtpEndpoint held = new(1000, 2);
        await using BaresipPhone holder = await BaresipPhone.StartAsync(server, "1001", await server.ReadPasswordAsync("1001"), HolderHertz);
        await holder.WaitUntilRegisteredAsync();
        await holder.Control.CommandAsync("dial", "+41555");
        SipText invite = await trunk.ExpectRequestAsync("INVITE");
        SipDialog dialog = SipDialog.From(trunk, invite);
        dialog.Answer(SdpText.Audio(held.Port));
        await dialog.ExpectRequestAsync("ACK");
        held.Remote = new IPEndPoint(IPAddress.Loopback, invite.AudioPort);
        await HearAsync(held, HolderHertz);
        foreach ((string command, string answer, int hertz) in ((string, string, int)[])[("hold", "recvonly", MusicHertz), ("resume", "sendrecv", HolderHertz)])
        {
            await holder.Control.CommandAsync(command);
            SipText offer = await dialog.ExpectRequestAsync("INVITE");
            dialog.Respond(offer, 200, "OK", SdpText.Audio(held.Port, "0", answer, version: 2 + offer.CSeq));
            await dialog.ExpectRequestAsync("ACK");
            await HearAsync(held, hertz);
        }

        Assert.Equal(200, (await dialog.HangUpAsync()).Status);
    }

    /// <summary>Waits until the last half second that was heard is this tone.</summary>
    private static Task<short[]> HearAsync(RtpEndpoint ear, int hertz) =>
        Eventually.IsAsync(() => ear.Heard, heard => heard.Length > 4000 && Goertzel.IsTone(heard.AsSpan(heard.Length - 4000), hertz), $"{hertz} Hz for half a second");
}
