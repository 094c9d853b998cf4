"""Shares of the measured peak, from `lockstep bench --json`: see Benchmarks/ratios."""

import argparse
import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMITTED = ROOT / "Benchmarks" / "ratios.json"
CONFIGS = ["mnist-cnn", "mnist-lenet5", "mnist-mlp", "digits"]


def bench(config: str, seconds: float) -> dict:
    """The report of one config on one thread and on two."""
    command = [
        ROOT / ".build" / "release" / "lockstep", "bench", ROOT / "Configs" / f"{config}.json",
        "--threads", "1,2", "--seconds", str(seconds), "--json",
    ]  # fmt: skip
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def ratios(report: dict) -> dict[str, float]:
    """Shares of the peak by what reaches them, and the speed-up."""
    found = {}
    for result in report["results"]:
        layers = result["split"]["layers"]
        forward = sum(layer["forward"]["flopsPerSample"] for layer in layers)
        backward = sum(layer["backward"]["flopsPerSample"] for layer in layers)
        peak = result["peakFlopsPerSecond"]
        threads = f"{result['threads']} thread{'s' if result['threads'] > 1 else ''}"
        found[f"training, {threads}"] = result["samplesPerSecond"] * (forward + backward) / peak
        found[f"evaluation, {threads}"] = result["evaluation"]["samplesPerSecond"] * forward / peak
        if result["threads"] > 1:
            found[f"speed-up, {threads}"] = result["speedUp"]
            continue
        for layer in layers:
            for direction in ("forward", "backward"):
                if "ofPeak" in layer[direction]:
                    found[f"{' + '.join(layer['names'])}, {direction}"] = layer[direction]["ofPeak"]
    return {name: round(value, 3) for name, value in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(prog="Benchmarks/ratios")
    parser.add_argument("configs", nargs="*", metavar="CONFIG", help="names of Configs/")
    parser.add_argument("--write", action="store_true", help="write Benchmarks/ratios.json")
    parser.add_argument("--seconds", type=float, default=10, help="time for each config")
    arguments = parser.parse_args()
    if arguments.write and arguments.configs:
        parser.error("--write measures all configs")

    committed = json.loads(COMMITTED.read_text()) if COMMITTED.exists() else {"configs": {}}
    measured = {"configs": {}}
    print("| config | what | committed | now |\n| --- | --- | ---: | ---: |")
    for config in arguments.configs or CONFIGS:
        report = bench(config, arguments.seconds)
        measured["machine"] = report["machine"]
        measured["configs"][config] = ratios(report)
        before = committed["configs"].get(config, {})
        for name, value in measured["configs"][config].items():
            known = f"{before[name]:.3f}" if name in before else "–"
            print(f"| `{config}` | {name} | {known} | {value:.3f} |", flush=True)
    if arguments.write:
        COMMITTED.write_text(json.dumps(measured, indent=2) + "\n")


if __name__ == "__main__":
    main()
