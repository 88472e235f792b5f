using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Recordings;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Records;

namespace MediaCore.Engine.Tests.Calls.Transfers;

/// <summary>
/// Twelve ways to transfer a call, each with the record that a business sees (docs/call-records.md): the calls are made in the simulator, what the number service adds (a queue, a plan) is written here, and the joined record is compared with the file of the
/// test's name beside this one. With MEDIACORE_WRITE_GOLDEN set to this folder the files are written anew.
/// </summary>
public sealed class TransferRecordTests : CallTest
{
    private static readonly Guid s_tenant = new("00000000-0000-7000-8000-000000000042");
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public TransferRecordTests()
    {
        var bobs = new Trunk { Name = "bob-phone", Targets = [World.Hop(Bob)], Transfers = TransferPolicy.Terminate };
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "carrier", Transfers = TransferPolicy.Terminate };
        World.Policy.InboundTrunks[Bob.Endpoint] = bobs;
        World.Policy.Plans["+1001"] = new RoutePlan { Number = "+1001", Steps = [new DialStep([new TrunkTarget(bobs)], Parallel: false, TimeSpan.FromSeconds(60))] };
        World.RouteToTrunks("+2001", TimeSpan.FromSeconds(30), Carol);
        World.RouteToTrunks("+2002", TimeSpan.FromSeconds(30), Dave);
    }

    [Fact]
    public void Blind_Completed()
    {
        (PeerDialog caller, PeerDialog party) = TransferBlind();
        Talk(7);
        HangUp(caller, party);
        AssertGolden(Join(World.Record));
    }

    [Fact]
    public void Blind_Refused()
    {
        (PeerDialog caller, PeerDialog callee) = Begin();
        Refer(callee, "+2001");
        PeerDialog party = PeerDialog.Answering(Carol);
        party.Respond(180);
        AssertNotify(callee, 180);
        Talk(2);
        party.Respond(486);
        Carol.Take("ACK");
        AssertNotify(callee, 486);
        Talk(4);
        HangUp(caller, callee);
        AssertGolden(Join(World.Record));
    }

    [Fact]
    public void Blind_Unanswered_Recalled()
    {
        (PeerDialog caller, PeerDialog callee) = Begin();
        Refer(callee, "+2001");
        PeerDialog party = PeerDialog.Answering(Carol);
        party.Respond(180);
        AssertNotify(callee, 180);
        World.Advance(30.1);
        Carol.Respond(Carol.Take("CANCEL"), 200);
        party.Respond(487);
        Carol.Take("ACK");
        AssertNotify(callee, 480);
        Talk(4);
        HangUp(caller, callee);
        AssertGolden(Join(World.Record));
    }

    [Fact]
    public void Attended_ByReferWithReplaces_OverTwoCalls()
    {
        (PeerDialog caller, PeerDialog callee) = Begin();
        (PeerDialog consulting, PeerDialog consulted) = Consult();
        Talk(3);
        callee.Send("REFER", $"Refer-To: <sip:+2001@192.0.2.1?Replaces={Uri.EscapeDataString($"{consulting.CallId};to-tag={consulting.RemoteTag};from-tag={consulting.LocalTag}")}>\r\n");
        Bob.Take("202 REFER");
        AssertNotify(callee, 100);
        consulted.TakeReInvite();
        consulted.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        consulting.AcceptBye();
        AssertNotify(callee, 200);
        callee.AcceptBye();
        Agree(caller);
        Talk(6);
        HangUp(caller, consulted);
        CallRecord transferred = World.Records.Single(static record => record.Transfers[0].Kind == TransferKind.Attended);
        CallRecord other = World.Records.Single(static record => record.Transfers[0].Kind == TransferKind.Replaced);

        // What the store finds the two by.
        Assert.Single(transferred.Legs.Select(static leg => leg.SipCallId).Intersect(other.Legs.Select(static leg => leg.SipCallId)));
        AssertGolden(Join(transferred, [new CallPart(other.CallId) { Record = other, LinkedFrom = transferred.CallId, Link = CallLinkKind.Consult }]));
    }

    [Fact]
    public void Attended_ByInviteWithReplaces()
    {
        (PeerDialog caller, PeerDialog callee) = Begin();
        PeerDialog replacing = PeerDialog.Dial(Bob, "+1001", PeerSdp.Audio(Bob, 50100), $"Replaces: {callee.CallId};to-tag={callee.RemoteTag};from-tag={callee.LocalTag}\r\n");
        Bob.Take("100 INVITE");
        Agree(caller);
        replacing.Learn(Bob.Take("200 INVITE"));
        callee.AcceptBye();
        replacing.Ack();
        Talk(5);
        HangUp(caller, replacing);
        AssertGolden(Join(World.Record));
    }

    [Fact]
    public void Attended_ConsultAbandoned()
    {
        (PeerDialog caller, PeerDialog callee) = Begin();
        (PeerDialog consulting, PeerDialog consulted) = Consult();
        Talk(3);
        HangUp(consulting, consulted);
        Talk(4);
        HangUp(caller, callee);
        AssertGolden(Join(World.Records[1]));
        Assert.Empty(World.Records[0].Transfers);
    }

    [Fact]
    public void Attended_TransfereeHangsUpDuringConsult()
    {
        (PeerDialog caller, PeerDialog callee) = Begin();
        (PeerDialog consulting, PeerDialog consulted) = Consult();
        Talk(3);
        HangUp(caller, callee);
        Talk(2);
        HangUp(consulting, consulted);
        AssertGolden(Join(World.Records[0]));
        Assert.Equal("+2001", World.Records[1].Called);
    }

    [Fact]
    public void Blind_IntoAQueue()
    {
        (PeerDialog caller, PeerDialog party) = TransferBlind(waits: 12);
        Talk(9);
        HangUp(caller, party);
        string agent = World.Record.Legs[2].Peer!;
        long entered = World.Record.Legs[2].InvitedAt.ToUnixTimeMilliseconds();
        AssertGolden(Join(World.Record, queues: [new QueueVisit(World.Record.CallId, "support", entered, QueueEntryState.Connected) { LeftAtMs = World.Record.Legs[2].AnsweredAt!.Value.ToUnixTimeMilliseconds(), Agent = "carol", Account = agent }]));
    }

    [Fact]
    public void Blind_ToAnotherNumberOfTheTenant()
    {
        (PeerDialog caller, PeerDialog party) = TransferBlind();
        Talk(3);
        HangUp(caller, party);
        AssertGolden(Join(World.Record, trace: Trace(("plan", "sales@3", 0), ("ring", "", 0), ("number", "+2001", 5), ("plan", "support@1", 5))));
    }

    [Fact]
    public void Forward_ThenTransfer()
    {
        (PeerDialog caller, PeerDialog party) = TransferBlind();
        Talk(3);
        HangUp(caller, party);
        AssertGolden(Join(World.Record, trace: Trace(("plan", "sales@3", 0), ("forward", "+15550100", 0))));
    }

    [Fact]
    public void Agent_ToAgent()
    {
        (PeerDialog caller, PeerDialog callee) = Begin();
        Refer(callee, "+2001");
        PeerDialog party = PeerDialog.Answering(Carol);
        party.Respond(180);
        AssertNotify(callee, 180);
        Talk(2);
        Accept(party);
        AssertNotify(callee, 200);
        callee.AcceptBye();
        Agree(caller);
        Talk(5);

        // And on to a third.
        party.Send("REFER", "Refer-To: <sip:+2002@192.0.2.1>\r\n");
        Carol.Take("403 REFER");
        HangUp(party, caller);
        long came = World.Record.StartedAt.ToUnixTimeMilliseconds();
        AssertGolden(Join(World.Record, queues:
        [
            new QueueVisit(World.Record.CallId, "sales", came, QueueEntryState.Connected) { LeftAtMs = World.Record.AnsweredAt!.Value.ToUnixTimeMilliseconds(), Agent = "bob", Account = "bob-phone" },
            new QueueVisit(World.Record.CallId, "support", World.Record.Legs[2].InvitedAt.ToUnixTimeMilliseconds(), QueueEntryState.Connected) { LeftAtMs = World.Record.Legs[2].AnsweredAt!.Value.ToUnixTimeMilliseconds(), Agent = "carol", Account = World.Record.Legs[2].Peer },
        ]));
    }

    [Fact]
    public void Blind_ToVoicemail()
    {
        PromptSource greeting = PromptSource.FromText("Please leave a message.");
        World.Route("+2003", new AnnouncementStep(greeting));
        (PeerDialog caller, PeerDialog callee) = Begin();
        Refer(callee, "+2003");
        World.Shard.Core.Calls.OnPromptReady(World.Call.Handle, RecordingBeep.Clip, "");
        AssertNotify(callee, 200);
        callee.AcceptBye();
        caller.HangUp();
        AssertGolden(Join(World.Record, trace: Trace(("plan", "sales@3", 0)), messages: [new LeftMessage(s_tenant, "100", 4000)]));
    }

    private static CallParts Join(CallRecord record, CallPart[]? others = null, QueueVisit[]? queues = null, LeftMessage[]? messages = null, string? trace = null) => new()
    {
        TenantId = s_tenant,
        Calls = [new CallPart(record.CallId) { Record = record, Trace = trace }, .. others ?? []],
        Queues = queues ?? [],
        Messages = messages ?? [],
    };

    private static string Trace(params (string Kind, string Name, int Second)[] path) => JsonSerializer.Serialize(new
    {
        outcome = "Talked",
        configuration = 7,
        tags = new[] { "vip" },
        path = path.Select(static one => new { at = World.Epoch.AddSeconds(one.Second), kind = one.Kind, name = one.Name }),
    });

    /// <summary>alice has called bob, who has let it ring for a second, and they talk for four.</summary>
    private (PeerDialog Caller, PeerDialog Callee) Begin()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        caller.Learn(Alice.Take("180 INVITE"));
        World.Advance(1);
        Answer(caller, callee);
        Talk(4);
        return (caller, callee);
    }

    private (PeerDialog Caller, PeerDialog Party) TransferBlind(double waits = 2)
    {
        (PeerDialog caller, PeerDialog callee) = Begin();
        Refer(callee, "+2001");
        PeerDialog party = PeerDialog.Answering(Carol);
        party.Respond(180);
        AssertNotify(callee, 180);
        Talk(waits);
        Accept(party);
        AssertNotify(callee, 200);
        callee.AcceptBye();
        Agree(caller);
        return (caller, party);
    }

    private (PeerDialog Consulting, PeerDialog Consulted) Consult()
    {
        PeerDialog consulting = PeerDialog.Call(Bob, "+2001");
        PeerDialog consulted = PeerDialog.Answering(Carol);
        Answer(consulting, consulted);
        return (consulting, consulted);
    }

    private void Talk(double seconds) => World.Advance(seconds);

    private static void Refer(PeerDialog by, string number)
    {
        by.Send("REFER", $"Refer-To: <sip:{number}@192.0.2.1>\r\n");
        by.Peer.Take("202 REFER");
        AssertNotify(by, 100);
    }

    private static void Accept(PeerDialog party)
    {
        party.Respond(200, PeerSdp.Audio(party.Peer, 51000));
        party.Peer.Take("ACK");
    }

    private static void Agree(PeerDialog staying)
    {
        staying.TakeReInvite();
        staying.Respond(200, PeerSdp.Audio(staying.Peer));
        staying.Peer.Take("ACK");
    }

    private static void AssertNotify(PeerDialog to, int status)
    {
        SipText notify = to.Peer.Take("NOTIFY");
        Assert.StartsWith($"SIP/2.0 {status} ", notify.Body, StringComparison.Ordinal);
        to.Peer.Respond(notify, 200);
    }

    /// <summary>Compares with the file, the sound's figures left out and identifiers by the order in which they appear; holds what is true of every record.</summary>
    private static void AssertGolden(CallParts parts, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        JsonObject document = (JsonObject)JsonNode.Parse(CallJoiner.Join(parts)!.Document)!;
        Assert.True((long)document["billsec_ms"]! <= (long)document["duration_ms"]!);
        foreach (JsonNode? node in (JsonArray)document["legs"]!)
        {
            var leg = (JsonObject)node!;
            var states = (JsonObject)leg["states"]!;
            Assert.Equal((long)leg["duration_ms"]!, states.Sum(static state => (long)state.Value!));
            Assert.All(states, static state => Assert.True((long)state.Value! >= 0));
            foreach (string figure in (ReadOnlySpan<string>)["received", "sent", "quality", "sound", "line"])
            {
                leg.Remove(figure);
            }
        }

        string text = document.ToJsonString(s_json);
        List<string> known = [.. parts.Calls.Select(static part => part.CallId)];
        for (int i = 0; i < known.Count; i++)
        {
            text = text.Replace(known[i], $"call{i + 1}", StringComparison.Ordinal);
        }

        int dialogs = 0;
        foreach (string dialog in document["legs"]!.AsArray().Select(static leg => (string)leg!["sip_call_id"]!).Distinct(StringComparer.Ordinal))
        {
            text = text.Replace($"\"{dialog}\"", $"\"dialog{++dialogs}\"", StringComparison.Ordinal);
        }

        text = text.ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("MEDIACORE_WRITE_GOLDEN") is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, name + ".json"), text);
        }

        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Calls", "Transfers", name + ".json")).ReplaceLineEndings("\n"), text);
    }
}
