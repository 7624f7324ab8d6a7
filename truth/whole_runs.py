#!/usr/bin/env python3
"""Runs the PUBLISHED trainers (their own forward, loss and step) on plumbline's pocket suite, on CPU in fp32.

What is changed of the published code, all from outside: .cuda()/.half() are identities, the CLIP file is the pocket CLIP,
a Dassl data set class reads the pocket split files, and, for MaPLe and KgCoOp, widths that are written into the source
(768, 512) are the pocket CLIP's 128.

--random own     the published code's own random numbers (torch, numpy, random), seeded as published
--random replay  plumbline's random streams in their place: initial prompts, order, crops, flips, task draws. Then the whole
                 run has the same inputs as plumbline's cell of that seed and has to follow it step by step.

Usage: whole_runs.py METHOD --repositories DIR --data DIR --weights FILE --datasets a,b --seeds 1,2 --random own|replay
       --out DIR [--epochs N] [--shots 16]
"""
import argparse
import contextlib
import hashlib
import importlib
import importlib.machinery
import importlib.util
import io
import json
import math
import os
import random
import shutil
import sys
import time
import types
import warnings

warnings.filterwarnings("ignore")
# Read before anything else: the table of methods needs them.
WHERE = argparse.ArgumentParser(add_help=False)
WHERE.add_argument("--repositories", required=True, help="folder with owner+name of each repository")
WHERE.add_argument("--data", required=True, help="folder of the drawn pocket sets")
WHERE.add_argument("--weights", required=True, help="pocket.safetensors: deno task weights pocket --export FILE")
PLACES, _ = WHERE.parse_known_args() if "-h" not in sys.argv and "--help" not in sys.argv else (
    argparse.Namespace(repositories="", data="", weights=""), None)
PUB = os.path.abspath(PLACES.repositories)
ROOT = os.path.abspath(PLACES.data)
WEIGHTS = os.path.abspath(PLACES.weights) + ".pt"
DASSL = f"{PUB}/KaiyangZhou+Dassl.pytorch"

TEMPLATES = {
    "pocket-things": "a photo of a {}.",
    "pocket-scenes": "a photo of a {}.",
    "pocket-vehicles": "a photo of a {}.",
    "pocket-objects": "a photo of a {}.",
    "pocket-tiles": "a centered satellite photo of {}.",
    "pocket-food": "a photo of {}, a type of food.",
    "pocket-flowers": "a photo of a {}, a type of flower.",
    "pocket-poses": "a photo of a person doing {}.",
}

# repository, Dassl, trainer, its config file, options that make it equal to plumbline's pocket recipe
CONTEXT = ["DATALOADER.TRAIN_X.BATCH_SIZE", 32, "OPTIM.LR", 0.05, "OPTIM.MAX_EPOCH", 100,
           "INPUT.RRCROP_SCALE", (0.5, 1.0)]
DEEP = ["DATALOADER.TRAIN_X.BATCH_SIZE", 16, "OPTIM.LR", 0.02, "OPTIM.MAX_EPOCH", 10,
        "INPUT.RRCROP_SCALE", (0.5, 1.0)]
