"""Runs plan.json on both sides and sets the ends beside each other: python truth/both_sides.py --repositories DIR --work DIR

From the repository's root. Draws the pocket sets into WORK, exports the pocket CLIP, makes the ResNet CLIP, runs the
published trainers (whole_runs.py, replaying plumbline's draws) and plumbline's cells of the same settings, each on one
thread, and writes data/whole_runs/protocols.json: a run there in place of the one of the same row and seed. Where losses
part, each side is set beside itself: the published run from a start that is off by 1e-7, plumbline's on wasm. What is
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


def published(args, index, row, seeds, nudge=0.0):
    """Runs the published trainer on these seeds; from a start that is off by `nudge`, under a name of its own."""
    command = [sys.executable, f"{HERE}/whole_runs.py", row["method"], "--repositories", args.repositories,
               "--data", f"{args.work}/data", "--weights", f"{args.work}/{row.get('tower', 'pocket')}.safetensors",
               "--protocol", row["protocol"], "--datasets", row["dataset"], "--targets", ",".join(row.get("targets", [])),
               "--seeds", ",".join(map(str, seeds)), "--random", "replay", "--shots", str(row["shots"]), "--epochs", str(row["epochs"]),
               "--rate", str(row["rate"]), "--batch", str(row["batch"]), "--crops", str(row["crops"]),
               "--size", "64" if "tower" in row else "48", "--tag", tag(index, row) + (".nudged" if nudge else ""),
               "--nudge", str(nudge), "--out", f"{args.work}/published"]
    for option in row.get("options", []):
        command += ["--set", option]
    subprocess.run(command, check=True, env=ONE_THREAD)


def ours(args, index, row, seeds, backend="native"):
    """Runs plumbline's cells. → their records, by seed"""
    out = f"{args.work}/plumbline/{tag(index, row)[1:]}{'' if backend == 'native' else f'.{backend}'}"
    command = [*DENO, "task", "reproduce", "--protocol", row["protocol"], "--clip",
               f"{args.work}/{row.get('tower', 'pocket')}.safetensors", "--methods",
               ":".join([row["method"], *([row["preset"]] if "preset" in row else [])]),
               "--seeds", ",".join(map(str, seeds)), "--shots", str(row["shots"]), "--epochs", str(row["epochs"]),
               "--rate", str(row["rate"]), "--batch", str(row["batch"]), "--crop", str(row["crops"]), "--views", "0",
               "--backend", backend, "--jobs", "1", "--out", out]
    for name in [row["dataset"], *row.get("targets", [])]:
        command += ["--data", f"{name}={args.work}/data/{name}"]
    for key, value in row.get("settings", {}).items():
        command += ["--set", f"{key}={json.dumps(value)}"]
    subprocess.run(command, check=True, env=ONE_THREAD)
    records = [json.load(open(path)) for path in glob.glob(f"{out}/records/*.json")]
    return {record["cell"]["seed"]: record for record in records}


def apart(one, other):
    """The relative differences of the epochs' mean losses; the first epoch in which that is more than a thousandth, if one is."""
    losses = [np.array([epoch["loss"] for epoch in side["epochs"]]) for side in (one, other)]
    difference = np.abs(losses[0] - losses[1]) / np.abs(losses[1])
    late = np.nonzero(difference > 1e-3)[0]
    return difference, int(late[0]) + 1 if len(late) else None


def beside(row, theirs, record):
    """One run on both sides."""
    difference, first = apart(record, theirs)
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
                firstEpochApart=first)


def from_themselves(args, index, row, theirs, record):
    """What rounding alone does: the epochs in which the published run parts from one whose start is off by 1e-7, and plumbline's
    from one on another backend; None where they do not."""
    seed = theirs["seed"]
    published(args, index, row, [seed], 1e-7)
    nudged = json.load(open(result_of(args, index, row, seed, ".nudged")))
    other = ours(args, index, row, [seed], "wasm")[seed]
    return dict(publishedNudged=apart(nudged, theirs)[1], plumblineOnWasm=apart(other, record)[1])


def result_of(args, index, row, seed, ending=""):
    """The file of a published run."""
    name = f"{row['method']}.{row['protocol']}.{row['dataset']}.{row['shots']}.{seed}.replay{tag(index, row)}{ending}"
    return f"{args.work}/published/{name}.json"


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
        published(args, index, row, row["seeds"])
        records = ours(args, index, row, row["seeds"])
        for seed in row["seeds"]:
            theirs = json.load(open(result_of(args, index, row, seed)))
            run = beside(row, theirs, records[seed])
            if run["firstEpochApart"]:
                run["apartFromThemselves"] = from_themselves(args, index, row, theirs, records[seed])
            runs.append(run)
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
