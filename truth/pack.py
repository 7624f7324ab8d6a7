"""Packs folders of step records into test/fixtures/published: python truth/pack.py RECORDS DESTINATION --clip CLIP_CODE

RECORDS has the folder `parity` (with `comparators`) and `parity_more`; CLIP_CODE is the folder `clip` of the published
CoOp repository, which computes what the packed files need beside the records:

- the image features of the ResNet's records. That tower's weights alone would fill the repository's share, so the packed
  weights have zeros in their place, and the records give the published tower's features of their images;
- a smaller ResNet with its zero-shot record, so that this tower too is held to the published code.

Weights, starting parameters, images, features and draws stay exact. Recorded gradients, buffers and parameters after a step
are rounded to 16 bits of the largest of their row (error at most 1.5e-5 of it; tolerances are 1e-4 and more), and so is the
start of the modulation of depth 3. Left out, by name in the manifest: optimiser buffers of more than 18 kB (they follow from
the gradients, and the parameters show them); ProMetaR's modulation where nothing shows within the tolerance or a later step
shows it too; parts that plumbline does not observe. Token rows that no text of the records has are zeros. A view of 224
pixels is held as the 8-bit samples from which normalisation makes it, bit for bit.
"""
import argparse
import importlib.util
import json
import os
import re
import shutil
import sys

import numpy as np
import torch
from safetensors.numpy import load_file

from packed import write

ROUNDED = re.compile(r"^(grad|momentum|expAvg|expAvgSq|grad_projected)\.|^(textFeatures|imageFeatures|teacherImageFeatures)$"
                     r"|^(perTemplateFeaturesUnnormalised)$")
STEP = re.compile(r"^s\d+/(phase1|inner|outer|vnet)\.")
BUFFER = re.compile(r"^(momentum|expAvg|expAvgSq)\.")
MODULATION = {  # its parameters move by 1e-6 of themselves but in the amplified record
    "prometar_vit_d2": r"^s\d+/vnet\.param_after/|^s[1234]/vnet\.grad/",
    "prometar_vit_d2_singlelabel": r"^s\d+/vnet\.param_after/",
    "prometar_vit_d3_firstorder": r"^s\d+/vnet\.param_after/",
    "prometar_vit_d2_amplified": r"^s[01]/vnet\.param_after/|^s[01]/vnet\.grad/",
}
MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)[:, None, None]
STD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)[:, None, None]
SOURCES = {
    "coop": ("KaiyangZhou/CoOp", "ff61507", "trainers/coop.py, clip/model.py"),
    "cocoop": ("KaiyangZhou/CoOp", "ff61507", "trainers/cocoop.py, clip/model.py"),
    "prograd": ("BeierZhu/Prompt-align", "1b76203", "ProGrad.public/trainers/prograd.py, Dassl.ProGrad.pytorch"),
    "prometar": ("mlvlab/ProMetaR", "c907bdb", "trainers/prometar.py, clip/model.py"),
    "ivlp": ("mlvlab/ProMetaR", "c907bdb", "trainers/prometar.py (its model), clip/model.py"),
    "vpt": ("mlvlab/ProMetaR", "c907bdb", "clip/model.py"),
    "kgcoop": ("htyao89/KgCoOp", "c43ccc3", "trainers/kgcoop.py"),
    "maple": ("muzairkhattak/multimodal-prompt-learning", "69bce21", "trainers/maple.py, clip/model.py"),
    "promptsrc": ("muzairkhattak/PromptSRC", "bb95c77", "trainers/promptsrc.py, clip/model.py"),
    "linear": ("KaiyangZhou/CoOp", "ff61507", "lpclip/linear_probe.py"),
    "zeroshot": ("KaiyangZhou/CoOp, mlvlab/ProMetaR", "ff61507, c907bdb", "trainers/zsclip.py, clip/model.py"),
    "lr": ("KaiyangZhou/Dassl.pytorch", "c61a1b5", "dassl/optim/lr_scheduler.py"),
    "metrics": ("KaiyangZhou/Dassl.pytorch", "c61a1b5", "dassl/evaluation/evaluator.py"),
    "fewshot": ("KaiyangZhou/CoOp, KaiyangZhou/Dassl.pytorch", "ff61507, c61a1b5",
                "datasets/oxford_pets.py, dassl/data/datasets/base_dataset.py"),
    "preprocess": ("KaiyangZhou/Dassl.pytorch, Pillow 13.0.0", "c61a1b5", "dassl/data/transforms/transforms.py"),
    "tokenizer": ("KaiyangZhou/CoOp", "ff61507", "clip/simple_tokenizer.py, clip/clip.py"),
    "templates": ("KaiyangZhou/CoOp, muzairkhattak/PromptSRC", "ff61507, bb95c77", "trainers/imagenet_templates.py"),
    "second": ("PyTorch", "2.4.1", "double precision, torch.autograd"),
}
MORE = {
    "jusiro/CLAP": "dbdf409", "gaopengcuhk/Tip-Adapter": "d0e2d6f", "geekyutao/TaskRes": "5195359",
    "FereshteShakeri/FewShot-CLIP-Strong-Baseline": "f81054f", "linzhiqiu/cross_modal_adaptation": "ac9077e",
    "htyao89/Textual-based_Class-aware_prompt_tuning": "bd97bec", "ZjjConan/Multi-Modal-Adapter": "547ee34",
    "yunncheng/MMRL": "27d8821", "mlvlab/RPO": "d770db6", "1adrianb/lasp": "5b1e8d9",
}