METHODS = {
    "zero-shot": dict(repo=f"{PUB}/KaiyangZhou+CoOp", dassl=DASSL, trainer="ZeroshotCLIP",
                      config="configs/trainers/CoOp/vit_b16.yaml", opts=[], templates="trainers.zsclip"),
    "coop": dict(repo=f"{PUB}/KaiyangZhou+CoOp", dassl=DASSL, trainer="CoOp",
                 config="configs/trainers/CoOp/vit_b16_ctxv1.yaml",
                 opts=CONTEXT + ["TRAINER.COOP.PREC", "fp32", "TRAINER.COOP.N_CTX", 4,
                                 "TRAINER.COOP.CTX_INIT", "a photo of a"]),
    "prograd": dict(repo=f"{PUB}/BeierZhu+Prompt-align/ProGrad.public",
                    dassl=f"{PUB}/BeierZhu+Prompt-align/Dassl.ProGrad.pytorch", trainer="ProGrad",
                    config="configs/trainers/ProGrad/rn50_ep100.yaml", templates="trainers.prograd",
                    opts=CONTEXT + ["MODEL.BACKBONE.NAME", "ViT-B/16", "TRAINER.COOP.PREC", "fp32",
                                    "TRAINER.COOP.N_CTX", int(os.environ.get("N_CTX", 4)), "LOSS.LAMBDA", 1.0]),
    "cocoop": dict(repo=f"{PUB}/KaiyangZhou+CoOp", dassl=DASSL, trainer="CoCoOp",
                   config="configs/trainers/CoCoOp/vit_b16_c4_ep10_batch1_ctxv1.yaml",
                   opts=["DATALOADER.TRAIN_X.BATCH_SIZE", 8, "OPTIM.LR", 0.02, "OPTIM.MAX_EPOCH", 10,
                         "INPUT.RRCROP_SCALE", (0.5, 1.0), "TRAINER.COCOOP.PREC", "fp32"]),
    "ivlp": dict(repo=f"{PUB}/muzairkhattak+multimodal-prompt-learning", dassl=DASSL, trainer="IVLP",
                 config="configs/trainers/IVLP/vit_b16_c2_ep5_batch4_2+2ctx.yaml",
                 opts=DEEP + ["TRAINER.IVLP.PREC", "fp32", "TRAINER.IVLP.N_CTX_TEXT", 4,
                              "TRAINER.IVLP.N_CTX_VISION", 4, "TRAINER.IVLP.PROMPT_DEPTH_TEXT", 3,
                              "TRAINER.IVLP.PROMPT_DEPTH_VISION", 4]),
    "prometar": dict(repo=f"{PUB}/mlvlab+ProMetaR", dassl=DASSL, trainer="ProMetaR",
                     config="configs/trainers/ProMetaR/vit_b16_c2_ep10_batch4_4+4ctx.yaml",
                     opts=DEEP + ["TRAINER.PROMETAR.PREC", "fp32", "TRAINER.PROMETAR.PROMPT_DEPTH_TEXT", 3,
                                  "TRAINER.PROMETAR.PROMPT_DEPTH_VISION", 4]),
    "maple": dict(repo=f"{PUB}/muzairkhattak+multimodal-prompt-learning", dassl=DASSL, trainer="MaPLe",
                  config="configs/trainers/MaPLe/vit_b16_c2_ep5_batch4_2ctx.yaml",
                  opts=DEEP + ["TRAINER.MAPLE.PREC", "fp32", "TRAINER.MAPLE.PROMPT_DEPTH", 3],
                  widths=["trainers/maple.py"]),
    # promptsrc and kgcoop are in no pocket experiment: the published rates and crops, on both sides
    "promptsrc": dict(repo=f"{PUB}/muzairkhattak+PromptSRC", dassl=DASSL, trainer="PromptSRC",
                      config="configs/trainers/PromptSRC/vit_b16_c2_ep20_batch4_4+4ctx.yaml",
                      opts=["TRAINER.PROMPTSRC.PREC", "fp32", "TRAINER.PROMPTSRC.PROMPT_DEPTH_TEXT", 3,
                            "TRAINER.PROMPTSRC.PROMPT_DEPTH_VISION", 4]),
    "kgcoop": dict(repo=f"{PUB}/htyao89+KgCoOp/KgCoOp", dassl=DASSL, trainer="KgCoOp",
                   config="configs/trainers/KgCoOp/vit_b16_ep100_ctxv1.yaml", templates="trainers.kgcoop",
                   opts=["TRAINER.COOP.PREC", "fp32", "TRAINER.COOP.W", 8.0], widths=["trainers/kgcoop.py"]),
}


# ---------------------------------------------------------------------------------------------- environment

def stub(name, **attributes):
    module = types.ModuleType(name)
    module.__dict__.update(attributes)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
    sys.modules[name] = module
    return module


def environment(entry):
    """sys.path, stand-ins for packages that are only imported, CPU and fp32."""
    global torch, np
    sys.path[:0] = [entry["repo"], entry["dassl"]]
    os.chdir(entry["repo"])
    stub("tabulate", tabulate=lambda rows, **_: "\n".join(map(str, rows)))
    stub("dassl.data.datasets.dg.wilds", __all__=[])  # needs pandas and wilds, and no prompt learner needs it
    import numpy as np
    import torch
    torch.set_num_threads(1)
    if "ProMetaR" in entry["repo"]:
        # of learn2learn only what ProMetaR's maml.py uses; its package imports compiled and RL parts
        package = stub("learn2learn")
        package.__path__ = [f"{PUB}/learnables+learn2learn/learn2learn"]
        algorithms = stub("learn2learn.algorithms")
        algorithms.__path__ = [f"{PUB}/learnables+learn2learn/learn2learn/algorithms"]
        package.algorithms = algorithms
        torch.backends.cuda.enable_flash_sdp(False)  # no double backward
        torch.backends.cuda.enable_mem_efficient_sdp(False)
    torch.Tensor.cuda = lambda self, *a, **k: self
    torch.nn.Module.cuda = lambda self, *a, **k: self
    torch.Tensor.half = lambda self, *a, **k: self.float()
    torch.nn.Module.half = lambda self, *a, **k: self.float()
    if not os.path.exists(WEIGHTS):
        from safetensors.torch import load_file
        torch.save({key: value.float() for key, value in load_file(WEIGHTS[:-3]).items()}, WEIGHTS)
    from clip import clip
    clip._download = lambda *a, **k: WEIGHTS
    for path in entry.get("widths", []):
        narrow(entry["repo"], path)


