using MediaCore.Audio.Prompts;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;
using MediaCore.Engine.Trunks.Credentials;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Shards;

/// <summary>
/// Peers that do anything in any order: answers out of place, replays, hang-ups and re-INVITEs across each other, dead transports, time passing.
/// What must hold then is what <see cref="World"/> checks: no defect met, every message valid, nothing of one side on the other, nothing left.
/// </summary>
public sealed class DisorderTests
{
    private static readonly int[] s_statuses = [100, 180, 183, 200, 200, 200, 200, 200, 200, 200, 200, 200, 302, 401, 404, 408, 481, 486, 487, 488, 491, 500, 503, 603];
    private static readonly string[] s_numbers = ["+1001", "+1001", "+1001", "+1002", "+1003", "+1004", "+1005", "+1006", "+9999"];
    private static readonly int[] s_refusals = [100, 180, 400, 401, 403, 405, 407, 408, 422, 481, 488, 491, 500, 503];
    private static readonly string[] s_refreshers = ["", ";refresher=uac", ";refresher=uas"];
    private static readonly string[] s_relayed = ["INFO", "MESSAGE", "NOTIFY"];
    private static readonly string[] s_directions = ["sendrecv", "sendonly", "recvonly", "inactive"];

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 150).Select(static i => (ulong)i)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void AnythingInAnyOrder_LeavesNothingBehind(ulong seed) => new Run(seed).Go(steps: 400);

    /// <summary>The same with everything that a dialog can do: PRACK, UPDATE, session timers, REFER with and without Replaces, relayed requests, challenges, lost messages.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void EveryMethodInAnyOrder_LeavesNothingBehind(ulong seed) => new Run(seed, everyMethod: true).Go(steps: 500);

    private sealed class Run
    {
        private readonly bool _everyMethod;
        private uint _rseq;
        private readonly World _world;
        private readonly Peer _alice;
        private readonly Peer[] _callees;
        private readonly List<PeerDialog> _dialled = [];
        private readonly List<PeerDialog> _asked = [];
        private readonly List<(PromptSource Prompt, SessionHandle Call)> _prompts = [];
        private ulong _state;

        public Run(ulong seed, bool everyMethod = false)
        {
            _everyMethod = everyMethod;
            _state = seed * 0x9E3779B97F4A7C15;
            _world = new World { ShardCount = 1 + (int)(seed % 2), MayPassAddresses = true };
            _world.Options = _world.Options with { MaxCalls = 8, MediaTimeout = seed % 3 == 0 ? TimeSpan.FromSeconds(60) : TimeSpan.Zero, MaxCallDuration = TimeSpan.FromMinutes(5) };
            _alice = _world.AddPeer("alice", "198.51.100.10");
            _callees = [_world.AddPeer("bob", "203.0.113.101"), _world.AddPeer("carol", "203.0.113.102"), _world.AddPeer("dave", "203.0.113.103")];
            Peer[] c = _callees;
            _world.RouteToTrunks("+1001", c[0]);
            _world.RouteToTrunks("+1002", c);
            _world.Route("+1003", Ring(parallel: true, c[0], c[1], c[2]));
            _world.Route("+1004", Ring(parallel: true, c[0], c[1]), Ring(parallel: false, c[2], c[0]), new AnnouncementStep(PromptSource.FromText("a")));
            _world.Route("+1005", new AnnouncementStep(PromptSource.FromText("b")), Ring(parallel: true, c[0], c[1]));
            _world.Route("+1006", new AnnouncementStep(PromptSource.FromText("c")));
            if (everyMethod)
            {
                UseEverything(c);
            }
        }

        private void UseEverything(Peer[] callees)
        {
            _world.Options = _world.Options with
            {
                SilentCallProbe = TimeSpan.FromSeconds(40),
                SessionTimers = new SessionTimerOptions { Expires = TimeSpan.FromSeconds(90), Minimum = TimeSpan.FromSeconds(90) },
                EarlyMedia = (EarlyMediaSource)Next(3),
                ReliableProvisionals = (ReliableProvisionals)Next(3),
            };
            _world.Policy.InboundTrunks[_alice.Endpoint] = new Trunk { Name = "from-alice", Transfers = TransferPolicy.Terminate, Limits = new TrunkLimits { Calls = 6 } };
            var trunks = new Trunk[callees.Length];
            for (int i = 0; i < trunks.Length; i++)
            {
                trunks[i] = new Trunk
                {
                    Name = "to-" + callees[i].Name,
                    Targets = [World.Hop(callees[i])],
                    Transfers = i == 2 ? TransferPolicy.Pass : TransferPolicy.Terminate,
                    Credentials = i == 1 ? new TrunkCredentials("u", "p") : null,
                    Limits = new TrunkLimits { Calls = 5 },
                };
                _world.Policy.InboundTrunks[callees[i].Endpoint] = trunks[i];
            }

            TrunkTarget[] t = [.. trunks.Select(static trunk => new TrunkTarget(trunk))];
            _world.Route("+1001", new DialStep([t[0]], Parallel: false, TimeSpan.FromSeconds(20)));
            _world.Route("+1002", new DialStep([.. t], Parallel: false, TimeSpan.FromSeconds(20)));
            _world.Route("+1003", new DialStep([.. t], Parallel: true, TimeSpan.FromSeconds(20)));
            _world.Route("+1004", new DialStep([t[1]], Parallel: false, TimeSpan.FromSeconds(20)), new AnnouncementStep(PromptSource.FromText("a")));
        }

        public void Go(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                Step();
                _prompts.AddRange(_world.Shards.SelectMany(static s => s.PromptRequests));
                foreach (SimulatedShard shard in _world.Shards)
                {
                    shard.PromptRequests.Clear();
                }
            }

            foreach (SimulatedShard shard in _world.Shards)
            {
                shard.Core.EndCalls();
            }

            Assert.Equal(_world.Shards.Sum(static s => s.Context.Statistics.CallsStarted), _world.Records.Count);
            Assert.Equal(_world.Records.Count, _world.Records.Select(static r => r.CallId).Distinct().Count());
            _world.Dispose();
        }

        private static DialStep Ring(bool parallel, params Peer[] peers) =>
            new([.. peers.Select(static p => new TrunkTarget(World.TrunkTo(p)))], parallel, TimeSpan.FromSeconds(20));

        private void Step()
        {
            _world.EntryShard = Next(_world.ShardCount);
            if (_everyMethod && Next(4) == 0 && _dialled.Count + _asked.Count > 0)
            {
                Extend(Next(2) == 0 && _asked.Count > 0 || _dialled.Count == 0 ? Pick(_asked) : Pick(_dialled));
                return;
            }

            switch (Next(16))
            {
                case 0 when _dialled.Count < 40:
                    _dialled.Add(PeerDialog.Dial(_alice, Pick(s_numbers), Next(4) == 0 ? null : Offer(_alice), Extensions()));
                    break;
                case 1:
                    _world.Advance(Next(25) == 0 ? 35 : Next(150) / 100.0);
                    break;
                case 2 when _prompts.Count > 0:
                    (PromptSource _, SessionHandle call) = Pick(_prompts);
                    _world.Shards[call.Shard].Core.Calls.OnPromptReady(call, Next(3) == 0 ? null : AudioClip.FromPcm(new short[Next(20_000)]), "none");
                    break;
                case 3 when !_world.Unreachable.Remove(_alice) && !_world.Unreachable.Remove(Pick(_callees)) && Next(6) == 0:
                    _world.Unreachable.Add(Next(4) == 0 ? _alice : Pick(_callees));
                    break;
                case 4:
                    Peer replaying = Next(2) == 0 ? _alice : Pick(_callees);
                    if (replaying.Sent.Count > 0)
                    {
                        replaying.Send(Pick(replaying.Sent));
                    }

                    break;
                case 5 or 6 when _dialled.Count > 0:
                    Act(Pick(_dialled));
                    break;
                case 7 when _asked.Count > 0:
                    Act(Pick(_asked));
                    break;
                case 8 or 9 when _asked.Count > 0:
                    Respond(Pick(_asked));
                    break;
                default:
                    Peer reader = Next(2) == 0 ? _alice : Pick(_callees);
                    for (int i = Next(6); i >= 0 && reader.TakeAny() is { } message; i--)
                    {
                        Read(reader, message);
                    }

                    break;
            }
        }

        private void Read(Peer peer, SipText message)
        {
            if (!message.IsRequest)
            {
                PeerDialog? dialog = _dialled.Concat(_asked).FirstOrDefault(d => d.CallId == message.CallId && ReferenceEquals(d.Peer, peer));
                if (dialog is not null && message.Method == "INVITE" && message.Status >= 180)
                {
                    if (message.Status < 300 && message.Has("Contact"))
                    {
                        dialog.Learn(message);
                    }

                    if (message.Status >= 200 && Next(5) > 0)
                    {
                        Acknowledge(dialog, message);
                    }
                    else if (message.Has("RSeq") && Next(4) > 0)
                    {
                        dialog.Send("PRACK", $"RAck: {message["RSeq"]} {message.CSeq} INVITE\r\n", Next(3) == 0 ? Offer(peer) : null);
                    }
                }

                return;
            }

            switch (message.Method)
            {
                case "INVITE" when message.ToTag.Length > 0 && _dialled.Concat(_asked).FirstOrDefault(d => d.CallId == message.CallId) is { } known:
                    known.TakeReInvite(message);
                    _asked.Add(known);
                    Respond(known);
                    break;
                case "INVITE":
                    _asked.Add(PeerDialog.Answering(peer, message));
                    Respond(_asked[^1]);
                    break;
                case "BYE" or "CANCEL" when Next(5) > 0:
                    peer.Respond(message, Next(5) == 0 ? 481 : 200);
                    break;
                case "PRACK" or "UPDATE" or "INFO" or "NOTIFY" or "REFER" or "OPTIONS" or "MESSAGE" when _everyMethod && Next(6) > 0:
                    int status = Next(3) > 0 ? 200 : Pick(s_refusals);
                    peer.Respond(message, status, sdp: status == 200 && message.Body.Length > 0 && message.Method is "UPDATE" or "PRACK" ? Offer(peer) : null, extra: Refusal(status, ""));
                    break;
                default:
                    break;
            }
        }

        /// <summary>Headers by which a peer offers or asks for more than plain calls.</summary>
        private string Extensions() =>
            !_everyMethod ? "" : (Next(2) == 0 ? "Supported: 100rel, timer\r\n" : "") + (Next(2) == 0 ? "Allow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK\r\n" : "")
                + (Next(2) == 0 ? $"Session-Expires: {90 + Next(2)}{Pick(s_refreshers)}\r\n" : "");

        private string Refusal(int status, string otherwise) => !_everyMethod ? otherwise : status switch
        {
            401 => "WWW-Authenticate: Digest realm=\"r\", nonce=\"n" + Next(5) + "\"\r\n",
            407 => "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n" + Next(5) + "\", qop=\"auth\"\r\n",
            422 => "Min-SE: " + (90 + (30 * Next(4))) + "\r\n",
            180 or 183 when Next(2) == 0 => $"Require: 100rel\r\nRSeq: {Rseq()}\r\n" + Extensions(),
            200 => Extensions(),
            _ => otherwise,
        };

        private uint Rseq() => Next(5) == 0 ? (uint)Next(10) : ++_rseq;

        private void Extend(PeerDialog dialog)
        {
            PeerDialog other = Pick(Next(2) == 0 && _asked.Count > 0 || _dialled.Count == 0 ? _asked : _dialled);
            string replaces = Uri.EscapeDataString($"{other.CallId};to-tag={other.RemoteTag};from-tag={other.LocalTag}");
            switch (Next(9))
            {
                case 0:
                    dialog.Send("UPDATE", Extensions(), Next(2) == 0 ? Offer(dialog.Peer) : null);
                    break;
                case 1:
                    dialog.Send("REFER", $"Refer-To: <sip:{Pick(s_numbers)}@{World.ServerHost}>\r\n");
                    break;
                case 2:
                    dialog.Send("REFER", $"Refer-To: <sip:{Pick(s_numbers)}@{World.ServerHost}?Replaces={replaces}>\r\n");
                    break;
                case 3 when _dialled.Count < 60 && other.RemoteTag.Length > 0:
                    _dialled.Add(PeerDialog.Dial(other.Peer, "+1001", Offer(other.Peer), $"Require: replaces\r\nReplaces: {other.CallId};to-tag={other.RemoteTag};from-tag={other.LocalTag}\r\n"));
                    break;
                case 4:
                    dialog.SendInvite(Next(4) == 0 ? null : Offer(dialog.Peer), Extensions());
                    break;
                case 5:
                    dialog.Send(Pick(s_relayed), "Event: refer\r\nSubscription-State: active\r\n");
                    break;
                case 6 when dialog.HasInvited:
                    dialog.Cancel();
                    break;
                case 7 when dialog.Invite is not null:
                    // What ends most calls well, and so lets them get far.
                    dialog.Respond(200, Offer(dialog.Peer), extra: Extensions());
                    break;
                default:
                    dialog.Peer.TakeAny();
                    break;
            }
        }

        private void Acknowledge(PeerDialog dialog, SipText response)
        {
            if (!dialog.HasInvited)
            {
                return;
            }

            if (response.Status >= 300)
            {
                dialog.Ack(response);
            }
            else
            {
                dialog.Ack(Next(3) == 0 ? null : Offer(dialog.Peer));
            }
        }

        private void Respond(PeerDialog dialog)
        {
            if (dialog.Invite is null)
            {
                return;
            }

            int status = Pick(s_statuses);
            string? sdp = status is 183 or 200 && Next(8) > 0 ? Offer(dialog.Peer) : null;
            string? tag = Next(12) == 0 ? "fork" + Next(3) : null;
            dialog.Respond(status, sdp, tag: tag, contact: Next(20) == 0 ? "" : null, extra: Refusal(status, Next(10) == 0 ? "Reason: Q.850;cause=34\r\n" : ""));
        }

        private void Act(PeerDialog dialog)
        {
            switch (Next(7))
            {
                case 0:
                    dialog.Bye();
                    break;
                case 1:
                    dialog.SendInvite(Next(4) == 0 ? null : Offer(dialog.Peer));
                    break;
                case 2 when dialog.HasInvited:
                    dialog.Cancel();
                    break;
                case 3:
                    dialog.Send("OPTIONS");
                    break;
                case 4 when dialog.HasInvited:
                    dialog.Ack(Next(2) == 0 ? null : Offer(dialog.Peer));
                    break;
                case 5:
                    dialog.Send("INFO");
                    break;
                case 6 when dialog.HasInvited:
                    dialog.Repeat(Offer(dialog.Peer));
                    break;
                default:
                    break;
            }
        }

        private string Offer(Peer peer) =>
            Next(15) == 0 ? "v=0\r\nbroken" : PeerSdp.Audio(peer, (ushort)(40000 + (2 * Next(50))), Pick(s_directions), Next(10) == 0 ? "18" : Next(2) == 0 ? "0 8 101" : "8 0 96", Next(2) == 0 ? "96" : "101");

        private T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

        /// <summary>xorshift64*: the same run for the same seed on every machine.</summary>
        private int Next(int bound)
        {
            _state ^= _state >> 12;
            _state ^= _state << 25;
            _state ^= _state >> 27;
            return (int)((_state * 0x2545F4914F6CDD1D >> 33) % (ulong)bound);
        }
    }
}