def published_clip(folder):
    """The published clip package, under its own name."""
    spec = importlib.util.spec_from_file_location("clip", os.path.join(folder, "__init__.py"),
                                                  submodule_search_locations=[folder])
    module = importlib.util.module_from_spec(spec)
    sys.modules["clip"] = module
    spec.loader.exec_module(module)
    return module


def build(model, weights):
    """The published CLIP of these weights, in single precision."""
    state = {key: torch.tensor(value) for key, value in weights.items()}
    vision = state["visual.conv1.weight"].shape[0]
    vit = "visual.proj" in state
    text = state["ln_final.weight"].shape[0]
    layers = len({k.split(".")[2] for k in state if k.startswith("transformer.resblocks")})
    stages = tuple(len({k.split(".")[2] for k in state if k.startswith(f"visual.layer{i}.")}) for i in (1, 2, 3, 4))
    if not vit:
        vision = state["visual.layer1.0.conv1.weight"].shape[0]
    clip = model.CLIP(state["text_projection"].shape[1], 64, stages if not vit else 3, vision,
                      None if not vit else state["visual.conv1.weight"].shape[-1], 77, 49408, text, 1, layers)
    clip.load_state_dict(state)
    return clip.float().eval()


def strings(value, under=None):
    """The texts that a manifest's records tokenise."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("note", "tensors", "source", "file", "name", "tokenized_prompts", "learnable_params", "check"):
                yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def left_out(record, tensors):
    """Keys of a record that are not held."""
    modulation = MODULATION.get(record["name"], r"^$")
    keys = [key for key, value in tensors.items() if re.match(modulation, key)
            or record["kind"] == "trajectory" and BUFFER.match(key) and value.nbytes > 18_000]
    if record.get("weights") == "rn_tiny" or record["name"] == "zeroshot_rn_tiny":
        keys += [key for key in tensors if re.match("image_features|imageFeatures", key)]
    keys += [key for key in tensors if re.match(r"gradPart\.|visionPrompt\.|loss\.klSum$", key)]
    if record["name"] == "preprocess":
        keys += [key for key in tensors if re.match("img2/|img3/224", key)]  # the picture is not there; one such size is enough
    return keys


def eight_bit(tensors):
    """Views of 224 pixels as the samples they come from."""
    for key in [key for key in tensors if key.endswith("/224")]:
        view = tensors.pop(key)
        samples = np.rint((view * STD + MEAN) * 255).astype(np.uint8)
        assert np.array_equal((samples.astype(np.float32) / np.float32(255) - MEAN) / STD, view), key
        tensors[key + "_u8"] = samples


def source_of(record):
    if "source" in record:
        repository, files = record["source"].split(" ", 1)
        return dict(repository=repository, commit=MORE[repository], files=files)
    kind = re.split(r"[_]", record["name"])[0]
    if kind not in SOURCES:
        return None
    return dict(zip(("repository", "commit", "files"), SOURCES[kind]))


def rows_of(record):
    def rows(key, tensor):
        if record["name"] == "prometar_vnet_init_d3":
            return 1, 0
        if tensor.dtype != np.float32 or record["kind"] == "data" and not ROUNDED.match(key):
            return 1, 1
        if key.startswith("param."):
            return (1, 1) if record["method"] == "prograd" else (len(tensor), 1)  # the analyses start steps from ProGrad's
        if ROUNDED.match(key):
            return len(tensor), 0
        return (1, 0) if STEP.match(key) else (1, 1)
    return rows


def small_resnet(model, destination, images, class_names):
    """A ResNet whose weights are few, and its zero-shot record."""
    torch.manual_seed(4)
    net = model.CLIP(64, 64, (1, 1, 1, 1), 2, None, 77, 49408, 64, 1, 1).float()
    with torch.no_grad():
        for name, value in [*net.named_parameters(), *net.named_buffers()]:
            if re.search(r"bn\d|downsample\.1|ln_", name) and value.ndim == 1:
                value.copy_(0.5 + torch.rand_like(value) if re.search(r"weight|var", name) else 0.1 * torch.randn_like(value))
            elif name.endswith("bias"):
                value.copy_(0.02 * torch.randn_like(value))
        net.logit_scale.fill_(float(np.log(20)))
        net.eval()
        image = net.encode_image(torch.tensor(images))
        record = {"image_features_unnorm": image, "image_features_norm": image / image.norm(dim=-1, keepdim=True)}
    weights = {key: value.numpy() for key, value in net.state_dict().items()}
    for key in weights:
        if not key.startswith("visual.") and key != "logit_scale":
            weights[key][...] = 0
    write(f"{destination}/rn_small.safetensors.gz", weights)
    write(f"{destination}/zeroshot_rn_small.safetensors.gz", {k: v.numpy() for k, v in record.items()})
    about = dict(repository="KaiyangZhou/CoOp", commit="ff61507", files="clip/model.py")
    shapes = {k: dict(shape=list(v.shape), dtype="F32") for k, v in record.items()}
    return [dict(name="zeroshot_rn_small", file="zeroshot_rn_small.safetensors", kind="data", weights="rn_small", source=about,
                 note="images = inputs.images[0]; a ResNet of width 2 with random weights (zeros in its text tower's place)",
                 tensors=shapes, batchSize=8, classNames=class_names)]


HEAD = """# What the published code computed

