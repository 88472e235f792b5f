"""CPU per registration of MediaCore and of Kamailio with usrloc in memory, and memory per contact held; see register.sh."""
import csv
import hashlib
import json
import pathlib
import sqlite3
import subprocess
import sys
import time
import uuid

import delivery
import goals
import measurement as m
import noise

KAMAILIO_PORT = 5070
PHONE_PORT = 6060


def digest(algorithm, name):
    return hashlib.new(algorithm, f"{name}:bench:secret".encode()).hexdigest()


def configure(folder):
    configuration = {
        "dataFolder": str(folder),
        "sip": {"listen": [f"udp://127.0.0.1:{m.SIP_PORT}"], "realm": "bench", "defence": {"trusted": ["127.0.0.0/8"]}},
        "media": {"address": "127.0.0.1", "ports": "30000-30999"},
        "http": {"listen": f"http://127.0.0.1:{m.HTTP_PORT}"},
    }
    path = pathlib.Path(folder) / "mediacore.json"
    path.write_text(json.dumps(configuration, indent=2))
    return path


def start(processes, root, path, name):
    process = processes.start(name, ["dotnet", f"{root}/artifacts/run/mediacore.dll", "run", "--config", str(path)], cwd=path.parent)

    def is_ready():
        if process.poll() is not None:
            raise m.Unmeasurable("the server did not start:\n" + process.log_path.read_text())
        return "MediaCore ready" in process.log_path.read_text()

    m.wait_for(is_ready, "the server's ready line", 120)
    return process


def add_accounts(folder, count):
    """Straight into the database that the first start made: the command line would take a second for each."""
    with sqlite3.connect(next(pathlib.Path(folder).glob("*.db"))) as database:
        table = next(row[0] for row in database.execute("select name from sqlite_master where type='table' and sql like '%ha1_md5%'"))
        columns = {row[1]: row for row in database.execute(f"pragma table_info({table})")}
        example = dict(zip(columns, database.execute(f"select * from {table} limit 1").fetchone()))
        for i in range(1, count + 1):
            name = f"u{i}"
            row = dict(example, name=name, realm="bench", ha1_md5=digest("md5", name), ha1_sha256=digest("sha256", name))
            for key in ("id", "Id"):
                if key in row:
                    row[key] = str(uuid.uuid4()).upper() if isinstance(example[key], str) else None
            database.execute(f"insert into {table} ({','.join(row)}) values ({','.join('?' * len(row))})", list(row.values()))


def run_phones(arguments, folder, port, accounts, rate, cseq):
    """SIPp as so many phones, each registering once; what it counted. A phone keeps its Call-ID from run to run and counts its CSeq up (RFC 3261 §10.2.4)."""
    phones = pathlib.Path(folder) / "phones.csv"
    phones.write_text("SEQUENTIAL\n" + "".join(f"u{i};[authentication username=u{i} password=secret]\n" for i in range(1, accounts + 1)))
    statistics = pathlib.Path(folder) / "sipp.csv"
    statistics.unlink(missing_ok=True)
    run = subprocess.run(
        ["sipp", f"127.0.0.1:{port}", "-sf", f"{arguments.root}/perf/compare/register.xml", "-inf", str(phones), "-i", "127.0.0.1", "-p", str(PHONE_PORT), "-m", str(accounts), "-r", str(rate),
         "-l", str(max(1000, rate * 3)), "-nostdin", "-cid_str", "%u@phones", "-key", "first_cseq", str(cseq), "-key", "second_cseq", str(cseq + 1), "-trace_stat", "-stf", str(statistics), "-fd", "1", "-recv_timeout", "20000"],
        capture_output=True, text=True, check=False, cwd=folder)
    if not statistics.exists():
        raise m.Unmeasurable(f"SIPp gave no figures:\n{run.stdout[-2000:]}{run.stderr}")
    last = list(csv.DictReader(statistics.open(), delimiter=";"))[-1]
    return int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"]), int(last["Retransmissions(C)"])


