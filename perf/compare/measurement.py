"""What the comparisons share: processes that end with the run, their CPU, the server's metrics, the report."""
import argparse
import contextlib
import datetime
import fcntl
import hashlib
import json
import os
import pathlib
import platform
import re
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request

SIP_PORT = 5060
HTTP_PORT = 8080
MEDIA_PORTS = "30000-39999"          # rtpengine has 40000-49999, the C relay 20000 and up, the generator 6000 and up
RTPENGINE_PORTS = (40000, 49999)
CPUCLOCK_SCHED = 2                   # of Linux' clock ids: what the scheduler has counted


# Exit codes, the same of every comparison. 0: every must holds; 1: one is missed; 3 is noise.NOT_QUIET, 4 delivery.NOT_DELIVERED.
UNMEASURABLE = 2
WRONG_OPTION = 64                    # EX_USAGE of sysexits(3)


def say(text):
    print(text, file=sys.stderr, flush=True)


class Unmeasurable(SystemExit):
    """Ends the comparison without a result: why it can't be measured here goes to the error output, the exit code is 2."""

    def __init__(self, why):
        say(why)
        super().__init__(UNMEASURABLE)


class Options(argparse.ArgumentParser):
    """A comparison's options. A wrong one ends with a code of its own: argparse's 2 means here that something can't be measured."""

    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(WRONG_OPTION, f"{self.prog}: {message}\n")


def run(main):
    """Runs a comparison. What nobody foresaw is told, and ends with 2, since Python's own 1 means here that a goal is missed."""
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except Exception:
        traceback.print_exc()
        sys.exit(UNMEASURABLE)


def bring_loopback_up():
    """A new network namespace has its loopback down; elsewhere this changes nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(s, 0x8913, request))[1]
        if not flags & 1:
            fcntl.ioctl(s, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))


class Processes:
    """Programs started by the measurement; whatever happens they are ended, by their ids."""

    def __init__(self, folder):
        self._folder = pathlib.Path(folder)
        self._running = []

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        for process in reversed(self._running):
            self.stop(process)

    def start(self, name, command, **options):
        log = open(self._folder / f"{name}.log", "wb")
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **options)
        process.log_path = self._folder / f"{name}.log"
        self._running.append(process)
        return process

    def stop(self, process):
        if process in self._running:
            self._running.remove(process)
        for number, patience in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
            if process.poll() is not None:
                return
            process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience)


def wait_for(condition, what, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Unmeasurable(f"{what} did not happen within {seconds} s")
        time.sleep(0.02)


def descendants(pid):
    """A process and all processes that it started."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += descendants(int(child))
    return found


def cpu_seconds(pids):
    """User and system time in steps of a nanosecond, of all threads, those that have ended included: each process' clock, clock_getcpuclockid(3). The 10 ms of /proc/PID/stat are too coarse for a round."""
    try:
        return sum(time.clock_gettime(~pid << 3 | CPUCLOCK_SCHED) for pid in pids)
    except OSError:
        raise Unmeasurable(f"a process that was to be measured has ended; it was one of {', '.join(map(str, pids))}") from None