Step records of published trainers and helpers: the numbers that `deno task verify` replays. They are facts about programs of
others, which are not copied here. Written by `truth/pack.py` from raw records (PyTorch 2.4.1, Python 3.11.7, NumPy 2.4.6,
Pillow 13.0.0; fp32 on an x86-64 CPU), in which the published trainers' own classes ran on two small CLIPs with random weights
in OpenAI's key layout, on given images. Changed from outside: `.cuda()` and `.half()` do nothing, widths and layers that are
written into a source are the small CLIPs'. `truth/README.md` says how to make them again, and which were.

## How they are held

{held}
A record's `leftOut` in `manifest.json` names what the raw record has besides. Commits of `more/` are those that were run; the
other records do not say theirs, and the table has the repository's newest, at which `truth/record.py` replays them:
`truth/results.json` says which it gave again.

## Weights and images

`vit_tiny`: 3 layers, width 128, patch 16, 2 heads; `rn_tiny`: layers (1, 1, 1, 1), width 16, 8 heads; images 64 × 64; text width
64, 1 head, 3 and 2 layers. Batch norms, layer norms and biases are random too; logit_scale = ln 20. `inputs`: 5 batches of 8
normalised images. `rn_small`: see its note.

## Conventions

`param.X` [steps + 1, …] (row 0 is the start), `grad.X` (without weight decay), `momentum.X`, `expAvg.X`, `expAvgSq.X` (after the
step), `logits`, `loss…`, `lr`: a row for each step. ProMetaR: `s{{step}}/phase1.*` (the regularised step), `inner.*`, `outer.*`,
`vnet.*`, `draw.*`. SGD: d = g + wd·p; buf = d at the first step, then 0.9·buf + d; p −= lr·buf.

