"""The published trainers on plumbline's pocket suite: which, with what settings, and what is changed of them.

All from outside: .cuda()/.half() are identities, the CLIP file is the pocket CLIP, a Dassl data set class reads the pocket
split files, and, for MaPLe and KgCoOp, widths that are written into the source (768, 512) are the pocket CLIP's 128.
"""
import importlib.machinery
import os
import sys
import types

import torch

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

# repository, Dassl, trainer, its config file, options of the pocket recipe that the first runs had; --rate, --epochs,
# --batch and --crops give others, such as today's (lib/protocols/recipes/pocket_entries.ts)
CONTEXT = ["DATALOADER.TRAIN_X.BATCH_SIZE", 32, "OPTIM.LR", 0.05, "OPTIM.MAX_EPOCH", 100,
           "INPUT.RRCROP_SCALE", (0.5, 1.0)]
DEEP = ["DATALOADER.TRAIN_X.BATCH_SIZE", 16, "OPTIM.LR", 0.02, "OPTIM.MAX_EPOCH", 10,
        "INPUT.RRCROP_SCALE", (0.5, 1.0)]
METHODS = {
    "zero-shot": dict(repo="KaiyangZhou+CoOp", dassl="KaiyangZhou+Dassl.pytorch", trainer="ZeroshotCLIP",
                      config="configs/trainers/CoOp/vit_b16.yaml", opts=[], templates="trainers.zsclip"),
    "coop": dict(repo="KaiyangZhou+CoOp", dassl="KaiyangZhou+Dassl.pytorch", trainer="CoOp",
                 config="configs/trainers/CoOp/vit_b16_ctxv1.yaml",
                 opts=CONTEXT + ["TRAINER.COOP.PREC", "fp32", "TRAINER.COOP.N_CTX", 4,
                                 "TRAINER.COOP.CTX_INIT", "a photo of a"]),
    "prograd": dict(repo="BeierZhu+Prompt-align/ProGrad.public",
                    dassl="BeierZhu+Prompt-align/Dassl.ProGrad.pytorch", trainer="ProGrad",
                    config="configs/trainers/ProGrad/rn50_ep100.yaml", templates="trainers.prograd",
                    opts=CONTEXT + ["MODEL.BACKBONE.NAME", "ViT-B/16", "TRAINER.COOP.PREC", "fp32",
                                    "TRAINER.COOP.N_CTX", 4, "LOSS.LAMBDA", 1.0]),
    "cocoop": dict(repo="KaiyangZhou+CoOp", dassl="KaiyangZhou+Dassl.pytorch", trainer="CoCoOp",
                   config="configs/trainers/CoCoOp/vit_b16_c4_ep10_batch1_ctxv1.yaml",
                   opts=["DATALOADER.TRAIN_X.BATCH_SIZE", 8, "OPTIM.LR", 0.02, "OPTIM.MAX_EPOCH", 10,
                         "INPUT.RRCROP_SCALE", (0.5, 1.0), "TRAINER.COCOOP.PREC", "fp32"]),
    "ivlp": dict(repo="muzairkhattak+multimodal-prompt-learning", dassl="KaiyangZhou+Dassl.pytorch", trainer="IVLP",
                 config="configs/trainers/IVLP/vit_b16_c2_ep5_batch4_2+2ctx.yaml",
                 opts=DEEP + ["TRAINER.IVLP.PREC", "fp32", "TRAINER.IVLP.N_CTX_TEXT", 4,
                              "TRAINER.IVLP.N_CTX_VISION", 4, "TRAINER.IVLP.PROMPT_DEPTH_TEXT", 3,
                              "TRAINER.IVLP.PROMPT_DEPTH_VISION", 4]),
    "prometar": dict(repo="mlvlab+ProMetaR", dassl="KaiyangZhou+Dassl.pytorch", trainer="ProMetaR",
                     config="configs/trainers/ProMetaR/vit_b16_c2_ep10_batch4_4+4ctx.yaml",
                     opts=DEEP + ["TRAINER.PROMETAR.PREC", "fp32", "TRAINER.PROMETAR.PROMPT_DEPTH_TEXT", 3,
                                  "TRAINER.PROMETAR.PROMPT_DEPTH_VISION", 4]),
    "maple": dict(repo="muzairkhattak+multimodal-prompt-learning", dassl="KaiyangZhou+Dassl.pytorch", trainer="MaPLe",
                  config="configs/trainers/MaPLe/vit_b16_c2_ep5_batch4_2ctx.yaml",
                  opts=DEEP + ["TRAINER.MAPLE.PREC", "fp32", "TRAINER.MAPLE.PROMPT_DEPTH", 3],
                  widths=["trainers/maple.py"]),
    # promptsrc and kgcoop are in no pocket experiment: the published rates and crops, on both sides
    "promptsrc": dict(repo="muzairkhattak+PromptSRC", dassl="KaiyangZhou+Dassl.pytorch", trainer="PromptSRC",
                      config="configs/trainers/PromptSRC/vit_b16_c2_ep20_batch4_4+4ctx.yaml",
                      opts=["TRAINER.PROMPTSRC.PREC", "fp32", "TRAINER.PROMPTSRC.PROMPT_DEPTH_TEXT", 3,
                            "TRAINER.PROMPTSRC.PROMPT_DEPTH_VISION", 4]),
    "kgcoop": dict(repo="htyao89+KgCoOp/KgCoOp", dassl="KaiyangZhou+Dassl.pytorch", trainer="KgCoOp",
                   config="configs/trainers/KgCoOp/vit_b16_ep100_ctxv1.yaml", templates="trainers.kgcoop",
                   opts=["TRAINER.COOP.PREC", "fp32", "TRAINER.COOP.W", 8.0], widths=["trainers/kgcoop.py"]),
}


