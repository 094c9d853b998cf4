"""The sides of the comparison as processes: every peer waits stopped while another side works."""

import contextlib
import dataclasses
import json
import os
import select
import signal
import subprocess
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
# glibc keeps freed memory instead of giving it back to the kernel after every step, which costs PyTorch page faults.
KEEP_MEMORY = {
    "MALLOC_TRIM_THRESHOLD_": str(4 << 30),
    "MALLOC_MMAP_THRESHOLD_": str(4 << 30),
    "MALLOC_TOP_PAD_": str(256 << 20),
}


# Of the frameworks that were started, as they say themselves.
VERSIONS = {}


class Failed(Exception):
    """A side cannot do what it was asked."""


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    label: str
    # Virtual environment, that of the requirements file with the same name.
    environment: str
    trainer: str
    variables: dict = dataclasses.field(default_factory=dict)
    # Measured where the test set is evaluated, and nowhere else.
    evaluation_only: bool = False
    # Evaluates no faster than another peer of the list, since the same code does it.
    evaluates: bool = True


PEERS = [
    Peer("pytorch", "PyTorch, eager", "torch", "torch_trainer:TorchTrainer"),
    Peer("pytorch-malloc", "PyTorch, eager, malloc kept", "torch", "torch_trainer:TorchTrainer", KEEP_MEMORY),
    Peer(
        "pytorch-channels-last",
        "PyTorch, channels last, malloc kept",
        "torch",
        "torch_trainer:ChannelsLastTrainer",
        KEEP_MEMORY,
    ),
    Peer(
        "pytorch-ddp",
        "PyTorch, DDP over gloo, malloc kept",
        "torch",
        "torch_ddp:DDPTrainer",
        KEEP_MEMORY,
        evaluates=False,
    ),
    Peer(
        "pytorch-frozen",
        "PyTorch, traced and frozen",
        "torch",
        "torch_trainer:FrozenTrainer",
        KEEP_MEMORY,
        evaluation_only=True,
    ),
    Peer("keras", "Keras, model.fit on TensorFlow", "tensorflow", "tensorflow_trainer:FitTrainer"),
    Peer("tensorflow", "TensorFlow, tf.function loop", "tensorflow", "tensorflow_trainer:FunctionTrainer"),
    Peer("jax", "JAX, jit", "jax", "jax_trainer:JAXTrainer"),
]


class PeerProcess:
    """A peer from its start, when it has done its first step, to its end."""

    def __init__(self, peer, python, config, threads, seed=0, timeout=300):
        self.peer, self.timeout, self.buffer = peer, timeout, b""
        self.log = open(os.path.join(os.path.dirname(config), f"{peer.name}.log"), "w+")
        environment = {**os.environ, **peer.variables, "OMP_NUM_THREADS": str(threads)}
        if threads == 1:
            environment["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
        command = [python, os.path.join(FOLDER, "peer.py"), peer.trainer, config]
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [*command, "--threads", str(threads), "--seed", str(seed)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            start_new_session=True,
        )
        try:
            first = self.answer()
        except Failed:
            self.close()
            raise
        self.start_up = time.perf_counter() - started
        self.parameters = first["parameters"]
        VERSIONS.update(first["versions"])
        self.signal(signal.SIGSTOP)

    def ask(self, **command):
        """Lets the process work until it has answered. No other side works meanwhile."""
        self.signal(signal.SIGCONT)
        try:
            self.process.stdin.write(json.dumps(command).encode() + b"\n")
            self.process.stdin.flush()
            return self.answer()
        except BrokenPipeError:
            raise Failed(self.last_words()) from None
        finally:
            self.signal(signal.SIGSTOP)

    def answer(self):
        deadline = time.monotonic() + self.timeout
        while b"\n" not in self.buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise Failed(f"no answer within {self.timeout} s")
            chunk = os.read(self.process.stdout.fileno(), 1 << 16)
            if not chunk:
                raise Failed(self.last_words())
            self.buffer += chunk
        line, self.buffer = self.buffer.split(b"\n", 1)
        values = json.loads(line)
        if "error" in values:
            raise Failed(values["error"])
        return values

    def last_words(self):
        self.log.seek(0)
        lines = [line.strip() for line in self.log if line.strip()]
        return f"it ended: {lines[-1] if lines else 'no message'}"

    def peak_memory(self):
        """Bytes, the peaks of its processes added up: what they share counts for each."""
        return sum(peak_memory(pid) for pid in session(self.process.pid))

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def close(self):
        self.signal(signal.SIGKILL)
        self.process.wait()
        self.log.close()


def session(leader):
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.getsid(int(name)) == leader:
                yield int(name)
        except ProcessLookupError:
            pass


def peak_memory(pid):
    try:
        with open(f"/proc/{pid}/status") as file:
            values = [line.split()[1] for line in file if line.startswith("VmHWM:")]
    except OSError:
        return 0
    return 1024 * int(values[0]) if values else 0