## Records

| record | published code | commit | files | settings |
|---|---|---|---|---|
"""


def page(manifests):
    """The README of the packed records."""
    held = __doc__.split("records:\n\n", 1)[1]
    lines = [HEAD.format(held=held)]
    for folder, manifest in manifests:
        for record in manifest["records"]:
            source = record.get("source", {})
            settings = record.get("settings", {})
            told = ", ".join(f"{k} {json.dumps(v, ensure_ascii=False)}" for k, v in settings.items()
                             if isinstance(v, (int, float, bool, str)))
            name = f"{folder}/{record['name']}".lstrip("/")
            cells = [f"<a id=\"{record['name']}\"></a>`{name}`", *(source.get(key, "–") for key in ("repository", "commit", "files")), told or "–"]
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    return "".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("records")
    parser.add_argument("destination")
    parser.add_argument("--clip", required=True)
    args = parser.parse_args()
    clip = published_clip(args.clip)
    model = sys.modules["clip.model"]
    tokenizer = sys.modules["clip.simple_tokenizer"].SimpleTokenizer()
    folders = [("parity", ""), ("parity/comparators", "comparators"), ("parity_more", "more")]
    manifests = {name: json.load(open(f"{args.records}/{name}/manifest.json")) for name, _ in folders}

    used = np.zeros(49408, bool)
    texts = set(strings(list(manifests.values())))
    for name in ("parity", "parity/comparators"):
        texts |= set(strings(json.load(open(f"{args.records}/{name}/templates.json"))))
    texts |= {text.replace("_", " ") for text in texts} | {"X X X X", "a photo of a", "."}
    for text in texts:
        used[tokenizer.encode(text)] = True
    used[[49406, 49407, 0]] = True

    first = load_file(f"{args.records}/parity/inputs.safetensors")
    rn = load_file(f"{args.records}/parity/rn_tiny.safetensors")
    with torch.no_grad():
        tower = build(model, rn)
        features = torch.stack([tower.encode_image(torch.tensor(batch)) for batch in first["images"]]).numpy()

    shutil.rmtree(args.destination, ignore_errors=True)
    for name, to in folders:
        source, destination = f"{args.records}/{name}", f"{args.destination}/{to}".rstrip("/")
        os.makedirs(destination)
        manifest = manifests[name]
        for record in manifest["records"]:
            if "source" in record or source_of(record):
                record["source"] = source_of(record)
            record.pop("check", None)
            path = f"{source}/{record['file']}"
            if not path.endswith(".safetensors"):
                shutil.copyfile(path, f"{destination}/{record['file']}")
                continue
            tensors = load_file(path)
            if record.get("weights") == "rn_tiny" or record["name"] == "zeroshot_rn_tiny":
                record["imageFeatures"] = "rn_tiny_features"
            without = left_out(record, tensors)
            for key in without:
                del tensors[key]
            if record["name"] == "preprocess":
                eight_bit(tensors)
            if without:
                record["leftOut"] = without
            if "tensors" in record:
                record["tensors"] = {k: v for k, v in record["tensors"].items() if k in tensors}
            if record["name"] in ("rn_tiny", "vit_tiny"):
                tensors["token_embedding.weight"][~used] = 0
            if record["name"] == "rn_tiny":
                for key in tensors:
                    if key.startswith("visual."):
                        tensors[key][...] = 0
            write(f"{destination}/{record['file']}.gz", tensors, rows_of(record))
        if name == "parity":
            write(f"{destination}/rn_tiny_features.safetensors.gz", {"features": features})
            manifest["records"] += small_resnet(model, destination, first["images"][0], manifest["classNames"])
            for file in os.listdir(source):
                if file.endswith(".png") or file == "prograd_notes.json":
                    shutil.copyfile(f"{source}/{file}", f"{destination}/{file}")
        with open(f"{destination}/manifest.json", "w") as file:
            json.dump(manifest, file, separators=(",", ":"))
    with open(f"{args.destination}/README.md", "w") as file:
        file.write(page([(to, manifests[name]) for name, to in folders]))
    size = sum(os.path.getsize(os.path.join(at, f)) for at, _, files in os.walk(args.destination) for f in files)
    print(f"{size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
