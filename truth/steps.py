"""Steps of a published trainer, one when it is told to: what `deno task bench --against` runs beside plumbline's.

    python steps.py --repositories DIR

reads lines of JSON and answers each by one. The first says what to build: {"method", "backbone", "imageSize", "batch", "classes"
(names), "labels", "shapes" (of the CLIP's weights, which are random), "settings" (as a record's), "threads"}; each other one runs a
step, {"autocast": false | true}, and is told {"seconds", "loss", "peakBytes"}: the most memory that was resident since the line
before, libraries and weights included, or {"failed"}. {"rest": true} gives the memory that no tensor holds back to the system, and
is told {}. What is changed of the published code stands at the head of record.py.

It goes on in a virtual environment with requirements.txt, in PLUMBLINE_TRUTH or ~/truth, which it makes where there is none.
"""
import argparse
import contextlib
import ctypes
import gc
import json
import math
import os
import re
import resource
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def in_environment():
    """Goes on in the virtual environment."""
    place = os.environ.get("PLUMBLINE_TRUTH") or os.path.expanduser("~/truth")
    python = os.path.join(place, "bin/python")
    if os.path.realpath(sys.prefix) == os.path.realpath(place):
        return
    if not os.path.exists(python):
        print(f"Making {place} with PyTorch, once (some GB from PyPI).", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", place], check=True, stdout=sys.stderr)
        wanted = os.path.join(HERE, "requirements.txt")
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", wanted], check=True, stdout=sys.stderr)
    os.execv(python, [python, *sys.argv])


def within_memory():
    """What does not fit into the memory that is free is refused to PyTorch, before the system ends programs to make room."""
    try:
        free = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemAvailable")) * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (int(0.95 * free),) * 2)
    except (OSError, ValueError, StopIteration):
        pass  # not Linux


def random_weights(shapes):
    """Of a trained CLIP's magnitude, so that activations neither vanish nor grow."""
    import torch
    torch.manual_seed(1)
    made = {}
    for key, shape in shapes.items():
        noise = 2 * torch.rand(shape) - 1
        if key == "logit_scale":
            made[key] = torch.tensor(math.log(20))
        elif key.endswith("running_var") or re.search(r"(ln_\w+|bn\d|downsample\.1)\.weight$", key):
            made[key] = 1 + 0.3 * noise
        elif len(shape) == 1:
            made[key] = 0.2 * noise
        elif "embedding" in key:
            made[key] = 0.5 * noise
        else:
            stored = re.search(r"proj$|text_projection$", key)
            made[key] = noise * 1.7 / math.sqrt(shape[0] if stored else math.prod(shape[1:]))
    return made


class Stepper:
    """A published trainer with a batch of random pixels, the same at every step."""

    def __init__(self, told, repositories):
        sys.path.insert(0, HERE)
        import record
        import torch
        self.torch = torch
        about = dict(settings=told["settings"], backbone=told["backbone"], imageSize=told["imageSize"])
        weights = random_weights(told["shapes"])
        self.trainer = record.build(told["method"], about, weights, told["classes"], repositories, "fp32")
        torch.set_num_threads(told["threads"])
        for group in self.trainer.optim.param_groups:
            group["lr"] = 0.002
        side = told["imageSize"]
        self.batch = dict(img=2 * torch.rand(told["batch"], 3, side, side) - 1, label=torch.tensor(told["labels"]))
        self.trainer.set_model_mode("train")

    def step(self, autocast):
        forget_peak()
        started = time.perf_counter()
        with self.torch.autocast("cpu", dtype=self.torch.bfloat16, enabled=autocast):
            summary = self.trainer.forward_backward(self.batch)
        seconds = time.perf_counter() - started
        loss = float(summary["loss"] if "loss" in summary else summary["xe_loss"])
        if not math.isfinite(loss):
            raise ArithmeticError(f"the loss is {loss}")
        return dict(seconds=seconds, loss=loss, peakBytes=peak())


def forget_peak():
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def rest():
    """What steps have freed goes back to the system; the C library keeps most of it for the next."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    return {}


def peak():
    """The most memory that was resident, in bytes."""
    with contextlib.suppress(OSError):
        return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repositories", required=True, help="folder with owner+name of each repository")
    repositories = os.path.abspath(parser.parse_args().repositories)
    in_environment()
    within_memory()
    answers = sys.stdout
    sys.stdout = sys.stderr  # what the published code prints
    stepper = None
    for line in sys.stdin:
        told = json.loads(line)
        try:
            if stepper is None:
                stepper = Stepper(told, repositories)
                answer = dict(torch=stepper.torch.__version__.split("+")[0], peakBytes=peak())
            elif told.get("rest"):
                answer = rest()
            else:
                answer = stepper.step(told["autocast"])
        except Exception as error:  # told, not thrown: the other side goes on without this one
            answer = dict(failed=f"{type(error).__name__}: {str(error).strip().splitlines()[0][:200] if str(error).strip() else ''}")
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