def narrow(repo, path):
    """Loads a trainer with the pocket CLIP's width in place of widths that are written into it."""
    name = path[:-3].replace("/", ".")
    source = open(os.path.join(repo, path)).read().replace("768)", "128)").replace("512", "128")
    import trainers  # noqa: F401  the package
    module = types.ModuleType(name)
    module.__package__ = "trainers"
    module.__file__ = os.path.join(repo, path)
    sys.modules[name] = module
    setattr(sys.modules["trainers"], name.split(".")[1], module)
    exec(compile(source, module.__file__, "exec"), module.__dict__)


def pocket_datasets():
    """Dassl data set classes that read the pocket split files with the published helpers."""
    from dassl.data.datasets import DATASET_REGISTRY, DatasetBase
    from datasets.oxford_pets import OxfordPets

    def init(self, cfg):
        name = cfg.DATASET.NAME
        folder = os.path.join(cfg.DATASET.ROOT, name)
        split = os.path.join(folder, f"split_{name.replace('-', '_')}.json")
        train, val, test = OxfordPets.read_split(split, os.path.join(folder, "images"))
        if cfg.DATASET.NUM_SHOTS >= 1:
            train = self.generate_fewshot_dataset(train, num_shots=cfg.DATASET.NUM_SHOTS)
            val = self.generate_fewshot_dataset(val, num_shots=min(cfg.DATASET.NUM_SHOTS, 4))
        self.drawn = {"train": train, "val": val}
        train, val, test = OxfordPets.subsample_classes(train, val, test,
                                                        subsample=cfg.DATASET.SUBSAMPLE_CLASSES)
        DatasetBase.__init__(self, train_x=train, val=val, test=test)

    for name in TEMPLATES:
        cls = type(name, (DatasetBase,), {"dataset_dir": name, "domains": [], "__init__": init})
        DATASET_REGISTRY._obj_map[name] = cls


# ---------------------------------------------------------------------------------------------- plumbline's streams

class Streams:
    """plumbline's lib/random/streams.ts: CPython generators keyed by seed and name."""

    def __init__(self, seed):
        self.seed, self.made = seed, {}

    def __call__(self, name):
        if name not in self.made:
            key = [self.seed & 0xFFFFFFFF, (self.seed >> 32) & 0xFFFFFFFF, *name.encode()]
            state = np.random.RandomState(np.array(key, dtype=np.uint32)).get_state()
            made = random.Random()
            made.setstate((3, tuple(int(x) for x in state[1]) + (int(state[2]),), None))
            self.made[name] = made
        return self.made[name]

    def permutation(self, name, n):
        order = list(range(n))
        self(name).shuffle(order)
        return order


