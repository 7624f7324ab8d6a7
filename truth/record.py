"""Replays the published trainers and compares with the records in the repository.

    python record.py ALL|NAME … --repositories DIR [--against FOLDER] [--precision fp32|bf16|fp16] [--write FILE] [--out DIR]

Each record is replayed by the published trainer's own `build_model` and `forward_backward`, in a process of its own, from the
record's weights, images, start, rates and draws. What is changed of the published code, all from outside:

- `.cuda()` does nothing; `.half()` makes what --precision says, and the trainer is configured for fp16 where that is half;
- `clip._download` gives the record's weights; the data manager has only class names;
- packages that are imported and not used are stand-ins; of learn2learn only `utils` and the MAML base are loaded;
- widths 512 and 768 that are written into MaPLe's and KgCoOp's source are the record's;
- the ResNet's image tower gives the features that the record holds (its weights are not in the repository);
- ProMetaR: math attention (others have no second derivative), and the record's draws in place of torch's.
"""
import argparse
import collections
import importlib
import importlib.machinery
import importlib.util
import io
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import types
import warnings

warnings.filterwarnings("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
RECORDS = os.path.join(HERE, "../test/fixtures/published")

DASSL = ("KaiyangZhou/Dassl.pytorch", "")
COOP = "KaiyangZhou/CoOp"
MAPLE = "muzairkhattak/multimodal-prompt-learning"
SRC = "muzairkhattak/PromptSRC"
# method → repository, folder in it, Dassl's place, module, class, section of its options
TRAINERS = {
    "coop": (COOP, "", DASSL, "trainers.coop", "CoOp", "COOP"),
    "cocoop": (COOP, "", DASSL, "trainers.cocoop", "CoCoOp", "COCOOP"),
    "prograd": ("BeierZhu/Prompt-align", "ProGrad.public", ("BeierZhu/Prompt-align", "Dassl.ProGrad.pytorch"),
                "trainers.prograd", "ProGrad", "COOP"),
    "kgcoop": ("htyao89/KgCoOp", "KgCoOp", DASSL, "trainers.kgcoop", "KgCoOp", "COOP"),
    "maple": (MAPLE, "", DASSL, "trainers.maple", "MaPLe", "MAPLE"),
    "ivlp": (MAPLE, "", DASSL, "trainers.independentVL", "IVLP", "IVLP"),
    "promptsrc": (SRC, "", DASSL, "trainers.promptsrc", "PromptSRC", "PROMPTSRC"),
    "prometar": ("mlvlab/ProMetaR", "", DASSL, "trainers.prometar", "ProMetaR", "PROMETAR"),
}
COMMITS = {
    COOP: "ff61507c790454bce7c5052c3ac39e60772f1f89", DASSL[0]: "c61a1b570ac6333bd50fb5ae06aea59002fb20bb",
    "BeierZhu/Prompt-align": "1b762036cbe97ecf504e17bb94d89191679e4e6e",
    "htyao89/KgCoOp": "c43ccc32c8739f64b165cfa205fcc6c0f5bb5b17", MAPLE: "69bce21ae8eda80ad6187534b2dce09cf6c59e17",
    SRC: "bb95c77b634d63488f2cad81ff4a72d53bdd06d5", "mlvlab/ProMetaR": "c907bdb5d8730a00d4e7deb1a53a6882ed4c48a1",
    "learnables/learn2learn": "db5cee3795490071282bbdfa81179ef732349196",
}


def folder_of(repositories, repository):
    """Where a repository lies: DIR/owner+name."""
    return os.path.join(repositories, repository.replace("/", "+"))


def stub(name, **attributes):
    module = types.ModuleType(name)
    module.__dict__.update(attributes)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
    module.__path__ = []
    sys.modules[name] = module
    return module


def find(name, folder):
    """A record's manifest entry, its tensors, and the folder with weights and inputs."""
    for under in ("", "comparators", "more"):
        at = os.path.join(folder, under)
        path = os.path.join(at, "manifest.json")
        if not os.path.exists(path):
            continue
        manifest = json.load(open(path))
        for record in manifest["records"]:
            if record["name"] == name:
                return record, at, manifest.get("classNames")
    raise SystemExit(f"{folder} has no record {name}")


def tensors_of(folder, file):
    from packed import read
    file = file if file.endswith(".safetensors") else f"{file}.safetensors"
    for place in (folder, os.path.join(folder, "..")):
        for ending in ("", ".gz"):
            path = os.path.join(place, file + ending)
            if os.path.exists(path):
                return read(path)
    raise SystemExit(f"{file} is not beside its manifest")


def environment(method, repositories, precision):
    """sys.path, stand-ins, the CPU. → the trainer's module"""
    repository, under, (dassl, dassl_under), module, _, _ = TRAINERS[method]
    root = os.path.join(folder_of(repositories, repository), under)
    sys.path[:0] = [root, os.path.join(folder_of(repositories, dassl), dassl_under)]
    os.chdir(root)
    stub("tabulate", tabulate=lambda rows, **_: "\n".join(map(str, rows)))
    stub("dassl.data.datasets.dg.wilds", __all__=[])
    for name in ("gdown", "tensorboard", "wilds"):
        if importlib.util.find_spec(name) is None:
            stub(name)
    try:
        import sklearn.metrics  # noqa: F401
    except ImportError:
        stub("sklearn")
        stub("sklearn.metrics", f1_score=None, confusion_matrix=None)
    import torch
    try:
        import torch.utils.tensorboard  # noqa: F401
    except ImportError:
        stub("torch.utils.tensorboard", SummaryWriter=object)
    torch.set_num_threads(1)
    torch.Tensor.cuda = lambda self, *a, **k: self
    torch.nn.Module.cuda = lambda self, *a, **k: self
    if precision == "fp32":
        torch.Tensor.half = lambda self, *a, **k: self.float()
        torch.nn.Module.half = lambda self, *a, **k: self.float()
    if precision == "bf16":
        torch.Tensor.half = lambda self, *a, **k: self.to(torch.bfloat16)
        torch.nn.Module.half = lambda self, *a, **k: self.to(torch.bfloat16)
    if method == "prometar":
        package = stub("learn2learn")
        at = os.path.join(folder_of(repositories, "learnables/learn2learn"), "learn2learn")
        package.__path__ = [at]
        algorithms = stub("learn2learn.algorithms")
        algorithms.__path__ = [os.path.join(at, "algorithms")]
        package.algorithms = algorithms
        torch.backends.cuda.enable_flash_sdp(False)
        torch.backends.cuda.enable_mem_efficient_sdp(False)
    if method in ("maple", "kgcoop"):
        narrow(root, module)
    return importlib.import_module(module)


def narrow(root, name):
    """Loads a trainer with the record's widths in place of those written into it."""
    path = os.path.join(root, name.replace(".", "/") + ".py")
    source = open(path).read().replace("768)", "128)").replace("512", "64")
    package = importlib.import_module("trainers")
    module = types.ModuleType(name)
    module.__package__, module.__file__ = "trainers", path
    sys.modules[name] = module
    setattr(package, name.split(".")[1], module)
    exec(compile(source, path, "exec"), module.__dict__)


def configuration(method, record, precision):
    """The published defaults, and the record's settings."""
    from dassl.config import get_cfg_default
    train = importlib.import_module("train")
    cfg = get_cfg_default()
    train.extend_cfg(cfg)
    cfg.INPUT.SIZE = (record.get("imageSize", 64),) * 2
    cfg.USE_CUDA = False
    cfg.MODEL.BACKBONE.NAME = record.get("backbone", "ViT-B/16")
    cfg.OPTIM.NAME, cfg.OPTIM.MAX_EPOCH = "sgd", int(record["settings"].get("epochs") or 50)
    cfg.DATASET.NAME = "Record"
    section = cfg.TRAINER[TRAINERS[method][5]]
    section.PREC = "fp32" if precision == "fp32" else "fp16"
    s = record["settings"]
    init = s.get("init", "random")
    words = init[len("words:"):].strip() if init.startswith("words:") else ""
    given = {
        "N_CTX": s.get("nCtx"), "CSC": s.get("csc"), "CLASS_TOKEN_POSITION": s.get("classTokenPosition"),
        "CTX_INIT": words, "W": s.get("regulariserWeight"), "PROMPT_DEPTH": s.get("depth"),
        "N_CTX_TEXT": s.get("nCtxText", s.get("nCtx")), "N_CTX_VISION": s.get("nCtxVision"),
        "PROMPT_DEPTH_TEXT": s.get("promptDepthText", s.get("depth")),
        "PROMPT_DEPTH_VISION": s.get("promptDepthVision", s.get("depth")),
        "TEXT_LOSS_WEIGHT": s.get("textLossWeight"), "IMAGE_LOSS_WEIGHT": s.get("imageLossWeight"),
        "ADAPT_LR": s.get("adaptLr"), "LR_RATIO": s.get("outerRatio"), "FAST_ADAPTATION": s.get("firstOrder"),
        "DIM_RATE": s.get("modulationGroup"), "GPA_MEAN": s.get("averagingMean"), "GPA_STD": s.get("averagingStd"),
    }
    for key, value in given.items():
        if value is not None and key in section:
            section[key] = value
    if method in ("ivlp", "promptsrc", "prometar"):
        section.CTX_INIT = "a photo of a"
    if method == "prograd":
        cfg.LOSS.NAME, cfg.LOSS.T, cfg.LOSS.LAMBDA = "prograd", s["temperature"], s["lambda"]
        section.CTX_INIT = "template"
    if "OPTIM_VNET" in cfg:
        cfg.OPTIM_VNET.NAME = "sgd"
    return cfg


def build(method, record, weights, classes, repositories, precision):
    """The published trainer, before its first step, on a CLIP of these weights."""
    module = environment(method, repositories, precision)
    import torch
    from clip import clip
    file = tempfile.NamedTemporaryFile(suffix=".pt", delete=False)
    torch.save({key: torch.as_tensor(value) for key, value in weights.items()}, file.name)
    clip._download = lambda *a, **k: file.name
    template = record["settings"].get("template", "a photo of a {}.")
    if hasattr(module, "CUSTOM_TEMPLATES"):
        module.CUSTOM_TEMPLATES["Record"] = template
    cfg = configuration(method, record, precision)
    cls = getattr(module, TRAINERS[method][4])
    trainer = cls.__new__(cls)
    from dassl.engine.trainer import TrainerBase
    TrainerBase.__init__(trainer)
    trainer.cfg, trainer.device = cfg, torch.device("cpu")
    trainer.dm = types.SimpleNamespace(dataset=types.SimpleNamespace(classnames=classes))
    trainer.batch_idx, trainer.num_batches, trainer.epoch, trainer.max_epoch = 0, 10 ** 9, 0, 10 ** 9
    trainer.check_cfg(cfg)
    trainer.build_model()
    os.unlink(file.name)
    return trainer


def hold_features(trainer, features):
    """Recorded features in place of the ResNet's, whose weights are not in the repository."""
    import torch
    held = torch.tensor(features)
    for model in (trainer.model, getattr(trainer, "zs_clip", None)):
        for module in model.modules() if model is not None else ():
            if type(module).__name__ == "ModifiedResNet":
                module.forward = lambda image: held[trainer.at_batch][:len(image)].to(image.dtype)


def parameter(trainer, name):
    """A recorded parameter of the trainer's model."""
    models = [trainer.model, trainer.model.prompt_learner, *([trainer.vnet] if hasattr(trainer, "vnet") else [])]
    for model in models:
        found = dict(model.named_parameters())
        if name in found:
            return found[name]
    raise SystemExit(f"the published model has no parameter {name}")


def replay(name, repositories, folder, precision="fp32"):
    """→ what the published trainer computes, in the record's names."""
    import numpy as np
    record, at, classes = find(name, folder)
    method = record["method"]
    recorded = tensors_of(at, record["file"])
    inputs = tensors_of(at, record.get("inputs", "inputs"))
    with contextlib.redirect_stdout(io.StringIO()):
        weights = tensors_of(at, record["weights"])
        trainer = build(method, record, weights, record.get("classNames", classes), repositories, precision)
        if "imageFeatures" in record:
            hold_features(trainer, tensors_of(at, record["imageFeatures"])["features"])
    import torch
    rows = any(key.startswith("param.") for key in recorded)
    start = {key[6:]: value[0] for key, value in recorded.items() if key.startswith("param.")} if rows else {
        key[5:]: value for key, value in recorded.items() if key.startswith("init/")}
    if record.get("modulationInit"):
        start |= tensors_of(at, record["modulationInit"])
    own = {key: parameter(trainer, key) for key in start}
    with torch.no_grad():
        for key, value in start.items():
            own[key].copy_(torch.tensor(value))
    out = collections.defaultdict(list)
    seen = []
    trainer.model.register_forward_hook(lambda module, args, output: seen.append(output))
    lr = record["settings"].get("lr", 0.0025)
    rates = recorded.get("lr", [lr] * (len(next(v for k, v in recorded.items() if k.startswith("param."))) - 1)
                         if rows else [d["lr"] for d in record["draws"]])
    order = record["settings"].get("inputBatchOfStep")
    trainer.set_model_mode("train")  # of the models that the trainer registered, as in its own loop
    for step, rate in enumerate(rates):
        trainer.at_batch = (order[step] if order else step) % len(inputs["images"])
        draws = (record.get("draws") or [{}] * len(rates))[step]
        size = record.get("batchSize", 8)
        image = torch.tensor(inputs["images"][trainer.at_batch][:size])
        label = torch.tensor(draws.get("labels") or inputs["labels"][trainer.at_batch][:size])
        for group in trainer.optim.param_groups:
            group["lr"] = float(rate)
        if method == "prometar":
            draw_as(torch, record, draws, label, trainer)
        seen.clear()
        summary = trainer.forward_backward({"img": image, "label": label})
        if rows:
            logits = seen[0][-1] if isinstance(seen[0], tuple) else seen[0]
            if logits.ndim == 2:
                out["logits"].append(logits)
            for said, name in (("loss", "loss"), ("xe_loss", "loss_ce"), ("kl_loss", "loss_kl")):
                if said in summary:
                    out[name].append(torch.tensor(summary[said]))
            for key, p in own.items():
                out[f"param.{key}"].append(p)
                out[("grad_projected." if method == "prograd" else "grad.") + key].append(p.grad)
                out[f"momentum.{key}"].append(trainer.optim.state[p]["momentum_buffer"])
        else:
            for key, p in own.items():
                group = f"s{step}/{'vnet' if key.startswith('linear_') else 'outer'}."
                out[f"{group}param_after/{key}"] = p
                if p.grad is not None:
                    out[f"{group}grad/{key}"] = p.grad
        copied = {key: [v.detach().clone().float() if isinstance(v, torch.Tensor) else v for v in value] if isinstance(value, list)
                  else value.detach().clone().float() for key, value in out.items()}
        out = collections.defaultdict(list, copied)
    return {key: torch.stack(value).numpy() if isinstance(value, list) else value.numpy() for key, value in out.items()}, record, at


def draw_as(torch, record, draws, label, trainer):
    """The record's task draws in place of torch's."""
    unique = torch.unique(label)
    if draws.get("query_ids"):
        query = label[draws["query_ids"][0]]
        first = int((unique == query).nonzero()[0])
        order = [first, *[i for i in range(len(unique)) if i != first]]
        torch.randperm = lambda n, **k: torch.tensor(order)
        torch.randint = lambda high, size, **k: torch.tensor(draws["mix_ids"])
        torch.distributions.beta.Beta.sample = lambda self, shape: torch.tensor(draws["lam"], dtype=torch.float32)
    for group in trainer.optim_vnet.param_groups:
        group["lr"] = draws.get("vnet_lr", record["settings"]["modulationLr"])


def distance(name, own, record, at):
    """The largest error of each kind of number, relative to the largest of its row, beyond the rounding of packed rows."""
    import numpy as np
    recorded = tensors_of(at, record["file"])
    worst, compared = {}, 0
    for key, value in own.items():
        if key not in recorded:
            continue
        theirs = recorded[key].astype(np.float64)
        if key.startswith("param."):
            theirs = theirs[1:]
        pairs = zip(value, theirs) if not key.startswith("s") else [(value, theirs)]
        for mine, row in pairs:
            mine, row = np.asarray(mine, np.float64).reshape(-1), np.asarray(row).reshape(-1)
            most = np.abs(row).max() or 1.0
            kind = key.split("/")[1] if key.startswith("s") and "/" in key else key.split(".")[0]
            worst[kind] = max(worst.get(kind, 0.0), float(np.abs(mine - row).max() / most))
            compared += 1
    return dict(record=name, compared=compared, worst=worst)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", help="ALL, or names of records")
    parser.add_argument("--repositories", required=True, help="folder with owner+name of each repository")
    parser.add_argument("--against", default=RECORDS, help="folder of records, by default the repository's")
    parser.add_argument("--precision", choices=["fp32", "bf16", "fp16"], default="fp32")
    parser.add_argument("--out", help="folder for the replayed records, packed exactly")
    parser.add_argument("--write", help="JSON file for the distances")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    args.repositories, args.against = os.path.abspath(args.repositories), os.path.abspath(args.against)
    if args.here:
        own, record, at = replay(args.names[0], args.repositories, args.against, args.precision)
        if args.out:
            from packed import write
            os.makedirs(args.out, exist_ok=True)
            write(os.path.join(args.out, record["file"] + ".gz"), own)
        print("RESULT " + json.dumps(distance(args.names[0], own, record, at)))
        return
    names = args.names
    if names == ["ALL"]:
        names = [r["name"] for under in ("", "comparators") for r in
                 json.load(open(os.path.join(args.against, under, "manifest.json")))["records"]
                 if r["kind"] == "trajectory" and r["method"] in TRAINERS]
    results = []
    for name in names:
        command = [sys.executable, os.path.abspath(__file__), name, "--here", "--repositories", args.repositories,
                   "--against", args.against, "--precision", args.precision]
        done = subprocess.run(command + (["--out", os.path.abspath(args.out)] if args.out else []),
                              capture_output=True, text=True)
        line = next((line[7:] for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        results.append(json.loads(line) if line else dict(record=name, failed=last))
        print(json.dumps(results[-1]), flush=True)
    if args.write:
        import torch
        about = dict(torch=torch.__version__, python=sys.version.split()[0], precision=args.precision, commits=COMMITS)
        with open(args.write, "w") as file:
            json.dump(dict(environment=about, results=results), file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