def run_round(arguments, folder, label, port, pids, cseq):
    load_before = m.load()
    cpu = m.cpu_seconds(pids)
    ok, failed, retransmitted = run_phones(arguments, folder, port, arguments.accounts, arguments.rate, cseq)
    cpu = m.cpu_seconds(pids) - cpu
    figures = {"server": label, "ok": ok, "failed": failed, "retransmissions": retransmitted, "cpu_s": cpu, "cpu_ms": 1000 * cpu / max(ok, 1), "load_before": load_before,
               "delivered": ok == arguments.accounts and failed == 0 and retransmitted == 0}
    m.say(f"   {label}: ok {ok}, failed {failed}, retransmissions {retransmitted}, {figures['cpu_ms']:.3f} ms each; load before {load_before}")
    return figures


def hold(arguments, folder, label, port, pids):
    """Memory that the contacts of --held accounts add; transactions have ended when it is read."""
    run_phones(arguments, folder, port, min(arguments.accounts, arguments.held // 4), arguments.rate, 1)
    time.sleep(40)
    before = m.resident_bytes(pids)
    ok, failed, _ = run_phones(arguments, folder, port, arguments.held, arguments.rate, 3)
    time.sleep(40)
    after = m.resident_bytes(pids)
    added = ok - min(arguments.accounts, arguments.held // 4)
    figures = {"server": label, "contacts": ok, "failed": failed, "bytes_before": before, "bytes_after": after, "bytes_per_contact": (after - before) / max(added, 1)}
    m.say(f"   {label}: {ok} contacts, {before / 2**20:.1f} -> {after / 2**20:.1f} MiB, {figures['bytes_per_contact']:.0f} bytes each")
    return figures


def main():
    parser = m.Options()
    parser.add_argument("--root", required=True)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--accounts", type=int, default=15000, help="each registers once a round, which at the default rate is 15 s")
    parser.add_argument("--rounds", type=int, default=5, help="pairs that count; one more comes first to warm up")
    parser.add_argument("--warm-up", type=int, default=20, help="runs at three times the rate before the rounds at most; they end when the runtime has compiled what is used")
    parser.add_argument("--held", type=int, default=20000, help="contacts for the memory figure; 0 leaves it out")
    arguments = parser.parse_args()
    m.bring_loopback_up()
    with m.working_folder() as folder, m.Processes(folder) as processes:
        path = configure(folder)
        first = start(processes, arguments.root, path, "mediacore-first")
        processes.stop(first)
        add_accounts(folder, max(arguments.accounts, arguments.held))
        server = start(processes, arguments.root, path, "mediacore")
        kamailio = processes.start("kamailio", [
            "kamailio", "-f", f"{arguments.bench}/peers/kamailio-registrar.cfg", "-DD", "-E", "-m", "256", "-Y", folder, "-P", f"{folder}/kamailio.pid"])
        m.wait_for(lambda: kamailio.poll() is not None or len(m.descendants(kamailio.pid)) >= 4, "Kamailio's start")
        if kamailio.poll() is not None:
            raise m.Unmeasurable("Kamailio did not start:\n" + kamailio.log_path.read_text(errors="replace"))
        time.sleep(1)
        peer_pids = m.descendants(kamailio.pid)
        held = [hold(arguments, folder, "mediacore", m.SIP_PORT, [server.pid]), hold(arguments, folder, "kamailio", KAMAILIO_PORT, peer_pids)] if arguments.held else []
        runs = warm_up(arguments, folder)
        rounds = []
        for number in range(arguments.rounds + 1):
            m.say(f"round {number}{' (warm-up, discarded)' if number == 0 else ''}")
            before = m.metrics()
            cseq = 5 + (2 * (runs + number))
            with noise.Watch() as watch:
                ours = run_round(arguments, folder, "mediacore", m.SIP_PORT, [server.pid], cseq)
                after = m.metrics()
                ours["allocated_bytes"] = (m.total(after, m.ALLOCATED) - m.total(before, m.ALLOCATED)) / max(ours["ok"], 1)
                ours["compiled_s"] = m.total(after, m.COMPILED) - m.total(before, m.COMPILED)
                peer = run_round(arguments, folder, "kamailio", KAMAILIO_PORT, peer_pids, cseq)
            rounds.append({"warm_up": number == 0, "mediacore": ours, "peer": peer, "ratio": ours["cpu_ms"] / max(peer["cpu_ms"], 1e-9), "noise": watch.figures})
    report(arguments, rounds, held, runs)


def warm_up(arguments, folder):
    """Both serve runs at three times the rate until ours has compiled for less than a tenth of a percent of one; how many there were."""
    for number in range(arguments.warm_up):
        compiled = m.total(m.metrics(), m.COMPILED)
        for port in (m.SIP_PORT, KAMAILIO_PORT):
            run_phones(arguments, folder, port, arguments.accounts, 3 * arguments.rate, 5 + (2 * number))
        compiled = m.total(m.metrics(), m.COMPILED) - compiled
        m.say(f"   warm-up {number + 1}: compiled for {compiled:.3f} s")
        if compiled < 0.001 * arguments.accounts / (3 * arguments.rate):
            return number + 1
    return arguments.warm_up


def report(arguments, rounds, held, runs):
    clean, lost = delivery.whole(noise.counted(rounds))
    figures = goals.Figures(lost)
    figures.add("register", [r["ratio"] for r in clean])
    data = {
        "what": "register", "command": f"perf/compare/register.sh --rate {arguments.rate} --accounts {arguments.accounts} --rounds {arguments.rounds} --held {arguments.held}",
        "machine": m.machine(), "commit": m.commit(arguments.root), "kamailio": m.version_of(["kamailio", "-v"], r"kamailio ([\d.]+)"),
        "lost_rounds": lost, "goals": figures.values, "rounds": rounds, "held": held,
    }
    lines = [
        "# Registrations: CPU each, memory of a contact", "",
        f"REGISTER, 401, REGISTER with digest (MD5), 200 at {arguments.rate}/s, {arguments.accounts} accounts a round, SIPp as the phones, both servers up, rounds in turns.",
        "Phones refresh a contact that is held (same Call-ID, next CSeq), which nearly every REGISTER does; the first registrations came before, with the memory.",
        f"Before the rounds both served {runs} runs at three times the rate, until the runtime had compiled what is used or {arguments.warm_up} were over: a server runs for months, and what is compiled in its first minutes is not the cost of",
        "a registration. What was compiled in the rounds nevertheless is in their figures.",
        "MediaCore keeps its contacts on disk as it does by default; Kamailio has usrloc in memory alone (db_mode 0), one password for all and two workers.", "",
        f"- machine: {data['machine']}", f"- commit: {data['commit']}; Kamailio {data['kamailio']}", f"- command: `{data['command']}`", "",
        "| round | MediaCore ms | Kamailio ms | ratio | failed | retransmissions | load before | MediaCore bytes allocated | compiled s |",
        "|---|---|---|---|---|---|---|---|---|"]
    for number, r in enumerate(rounds):
        a, b = r["mediacore"], r["peer"]
        lines.append(f"| {delivery.label(number, r, clean)} | {a['cpu_ms']:.3f} | {b['cpu_ms']:.3f} | {r['ratio']:.2f} | {a['failed']} / {b['failed']} | {a['retransmissions']} / {b['retransmissions']} | "
                     f"{a['load_before']:.1f} / {b['load_before']:.1f} | {a['allocated_bytes']:.0f} | {a['compiled_s']:.2f} |")
    lines += ["", *figures.lines(), f"- {noise.summary(clean)}", ""]
    for h in held:
        lines.append(f"- {h['server']}: {h['contacts']} contacts held, {h['bytes_before'] / 2**20:.1f} → {h['bytes_after'] / 2**20:.1f} MiB (PSS), {h['bytes_per_contact']:.0f} bytes a contact.")
    lines.append("")
    m.write_report(arguments.root, "register", data, "\n".join(lines))
    sys.exit(0 if figures.hold else 1)


if __name__ == "__main__":
    m.run(main)