class Replay:
    """Puts plumbline's draws where the published code draws."""

    def __init__(self, seed, batch, crops):
        self.streams, self.batch, self.crops = Streams(seed), batch, crops
        self.queue = []

    def install(self):
        replay = self
        import dassl.data.samplers as samplers
        import torchvision.transforms as T

        class Order(torch.utils.data.Sampler):
            def __init__(self, source):
                self.n = len(source)

            def __len__(self):
                return self.n

            def __iter__(self):
                return iter(replay.epoch(self.n))

        self.kept = [(samplers, "RandomSampler", samplers.RandomSampler),
                     (T.RandomResizedCrop, "get_params", T.RandomResizedCrop.__dict__["get_params"]),
                     (T.RandomHorizontalFlip, "forward", T.RandomHorizontalFlip.forward),
                     (torch, "randperm", torch.randperm), (torch, "randint", torch.randint),
                     (torch.distributions.beta.Beta, "sample", torch.distributions.beta.Beta.sample)]
        samplers.RandomSampler = Order
        T.RandomResizedCrop.get_params = staticmethod(lambda img, scale, ratio: replay.crop(img))
        T.RandomHorizontalFlip.forward = lambda self, img: replay.flip(img)
        torch.randperm = lambda n, **k: torch.tensor(replay.streams.permutation("task", n))
        torch.randint = lambda high, size, **k: torch.tensor(
            [replay.streams("task").randrange(high) for _ in range(size[0])])
        torch.distributions.beta.Beta.sample = lambda beta, shape: torch.tensor(
            [replay.streams("task").betavariate(0.5, 0.5) for _ in range(shape[0])], dtype=torch.float32)

    def remove(self):
        for owner, name, value in self.kept:
            setattr(owner, name, value)

    def epoch(self, n):
        count = 1 if n < self.batch else n // self.batch
        order = self.streams.permutation("order", n)[:count * self.batch]
        augmentation = self.streams("augmentation")
        self.queue = [[augmentation.random() for _ in range(23)] for _ in order]
        return order

    def crop(self, img):
        width, height = img.size
        draws = self.queue.pop(0)
        low = (self.crops - 0.08) / (1 - 0.08)
        top, left, self.mirror = draws[20:]
        for attempt in range(10):
            u = draws[2 * attempt]
            if self.crops != 0.08:
                u = low + (1 - low) * u
            area = width * height * (0.08 + (1 - 0.08) * u)
            a, b = math.log(3 / 4), math.log(4 / 3)
            aspect = math.exp(a + (b - a) * draws[2 * attempt + 1])
            w, h = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if 0 < w <= width and 0 < h <= height:
                return (math.floor(top * (height - h + 1)), math.floor(left * (width - w + 1)), h, w)
        return (0, 0, height, width)  # square images fall back to the whole

    def flip(self, img):
        import torchvision.transforms.functional as F
        return F.hflip(img) if self.mirror < 0.5 else img

    def initialise(self, method, trainer):
        """The prompts that plumbline starts from, in its order of draws."""
        initial = self.streams("initial")

        def gauss(p):
            p.data = torch.tensor([initial.gauss(0, 0.02) for _ in range(p.numel())],
                                  dtype=torch.float64).float().reshape(p.shape)

        def linear(p, inputs):
            bound = 1 / math.sqrt(inputs)
            p.data = torch.tensor([(2 * initial.random() - 1) * bound for _ in range(p.numel())],
                                  dtype=torch.float64).float().reshape(p.shape)

        model = trainer.model
        if method in ("ivlp", "prometar", "promptsrc"):
            text = [b for b in model.text_encoder.transformer.resblocks if hasattr(b, "VPT_shallow")]
            image = [b for b in model.image_encoder.transformer.resblocks if hasattr(b, "VPT_shallow")]
            for p in [*(b.VPT_shallow for b in text), model.image_encoder.VPT, *(b.VPT_shallow for b in image)]:
                gauss(p)
        if method == "prometar":
            nets = [*trainer.vnet.linear_text_gamma, *trainer.vnet.linear_vision_gamma]
            for net in nets:
                linear(net[0].weight, net[0].weight.shape[1])
                linear(net[1].weight, net[1].weight.shape[1])
        if method == "cocoop":
            for layer in (model.prompt_learner.meta_net.linear1, model.prompt_learner.meta_net.linear2):
                linear(layer.weight, layer.weight.shape[1])
                linear(layer.bias, layer.weight.shape[1])
        if method == "maple":
            learner = model.prompt_learner
            initialise_maple(learner, gauss, linear)


def initialise_maple(learner, gauss, linear):
    for p in learner.compound_prompts_text:
        gauss(p)
    width = learner.proj.weight.shape[1]
    first, *others = learner.compound_prompt_projections
    for layer in (learner.proj, first):
        linear(layer.weight, width)
        linear(layer.bias, width)
    for layer in others:
        layer.load_state_dict(first.state_dict())


# ---------------------------------------------------------------------------------------------- one run

