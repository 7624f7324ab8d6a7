#!/usr/bin/env python3
"""Runs the PUBLISHED trainers (their own forward, loss and step) whole on plumbline's pocket suite, on CPU in fp32.

--random own     the published code's own random numbers (torch, numpy, random), seeded as published
--random replay  plumbline's random streams in their place: initial prompts, order, crops, flips, task draws. Then the whole
                 run has the same inputs as plumbline's cell of that seed and has to follow it step by step.

Writes a JSON for every run: the losses of every step, and of every test the accuracy and the hash of the predictions.
pocket_trainers.py says what is changed of the published code; both_sides.py sets the runs beside plumbline's records.
"""
import argparse
import contextlib
import hashlib
import importlib
import io
import json
import os
import shutil
import sys
import time
import warnings
from ast import literal_eval

import numpy as np
import torch

from replay import Replay
from pocket_trainers import METHODS, TEMPLATES, environment, pocket_datasets

warnings.filterwarnings("ignore")


def configuration(entry, args, dataset, seed, subsample, out):
    from dassl.config import get_cfg_default
    train = sys.modules.get("train") or importlib.import_module("train")
    cfg = get_cfg_default()
    train.extend_cfg(cfg)
    cfg.merge_from_file(os.path.join(args.repositories, entry["repo"], entry["config"]))
    opts = list(entry["opts"])
    if "RRCROP_SCALE" not in cfg.INPUT:  # ProGrad's older Dassl has torchvision's default written in
        import dassl.data.transforms.transforms as transforms
        from torchvision.transforms import RandomResizedCrop
        at = opts.index("INPUT.RRCROP_SCALE")
        scale = (args.crops, 1.0) if args.crops else opts[at + 1]
        del opts[at:at + 2]
        transforms.RandomResizedCrop = lambda *a, **k: RandomResizedCrop(*a, scale=scale, **k)
        cfg.INPUT.RRCROP_SCALE = scale
    cfg.merge_from_list(opts)
    for given, group, key in ((args.epochs, cfg.OPTIM, "MAX_EPOCH"), (args.rate, cfg.OPTIM, "LR"),
                              (args.batch, cfg.DATALOADER.TRAIN_X, "BATCH_SIZE"),
                              (args.crops and (args.crops, 1.0), cfg.INPUT, "RRCROP_SCALE")):
        if given:
            group[key] = given
    for text in args.set:
        key, value = text.split("=", 1)
        cfg.merge_from_list([key, literal_eval(value)])
    cfg.TRAINER.NAME = entry["trainer"]
    cfg.DATASET.NAME, cfg.DATASET.ROOT = dataset, args.data
    cfg.DATASET.NUM_SHOTS, cfg.DATASET.SUBSAMPLE_CLASSES = args.shots, subsample
    cfg.INPUT.SIZE = (args.size, args.size)
    cfg.DATALOADER.NUM_WORKERS = 0
    cfg.USE_CUDA, cfg.SEED, cfg.OUTPUT_DIR = False, seed, out
    cfg.freeze()
    return cfg


def evaluated(trainer):
    """Accuracy, and the SHA-256 that plumbline's records hold of the predicted labels."""
    labels = []
    process = trainer.evaluator.process

    def noted(output, label):
        labels.extend(output.max(1)[1].tolist())
        process(output, label)

    trainer.evaluator.process = noted
    accuracy = trainer.test()
    trainer.evaluator.process = process
    digest = hashlib.sha256(np.array(labels, dtype="<i4").tobytes()).hexdigest()
    return dict(accuracy=accuracy, n=len(labels), predictions=digest)


def watch(method, trainer):
    """Notes the training loss of every step, by epoch, without touching the step."""
    epochs = []
    seen = []
    if method == "prometar":
        trainer.model.register_forward_hook(
            lambda module, args, output: seen.append(output[0].item()) if isinstance(output, tuple) else None)
    own = trainer.forward_backward

    def noted(batch):
        seen.clear()
        rate = trainer._optims[trainer.get_model_names()[0]].param_groups[0]["lr"]
        summary = own(batch)
        if trainer.batch_idx == 0:
            epochs.append(dict(rate=rate, losses=[], extra=[]))
        value = seen[0] if method == "prometar" else summary.get("xe_loss", summary.get("loss"))
        epochs[-1]["losses"].append(value)
        if method == "prometar":
            epochs[-1]["extra"].append(seen[-1])
        return summary

    trainer.forward_backward = noted
    return epochs


def tests(args, dataset):
    """What a run is tested on after training: data set, plumbline's name of the classes."""
    if args.protocol == "base-to-new":
        return [(dataset, "base"), (dataset, "new")]
    return [(name, "all") for name in [dataset, *args.targets]]


