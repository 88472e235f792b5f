"""The goals: what each must hold and where it is to go, in one place, and the figure of each for a result's JSON."""
import typing

import measurement as m


MISSED = "missed"


class Goal(typing.NamedTuple):
    """One figure. It has to be at most "must", or at least where is_least is set; nearer to "reach" is better."""
    number: int
    key: str
    what: str
    must: float
    reach: float
    comparison: str          # perf/results/DATE-<comparison>.json has it under "goals"
    unit: str = ""           # empty: a ratio
    is_least: bool = False
    tolerance: float = 0     # what the way of measuring cannot tell apart from the bound

    def holds(self, value, bound):
        return value >= bound - self.tolerance if self.is_least else value <= bound + self.tolerance

    def verdict(self, value):
        return "reach held" if self.holds(value, self.reach) else "must held" if self.holds(value, self.must) else MISSED

    def bound(self, value):
        return f"{'≥' if self.is_least else '≤'} {value:g}{' ' + self.unit if self.unit else ''}"


GOALS = (
    Goal(1, "relay-floor", "plain RTP relay, CPU per packet / floor_epoll", 1.25, 0.95, "rtp"),
    Goal(2, "relay-rtpengine", "plain RTP relay, CPU per packet / rtpengine in userspace", 0.75, 0.15, "rtp"),
    Goal(3, "srtp-plain", "SRTP to RTP relay, CPU per packet / plain relay", 1.25, 1.10, "rtp"),
    Goal(4, "srtp-aes-cm", "protect 172 B, AES-CM with 80 bits of HMAC / libsrtp2", 0.50, 0.20, "srtp"),
    Goal(4, "srtp-gcm", "protect 172 B, AES-GCM / libsrtp2", 0.80, 0.40, "srtp"),
    Goal(5, "parse", "INVITE of 600 to 900 B read with typed headers", 1.0, 0.4, "parser", "µs"),
    Goal(5, "parse-bytes", "allocated by that", 0, 0, "parser", "B"),
    Goal(6, "pass-proxy", "B2BUA call without media, CPU / Kamailio as a proxy", 1.3, 0.6, "proxy"),
    Goal(7, "anchored-sbc", "SBC call with anchored media, CPU / Kamailio and rtpengine", 0.5, 0.2, "signalling"),
    Goal(8, "register", "REGISTER with digest, CPU / Kamailio with usrloc in memory", 0.6, 0.2, "register"),
    Goal(9, "opus-libopus", "call between Opus and PCMU, CPU / a bare loop over libopus", 1.15, 1.05, "transcode"),
    Goal(9, "opus-rtpengine", "the same / rtpengine", 0.85, 0.60, "transcode"),
    Goal(10, "grpc-unary", "gRPC unary call, server CPU / @grpc/grpc-js", 0.5, 0.2, "grpc"),
    Goal(10, "grpc-stream", "gRPC streamed message, server CPU / @grpc/grpc-js", 0.4, 0.1, "grpc"),
    Goal(11, "relay-delay", "delay added by the relay, p99.9 / floor_epoll's", 2, 1.2, "rtp"),
    # The whole process is counted, with what its timers do meanwhile: a tenth of a byte per packet is no allocation per packet.
    Goal(11, "relay-bytes", "allocated per relayed packet", 0, 0, "rtp", "B", tolerance=0.1),
    Goal(12, "memory", "memory per anchored call held / Kamailio and rtpengine", 0.5, 0.15, "memory"),
    Goal(13, "call-bytes", "allocated per anchored call by the whole server", 8192, 1024, "signalling", "B"),
    Goal(14, "goodput", "goodput at twice the knee / peak", 0.85, 0.97, "overload", is_least=True),
    Goal(14, "unanswered", "calls beyond the knee that got neither service nor a 503", 0, 0, "overload", "calls"),
    Goal(15, "jitter", "jitter buffer, mean delay at equal late loss / best fixed buffer in hindsight", 0.9, 0.7, "jitter"),
    Goal(16, "lookup", "number look-up and routing decision at 10 million numbers / plain hash look-up", 3, 1.5, "numbers"),
    Goal(16, "queue", "queue decision at 100,000 agents / at 1,000", 2.5, 1.5, "numbers"),
    Goal(17, "shards", "two shards / one, calls per second", 1.6, 1.85, "shards", is_least=True),
    Goal(18, "start", "start to the first answered OPTIONS", 2, 0.5, "startup", "s"),
)


def of(key):
    return next(goal for goal in GOALS if goal.key == key)


class Figures:
    """The figures of one comparison: what its JSON has under "goals", its report's lines, and whether every must holds."""

    def __init__(self, lost=0):
        """With the number of rounds in which MediaCore did not deliver everything: a must is not held by losing."""
        self.values = {}
        self._lost = lost

    def add(self, key, values):
        """Median of the rounds' values with its spread."""
        self.put(key, *m.spread(values), len(values))

    def put(self, key, median, lowest, highest, rounds):
        """The same for who has summed its rounds up itself."""
        goal = of(key)
        self.values[key] = {"goal": goal.number, "must": goal.must, "reach": goal.reach, "measured": median, "lowest": lowest, "highest": highest, "rounds": rounds, "lost_rounds": self._lost,
                            "verdict": MISSED if self._lost else goal.verdict(median)}

    def lines(self):
        unit = {key: " " + of(key).unit if of(key).unit else "" for key in self.values}
        return [f"- Goal {f['goal']}, {of(key).what}: **{f['measured']:.3g}{unit[key]}** (median of {f['rounds']}, {f['lowest']:.3g} to {f['highest']:.3g}); must {of(key).bound(f['must'])}, "
                f"reach {of(key).bound(f['reach'])}: {f['verdict']}{self.loss()}." for key, f in self.values.items()]

    def loss(self):
        return f", since MediaCore did not deliver everything in {self._lost} rounds" if self._lost else ""

    @property
    def hold(self):
        return all(f["verdict"] != MISSED for f in self.values.values())