def stub(name, **attributes):
    module = types.ModuleType(name)
    module.__dict__.update(attributes)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
    sys.modules[name] = module
    return module


def environment(entry, places):
    """sys.path, stand-ins for packages that are only imported, CPU and fp32."""
    repository, dassl = (os.path.join(places.repositories, entry[key]) for key in ("repo", "dassl"))
    sys.path[:0] = [repository, dassl]
    os.chdir(repository)
    stub("tabulate", tabulate=lambda rows, **_: "\n".join(map(str, rows)))
    stub("gdown")  # downloads, of which there are none here
    stub("tensorboard")
    stub("torch.utils.tensorboard", SummaryWriter=type("SummaryWriter", (), {
        "__init__": lambda self, *a, **k: None, "add_scalar": lambda self, *a: None, "close": lambda self: None}))
    stub("dassl.data.datasets.dg.wilds", __all__=[])  # needs pandas and wilds, and no prompt learner needs it
    torch.set_num_threads(1)
    if "ProMetaR" in entry["repo"]:
        # of learn2learn only what ProMetaR's maml.py uses; its package imports compiled and RL parts
        package = stub("learn2learn")
        package.__path__ = [f"{places.repositories}/learnables+learn2learn/learn2learn"]
        algorithms = stub("learn2learn.algorithms")
        algorithms.__path__ = [f"{places.repositories}/learnables+learn2learn/learn2learn/algorithms"]
        package.algorithms = algorithms
        torch.backends.cuda.enable_flash_sdp(False)  # no double backward
        torch.backends.cuda.enable_mem_efficient_sdp(False)
    torch.Tensor.cuda = lambda self, *a, **k: self
    torch.nn.Module.cuda = lambda self, *a, **k: self
    torch.Tensor.half = lambda self, *a, **k: self.float()
    torch.nn.Module.half = lambda self, *a, **k: self.float()
    from clip import clip
    weights = weights_file(places.weights)
    clip._download = lambda *a, **k: weights
    for path in entry.get("widths", []):
        narrow(repository, path)


def weights_file(path):
    """The safetensors as the file that the published code opens, beside it."""
    from safetensors.torch import load_file
    made = f"{path}.pt"
    if not os.path.exists(made) or os.path.getmtime(made) < os.path.getmtime(path):
        torch.save({key: value.float() for key, value in load_file(path).items()}, made)
    return made


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