def configuration(entry, dataset, seed, shots, subsample, out, args):
    from dassl.config import get_cfg_default
    train = sys.modules.get("train") or importlib.import_module("train")
    cfg = get_cfg_default()
    train.extend_cfg(cfg)
    cfg.merge_from_file(os.path.join(entry["repo"], entry["config"]))
    opts = list(entry["opts"])
    if "RRCROP_SCALE" not in cfg.INPUT:  # ProGrad's older Dassl has torchvision's default written in
        import dassl.data.transforms.transforms as transforms
        from torchvision.transforms import RandomResizedCrop
        at = opts.index("INPUT.RRCROP_SCALE")
        scale = opts[at + 1]
        del opts[at:at + 2]
        if args and args.crops:
            scale = (args.crops, 1.0)
        transforms.RandomResizedCrop = lambda *a, **k: RandomResizedCrop(*a, scale=scale, **k)
        cfg.INPUT.RRCROP_SCALE = scale
    cfg.merge_from_list(opts)
    if args and args.epochs:
        cfg.OPTIM.MAX_EPOCH = args.epochs
    if args and args.rate:
        cfg.OPTIM.LR = args.rate
    if args and args.crops:
        cfg.INPUT.RRCROP_SCALE = (args.crops, 1.0)
    cfg.TRAINER.NAME = entry["trainer"]
    cfg.DATASET.NAME, cfg.DATASET.ROOT = dataset, ROOT
    cfg.DATASET.NUM_SHOTS, cfg.DATASET.SUBSAMPLE_CLASSES = shots, subsample
    cfg.INPUT.SIZE = (48, 48)
    cfg.DATALOADER.NUM_WORKERS = 0
    cfg.USE_CUDA, cfg.SEED, cfg.OUTPUT_DIR = False, seed, out
    return cfg


def evaluated(trainer):
    """Accuracy, and the SHA-256 that plumbline's records hold of the predicted labels."""
    labels, logits = [], []
    process = trainer.evaluator.process

    def noted(output, label):
        labels.extend(output.max(1)[1].tolist())
        logits.append(output.numpy())
        process(output, label)

    trainer.evaluator.process = noted
    accuracy = trainer.test()
    trainer.evaluator.process = process
    digest = hashlib.sha256(np.array(labels, dtype="<i4").tobytes()).hexdigest()
    return dict(accuracy=accuracy, n=len(labels), predictions=digest), np.concatenate(logits)


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


def run(method, entry, dataset, seed, args):
    from dassl.engine import build_trainer
    from dassl.utils import set_random_seed
    name = f"{method}.{dataset}.{args.shots}.{seed}.{args.random}{args.tag}"
    path = os.path.join(args.out, f"{name}.json")
    if os.path.exists(path):
        return
    scratch = os.path.join(args.out, "scratch", name)
    shutil.rmtree(scratch, ignore_errors=True)  # a checkpoint in it would be resumed
    os.makedirs(scratch)
    began = time.time()
    record = dict(method=method, dataset=dataset, seed=seed, shots=args.shots, random=args.random + args.tag)
    log = io.StringIO()
    with contextlib.redirect_stdout(log), contextlib.redirect_stderr(io.StringIO()):
        cfg = configuration(entry, dataset, seed, args.shots, "base", scratch, args)
        cfg.freeze()
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
        record["base"], logits_base = evaluated(trainer)
        cfg = configuration(entry, dataset, seed, args.shots, "new", scratch, args)
        cfg.freeze()
        set_random_seed(seed)
        other = build_trainer(cfg)
        if method != "zero-shot":
            other.load_model(scratch, epoch=args.stop or cfg.OPTIM.MAX_EPOCH)
        record["new"], logits_new = evaluated(other)
    if method == "zero-shot":
        np.save(os.path.join(args.out, f"{name}.base.npy"), logits_base)
        np.save(os.path.join(args.out, f"{name}.new.npy"), logits_new)
    record["seconds"] = time.time() - began
    shutil.rmtree(scratch, ignore_errors=True)
    with open(path, "w") as file:
        json.dump(record, file)
    print(f"{name}: base {record['base']['accuracy']:.2f} new {record['new']['accuracy']:.2f} "
          f"({record['seconds']:.0f} s)", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     parents=[WHERE])
    parser.add_argument("method", choices=METHODS)
    parser.add_argument("--datasets", default="pocket-things,pocket-scenes,pocket-vehicles")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--random", default="own", choices=["own", "replay"])
    parser.add_argument("--shots", type=int, default=16)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--stop", type=int, help="epochs to run of the schedule")
    parser.add_argument("--rate", type=float, help="in place of the recipe's")
    parser.add_argument("--crops", type=float, help="in place of the recipe's least share of the area")
    parser.add_argument("--nudge", type=float, default=0, help="relative noise on the prompts that a run starts from")
    parser.add_argument("--tag", default="")
    parser.add_argument("--out", default="out/whole_runs")
    args = parser.parse_args()
    args.out = os.path.abspath(args.out)
    os.makedirs(args.out, exist_ok=True)
    entry = METHODS[args.method]
    environment(entry)
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
