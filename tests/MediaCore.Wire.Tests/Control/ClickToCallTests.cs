using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MediaCore.Audio.Tones;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Control;

/// <summary><c>examples/click-to-call</c>, with two phones.</summary>
[Collection(ControlServerCollection.Name)]
public class ClickToCallTests(ControlServerFixture fixture)
{
    private const int AgentHertz = 450;
    private const int CustomerHertz = 1000;
    private const int Enough = 12_000;

    [Fact]
    public async Task Posted_PhonesRingOneAfterTheOther_HearEachOther_AndAreHungUpTogether()
    {
        using ScratchFolder folder = new();
        (ChildProcess process, Uri address) = await ExampleProgram.StartClickToCallAsync(fixture.Server, folder.Path);
        await using ChildProcess program = process;
        await using SipPeer agent = await fixture.RegisterAsync("1001");
        await using SipPeer customer = await fixture.RegisterAsync("1002");
        await using RtpEndpoint agentSound = new(AgentHertz, 1);
        await using RtpEndpoint customerSound = new(CustomerHertz, 2);
        using HttpClient http = new() { BaseAddress = address };
        Uri conversation = await PostAsync(http, "1001", "1002");
        await using Stream progress = await http.GetStreamAsync($"{conversation}/events");
        using StreamReader lines = new(progress);
        SipDialog agentCall = SipDialog.From(agent, await agent.ExpectRequestAsync("INVITE"));
        agentCall.Ring();
        await ExpectAsync(lines, "ringing agent");
        agentCall.Answer(SdpText.Audio(agentSound.Port));
        SipDialog customerCall = SipDialog.From(customer, await customer.ExpectRequestAsync("INVITE"));

        // The agent hears it ring.
        await agentSound.FirstPacket;
        customerCall.Ring();
        await ExpectAsync(lines, "ringing customer");
        customerCall.Answer(SdpText.Audio(customerSound.Port));
        await ExpectAsync(lines, "connected");
        using CancellationTokenSource over = new();
        Task talk = RtpEndpoint.SpeakAsync([agentSound, customerSound], int.MaxValue, over.Token);
        await Eventually.IsAsync(() => IsHeard(agentSound, CustomerHertz) && IsHeard(customerSound, AgentHertz), static heard => heard, "each hears the other");
        Task<SipText>[] hungUp = [agentCall.ExpectHangUpAsync(), customerCall.ExpectHangUpAsync()];
        using HttpResponseMessage deleted = await http.DeleteAsync(conversation, CancellationToken.None);
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        await Task.WhenAll(hungUp);
        await ExpectAsync(lines, "over");
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => talk);
        JsonElement said = await http.GetFromJsonAsync<JsonElement>(conversation, CancellationToken.None);
        Assert.Equal("over", said.GetProperty("state").GetString());
        string[] states = [.. said.GetProperty("progress").EnumerateArray().Select(static s => s.GetString()!)];
        Assert.Equal(["calling agent", "calling customer", "connected"], states.Where(static s => s.StartsWith("calling", StringComparison.Ordinal) || s == "connected"));
        Assert.Equal(["agent has left: completed (200)", "customer has left: completed (200)"], states.Where(static s => s.Contains("has left", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task CustomerWhoIsNotThere_EndsTheAgentsCall()
    {
        using ScratchFolder folder = new();
        (ChildProcess process, Uri address) = await ExampleProgram.StartClickToCallAsync(fixture.Server, folder.Path);
        await using ChildProcess program = process;
        await using SipPeer agent = await fixture.RegisterAsync("1001");
        using HttpClient http = new() { BaseAddress = address };
        Uri conversation = await PostAsync(http, "1001", "nobody");
        SipDialog call = SipDialog.From(agent, await agent.ExpectRequestAsync("INVITE"));
        call.Answer(SdpText.Audio(40_000));
        await call.ExpectHangUpAsync();
        using StreamReader lines = new(await http.GetStreamAsync($"{conversation}/events"));
        await ExpectAsync(lines, "over");
        JsonElement said = await http.GetFromJsonAsync<JsonElement>(conversation);
        Assert.Contains("There is no account", said.GetProperty("progress").ToString(), StringComparison.Ordinal);
        using HttpResponseMessage unknown = await http.GetAsync("/calls/nonsense");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using HttpResponseMessage malformed = await http.PostAsync("/calls", new StringContent("{"));
        Assert.Equal(HttpStatusCode.BadRequest, malformed.StatusCode);
    }

    private static bool IsHeard(RtpEndpoint ear, int hertz) => ear.Heard is { Length: >= Enough } heard && Goertzel.IsTone(heard.AsSpan()[^4000..], hertz);

    private static async Task<Uri> PostAsync(HttpClient http, string from, string to)
    {
        using HttpResponseMessage created = await http.PostAsJsonAsync("/calls", new { from, to });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        return new Uri($"/calls/{(await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()}", UriKind.Relative);
    }

    private static async Task ExpectAsync(StreamReader lines, string state)
    {
        List<string> seen = [];
        while (await lines.ReadLineAsync().WaitAsync(Eventually.Patience) is { } line)
        {
            seen.Add(line);
            if (line == $"data: {state}")
            {
                return;
            }
        }

        Assert.Fail($"It ended without {state}:\n{string.Join('\n', seen)}");
    }
}