def run(method, entry, dataset, seed, args):
    from dassl.engine import build_trainer
    from dassl.utils import set_random_seed
    name = f"{method}.{args.protocol}.{dataset}.{args.shots}.{seed}.{args.random}{args.tag}"
    path = os.path.join(args.out, f"{name}.json")
    if os.path.exists(path):
        return
    scratch = os.path.join(args.out, "scratch", name)
    shutil.rmtree(scratch, ignore_errors=True)  # a checkpoint in it would be resumed
    os.makedirs(scratch)
    began = time.time()
    record = dict(method=method, protocol=args.protocol, dataset=dataset, seed=seed, shots=args.shots,
                  random=args.random, tag=args.tag)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        first, *others = tests(args, dataset)
        cfg = configuration(entry, args, dataset, seed, first[1], scratch)
        set_random_seed(seed)
        replay = None
        if args.random == "replay":
            replay = Replay(seed, cfg.DATALOADER.TRAIN_X.BATCH_SIZE, cfg.INPUT.RRCROP_SCALE[0])
            replay.install()
        trainer = build_trainer(cfg)
        if replay:
            replay.initialise(method, trainer)
        if args.nudge:
            generator = torch.Generator().manual_seed(int(args.nudge * 1e9))
            for p in trainer.model.parameters():
                if p.requires_grad:
                    p.data *= 1 + args.nudge * torch.randn(p.shape, generator=generator)
        record["train"] = [[i.impath.split("/images/")[1], i.label, i.classname]
                           for i in trainer.dm.dataset.drawn["train"]]
        record["config"] = dict(
            lr=cfg.OPTIM.LR, epochs=cfg.OPTIM.MAX_EPOCH, batch=cfg.DATALOADER.TRAIN_X.BATCH_SIZE,
            decay=cfg.OPTIM.WEIGHT_DECAY, momentum=cfg.OPTIM.MOMENTUM, crops=list(cfg.INPUT.RRCROP_SCALE))
        if method != "zero-shot":
            epochs = watch(method, trainer)
            trainer.max_epoch = args.stop or trainer.max_epoch
            trainer.train()
            record["epochs"] = [dict(rate=e["rate"], loss=float(np.mean(e["losses"])), steps=e["losses"],
                                     **({"query": e["extra"]} if e["extra"] else {})) for e in epochs]
        if replay:
            replay.remove()
        record["tests"] = [dict(dataset=first[0], classes=first[1], **evaluated(trainer))]
        for target, classes in others:
            cfg = configuration(entry, args, target, seed, classes, scratch)
            set_random_seed(seed)
            other = build_trainer(cfg)
            if method != "zero-shot":
                other.load_model(scratch, epoch=args.stop or cfg.OPTIM.MAX_EPOCH)
            record["tests"].append(dict(dataset=target, classes=classes, **evaluated(other)))
    record["seconds"] = time.time() - began
    shutil.rmtree(scratch, ignore_errors=True)
    with open(path, "w") as file:
        json.dump(record, file)
    found = ", ".join(f"{t['dataset']} {t['classes']} {t['accuracy']:.2f}" for t in record["tests"])
    print(f"{name}: {found} ({record['seconds']:.0f} s)", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("method", choices=METHODS)
    parser.add_argument("--repositories", required=True, help="folder with owner+name of each repository")
    parser.add_argument("--data", required=True, help="folder of the drawn pocket sets: deno task data pocket-things --root DIR")
    parser.add_argument("--weights", required=True, help="deno task weights pocket --export FILE, or resnet_tower.py's")
    parser.add_argument("--protocol", default="base-to-new", choices=["base-to-new", "few-shot", "cross-dataset"])
    parser.add_argument("--datasets", default="pocket-things,pocket-scenes,pocket-vehicles", help="to train on")
    parser.add_argument("--targets", default="", help="of cross-dataset: sets that are tested on as well")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--random", default="own", choices=["own", "replay"])
    parser.add_argument("--shots", type=int, default=16)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--stop", type=int, help="epochs to run of the schedule")
    parser.add_argument("--rate", type=float, help="in place of the recipe's")
    parser.add_argument("--batch", type=int, help="in place of the recipe's")
    parser.add_argument("--crops", type=float, help="in place of the recipe's least share of the area")
    parser.add_argument("--size", type=int, default=48, help="pixels of CLIP's input")
    parser.add_argument("--set", action="append", default=[], help="an option of the published configuration, as TRAINER.COOP.CSC=True")
    parser.add_argument("--nudge", type=float, default=0, help="relative noise on the prompts that a run starts from")
    parser.add_argument("--tag", default="", help="ends the names of the files: tells settings apart")
    parser.add_argument("--out", default="out/whole_runs")
    args = parser.parse_args()
    for key in ("repositories", "data", "weights", "out"):
        setattr(args, key, os.path.abspath(getattr(args, key)))
    args.targets = [name for name in args.targets.split(",") if name]
    os.makedirs(args.out, exist_ok=True)
    entry = METHODS[args.method]
    environment(entry, args)
    with contextlib.redirect_stdout(io.StringIO()):
        importlib.import_module("train")
        pocket_datasets()
    if "templates" in entry:
        importlib.import_module(entry["templates"]).CUSTOM_TEMPLATES.update(TEMPLATES)
    for seed in map(int, args.seeds.split(",")):
        for dataset in args.datasets.split(","):
            run(args.method, entry, dataset, seed, args)


if __name__ == "__main__":
    main()
