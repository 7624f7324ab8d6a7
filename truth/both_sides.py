"""Runs plan.json on both sides and sets the ends beside each other: python truth/both_sides.py --repositories DIR --work DIR

From the repository's root. Draws the pocket sets into WORK, exports the pocket CLIP, makes the ResNet CLIP, runs the
published trainers (whole_runs.py, replaying plumbline's draws) and plumbline's cells of the same settings, each on one
thread, and writes data/whole_runs/protocols.json: a run there in place of the one of the same row and seed. What is
done is not run again.
"""
import argparse
import glob
import json
import os
import subprocess
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
DENO = ["npx", "-y", "deno"] if not os.environ.get("DENO") else [os.environ["DENO"]]
ONE_THREAD = {**os.environ, "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "OMP_NUM_THREADS": "1"}


def call(command, missing):
    if not os.path.exists(missing):
        subprocess.run(command, check=True, env=ONE_THREAD)


def prepare(args, sets):
    for name in sets:
        call([*DENO, "task", "data", name, "--root", f"{args.work}/data"], f"{args.work}/data/{name}")
    pocket, resnet = (f"{args.work}/{name}.safetensors" for name in ("pocket", "resnet"))
    call([*DENO, "task", "weights", "pocket", "--export", pocket], pocket)
    call([sys.executable, f"{HERE}/resnet_tower.py", pocket, resnet, "--clip",
          f"{args.repositories}/KaiyangZhou+CoOp/clip", "--images", f"{args.work}/data/pocket-things/images"], resnet)


def tag(index, row):
    return f".{index}-{row.get('tower', 'pocket')}"


def published(args, index, row):
    seeds = ",".join(map(str, row["seeds"]))
    command = [sys.executable, f"{HERE}/whole_runs.py", row["method"], "--repositories", args.repositories,
               "--data", f"{args.work}/data", "--weights", f"{args.work}/{row.get('tower', 'pocket')}.safetensors",
               "--protocol", row["protocol"], "--datasets", row["dataset"], "--targets", ",".join(row.get("targets", [])),
               "--seeds", seeds, "--random", "replay", "--shots", str(row["shots"]), "--epochs", str(row["epochs"]),
               "--rate", str(row["rate"]), "--batch", str(row["batch"]), "--crops", str(row["crops"]),
               "--size", "64" if "tower" in row else "48", "--tag", tag(index, row), "--out", f"{args.work}/published"]
    for option in row.get("options", []):
        command += ["--set", option]
    subprocess.run(command, check=True, env=ONE_THREAD)


def ours(args, index, row):
    out = f"{args.work}/plumbline/{tag(index, row)[1:]}"
    command = [*DENO, "task", "reproduce", "--protocol", row["protocol"], "--clip",
               f"{args.work}/{row.get('tower', 'pocket')}.safetensors", "--methods",
               ":".join([row["method"], *([row["preset"]] if "preset" in row else [])]),
               "--seeds", ",".join(map(str, row["seeds"])), "--shots", str(row["shots"]), "--epochs", str(row["epochs"]),
               "--rate", str(row["rate"]), "--batch", str(row["batch"]), "--crop", str(row["crops"]), "--views", "0",
               "--backend", "native", "--jobs", "1", "--out", out]
    for name in [row["dataset"], *row.get("targets", [])]:
        command += ["--data", f"{name}={args.work}/data/{name}"]
    for key, value in row.get("settings", {}).items():
        command += ["--set", f"{key}={json.dumps(value)}"]
    subprocess.run(command, check=True, env=ONE_THREAD)
    return [json.load(open(path)) for path in glob.glob(f"{out}/records/*.json")]


def beside(row, theirs, record):
    """One run on both sides. `apart`: the first epoch whose mean losses differ by more than a thousandth."""
    losses = [np.array([epoch["loss"] for epoch in side["epochs"]]) for side in (record, theirs)]
    difference = np.abs(losses[0] - losses[1]) / np.abs(losses[1])
    late = np.nonzero(difference > 1e-3)[0]
    own = {(test["dataset"], test["classes"]): test for test in record["results"]}
    tests = []
    for test in theirs["tests"]:
        mine = own[test["dataset"], test["classes"]]
        tests.append(dict(dataset=test["dataset"], classes=test["classes"], images=test["n"],
                          plumbline=round(mine["metrics"]["accuracy"], 2), published=round(test["accuracy"], 2),
                          samePredictions=mine["predictions"] == test["predictions"]))
    return dict(what=row["what"], method=row["method"], dataset=row["dataset"], shots=row["shots"], seed=theirs["seed"],
                epochs=row["epochs"], rate=row["rate"], batch=row["batch"], steps=sum(len(e["steps"]) for e in theirs["epochs"]),
                commit=(record.get("code") or {}).get("commit", "")[:7], tests=tests, lossRelativeDifference=float(f"{difference.max():.1e}"),
                firstEpochApart=int(late[0]) + 1 if len(late) else None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repositories", required=True)
    parser.add_argument("--work", required=True, help="folder for sets, weights and runs")
    parser.add_argument("--only", help="a comma-separated list of the plan's rows, from 0; other runs stay as they are")
    args = parser.parse_args()
    args.repositories, args.work = os.path.abspath(args.repositories), os.path.abspath(args.work)
    plan = json.load(open(f"{HERE}/plan.json"))
    os.makedirs(args.work, exist_ok=True)
    prepare(args, sorted({name for row in plan for name in [row["dataset"], *row.get("targets", [])]}))
    chosen = range(len(plan)) if args.only is None else map(int, args.only.split(","))
    for index in chosen:
        row, runs = plan[index], []
        published(args, index, row)
        for record in sorted(ours(args, index, row), key=lambda r: r["cell"]["seed"]):
            seed = record["cell"]["seed"]
            if seed not in row["seeds"]:
                continue
            name = f"{row['method']}.{row['protocol']}.{row['dataset']}.{row['shots']}.{seed}.replay{tag(index, row)}"
            runs.append(beside(row, json.load(open(f"{args.work}/published/{name}.json")), record))
            print(json.dumps(runs[-1]), flush=True)
        write(runs, plan)


def write(runs, plan):
    """Puts the runs in the place of those of the same row and seed, in the order of the plan."""
    import torch
    path = "data/whole_runs/protocols.json"
    name = lambda run: (run["what"], run["method"], run["shots"])
    key = lambda run: (*name(run), run["seed"])
    known = {key(run): run for run in json.load(open(path))["runs"]} if os.path.exists(path) else {}
    known |= {key(run): run for run in runs}
    rows = [name(row) for row in plan]
    made = dict(environment=f"PyTorch {torch.__version__.split('+')[0]} on a CPU, fp32; plumbline's native backend; one thread each",
                runs=sorted(known.values(), key=lambda run: (rows.index(name(run)), run["seed"])))
    with open(path, "w") as file:
        json.dump(made, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