def resident_bytes(pids):
    """Proportional set size: memory that processes share is counted once."""
    total = 0
    for pid in pids:
        total += int(re.search(r"^Pss:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M).group(1))
    return total * 1024


def udp_drops():
    """Datagrams that the kernel threw away because a socket's buffer was full, on the whole machine or in the measurement's own network namespace (RFC 4113 udpInErrors)."""
    names, values = (line.split() for line in pathlib.Path("/proc/self/net/snmp").read_text().splitlines() if line.startswith("Udp:"))
    return int(values[names.index("InErrors")])


def load():
    return float(pathlib.Path("/proc/loadavg").read_text().split()[0])


def metrics():
    """The server's metrics: name with labels -> value."""
    values = {}
    with urllib.request.urlopen(f"http://127.0.0.1:{HTTP_PORT}/metrics", timeout=10) as page:
        for line in page.read().decode().splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                values[name] = float(value)
    return values


def total(values, name):
    """Sum over the labels of a metric."""
    found = [v for k, v in values.items() if k.split("{")[0] == name]
    if not found:
        raise Unmeasurable(f"the server has no metric {name}")
    return sum(found)


ALLOCATED = "dotnet_gc_heap_total_allocated_bytes_total"
COMPILED = "dotnet_jit_compilation_time_seconds_total"  # includes waiting for a processor


def start_server(processes, root, folder, more=None, media="anchor"):
    """Starts MediaCore as an SBC towards port 5090, with media anchored or passed; returns the process and the seconds to its first answered OPTIONS."""
    configuration = {
        "dataFolder": str(folder),
        "sip": {"listen": [f"udp://127.0.0.1:{SIP_PORT}"]},
        "media": {"address": "127.0.0.1", "ports": MEDIA_PORTS},
        "http": {"listen": f"http://127.0.0.1:{HTTP_PORT}"},
        "trunks": [{"name": "carrier-a", "targets": ["sip:127.0.0.1:5090;transport=udp"], "from": ["127.0.0.0/8"], "media": media, **({"srtp": "accept"} if media == "anchor" else {})}],
        "routes": [{"name": "all", "match": {"to": "+1*"}, "trunks": ["carrier-a"]}],
        "numbers": {"enabled": False},
        **(more or {}),
    }
    path = pathlib.Path(folder) / "mediacore.json"
    path.write_text(json.dumps(configuration, indent=2))
    started = time.monotonic()
    process = processes.start("mediacore", ["dotnet", f"{root}/artifacts/run/mediacore.dll", "run", "--config", str(path)], cwd=folder)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        probe.settimeout(0.02)
        port = probe.getsockname()[1]
        while True:
            if process.poll() is not None or time.monotonic() - started > 60:
                raise Unmeasurable("the server did not start:\n" + process.log_path.read_text())
            options = (f"OPTIONS sip:127.0.0.1:{SIP_PORT} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKprobe\r\nMax-Forwards: 70\r\n"
                       f"From: <sip:probe@127.0.0.1>;tag=p\r\nTo: <sip:127.0.0.1:{SIP_PORT}>\r\nCall-ID: probe\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
            try:
                probe.sendto(options.encode(), ("127.0.0.1", SIP_PORT))
                if probe.recv(65536).startswith(b"SIP/2.0 200"):
                    break
            except (ConnectionRefusedError, socket.timeout):
                time.sleep(0.005)
    seconds = time.monotonic() - started
    wait_for(lambda: "MediaCore ready" in process.log_path.read_text(), "the server's ready line")
    return process, seconds


def start_rtpengine(processes, folder):
    process = processes.start("rtpengine", [
        "rtpengine", "--interface=127.0.0.1", "--listen-ng=127.0.0.1:2223", f"--port-min={RTPENGINE_PORTS[0]}", f"--port-max={RTPENGINE_PORTS[1]}",
        "--table=-1", "--foreground", "--log-stderr", "--log-level=3", f"--pidfile={folder}/rtpengine.pid"])

    def answers():
        if process.poll() is not None:
            raise Unmeasurable("rtpengine did not start:\n" + process.log_path.read_text(errors="replace"))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(0.2)
            try:
                s.sendto(b"0_1 d7:command4:pinge", ("127.0.0.1", 2223))
                return b"pong" in s.recv(4096)
            except (ConnectionRefusedError, socket.timeout):
                return False

    wait_for(answers, "an answer of rtpengine")
    return process


def benchmarks(root, *arguments):
    """Runs perf/MediaCore.Benchmarks, which prepare.sh's build_benchmarks has built; returns what it printed."""
    program = pathlib.Path(root) / "perf/MediaCore.Benchmarks/bin/Release/net10.0/MediaCore.Benchmarks.dll"
    run = subprocess.run(["dotnet", str(program), *map(str, arguments)], check=False, stdout=subprocess.PIPE, text=True, cwd=root)
    if run.returncode != 0:
        raise Unmeasurable(f"{program.name} {' '.join(map(str, arguments))} ended with {run.returncode}; what it said is above")
    return run.stdout


def spread(values):
    """Median, lowest and highest."""
    return statistics.median(values), min(values), max(values)


def machine():
    model = re.search(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    memory = int(re.search(r"^MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text(), re.M).group(1))
    return f"{os.cpu_count()} × {model.group(1) if model else platform.machine()}, {memory / 2**20:.1f} GiB, Linux {platform.release()}"


def version_of(command, pattern):
    output = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(pattern, output.stdout + output.stderr)
    return found.group(1) if found else "unknown"


# What a result depends on. Results themselves do not change what is measured.
MEASURED = ("src", "perf", "*.props", ":(exclude)perf/results")


def commit(root):
    """The commit that is measured; with changes of the server or of the measurement, untracked files included, a digest of these too, so that two states are never taken for one."""
    def git(*arguments):
        return subprocess.run(["git", "-C", root, *arguments], capture_output=True, check=False).stdout

    head = git("rev-parse", "--short", "HEAD").decode().strip()
    if not git("status", "--porcelain", "--untracked-files=all", "--", *MEASURED):
        return head
    digest = hashlib.sha256(git("diff", "HEAD", "--binary", "--", *MEASURED))
    for name in sorted(git("ls-files", "-z", "--others", "--exclude-standard", "--", *MEASURED).split(b"\0")):
        if name:
            digest.update(name + b"\0" + (pathlib.Path(root) / os.fsdecode(name)).read_bytes())
    return f"{head} with changes {digest.hexdigest()[:8]}"


def write_report(root, name, data, text):
    """perf/results/DATE-NAME.json and .md."""
    folder = pathlib.Path(root) / "perf" / "results"
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{datetime.date.today().isoformat()}-{name}"
    (folder / f"{stem}.json").write_text(json.dumps(data, indent=2) + "\n")
    (folder / f"{stem}.md").write_text(text)
    print(text)
    say(f"written: perf/results/{stem}.md and .json")


def working_folder():
    return tempfile.TemporaryDirectory(prefix="mediacore-compare-")
