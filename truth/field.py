"""Makes the records of CLIP-LoRA and DePT by running their published code; record.py's way, but for what is not there yet.

    python truth/field.py clip-lora|dept --repositories DIR [--out FOLDER]

DIR holds owner+name of each repository, at the commits below. The CLIP is `vit_tiny` and the images `inputs` of
test/fixtures/published; what is written goes into its folder `more`, and the manifest's entry is printed.

- CLIP-LoRA: its own `run_lora`, on loaders that are lists. From outside: `.cuda()` does nothing; dropout is there and its
  p is 0 (without it the code takes another path, whose gradients miss the low-rank part); B starts as N(0, 0.02), so that
  two steps move A too; the optimiser, `F.cross_entropy` and nothing else are listened to.
- DePT on CoOp: its trainer's `build_model` and `forward_backward`, as record.py runs others; the model's answers in
  evaluation for what was trained on, and for other classes.
"""
import argparse
import contextlib
import importlib
import io
import json
import os
import sys
import types

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import record as kit  # noqa: E402
from packed import write  # noqa: E402

MORE = os.path.join(kit.RECORDS, "more")
LORA = ("MaxZanella/CLIP-LoRA", "358f0d7361f59e66c0b2d0b672a3dafb143a759b")
DEPT = ("Koorye/DePT", "d4ff41684bac42da30ebb6898496772dec3157f2")
NEW = ["tabby_cat", "grand_piano", "stop_sign", "wombat", "saxophone", "747-400", "lotus"]


def given():
    """Class names, the tiny CLIP's weights and the images."""
    classes = json.load(open(os.path.join(MORE, "manifest.json")))["classNames"]
    return classes, kit.tensors_of(kit.RECORDS, "vit_tiny"), kit.tensors_of(kit.RECORDS, "inputs")


def save(name, method, rows, settings, source, out, **told):
    tensors = {key: np.stack([np.asarray(x.detach()) for x in value]).astype(np.float32) for key, value in rows.items()}
    rows_of = lambda key, tensor: (len(tensor), 1) if key.startswith("param.") else (len(tensor), 0)
    write(os.path.join(out, f"{name}.safetensors.gz"), tensors, rows_of)
    repository, commit = source[:2]
    entry = dict(name=name, file=f"{name}.safetensors", kind="trajectory", method=method, weights="vit_tiny", **told,
                 settings=settings, tolerance=1e-4,
                 source=dict(repository=repository, commit=commit[:7], files=source[2]))
    print(json.dumps(entry))


def lora(repositories, out):
    import torch
    classes, weights, inputs = given()
    root = kit.folder_of(repositories, LORA[0])
    sys.path.insert(0, root)
    torch.set_num_threads(1)
    torch.manual_seed(7)
    torch.Tensor.cuda = lambda self, *a, **k: self
    torch.nn.Module.cuda = lambda self, *a, **k: self
    from pack import build
    code = importlib.import_module("lora")
    clip = build(importlib.import_module("clip.model"), weights)
    scale = float(clip.logit_scale.exp())
    rows = {key: [] for key in ("loss", "logits", "lr")}
    apply = code.apply_lora

    def applied(args, model):
        layers = apply(args, model)
        for layer in layers:
            for part in (layer.q_proj, layer.k_proj, layer.v_proj):
                part.dropout.p = 0
                torch.nn.init.normal_(part.w_lora_B, std=0.02)
        return layers

    class Listening(torch.optim.AdamW):
        def step(self, *a, **k):
            named = [(n, p) for n, p in clip.named_parameters() if "lora_" in n]
            if not rows["lr"]:
                rows.update({f"param.{n}": [p.clone()] for n, p in named})
            rows["lr"].append(torch.tensor(self.param_groups[0]["lr"]))
            done = super().step(*a, **k)
            for n, p in named:
                rows[f"param.{n}"].append(p.clone())
            return done

    entropy = code.F.cross_entropy

    def listening(logits, target):
        loss = entropy(logits, target)
        rows["logits"].append(logits.clone())
        rows["loss"].append(loss.clone())
        return loss

    code.apply_lora, code.F.cross_entropy, torch.optim.AdamW = applied, listening, Listening
    images, labels = (torch.tensor(inputs[key]) for key in ("images", "labels"))
    loader = [(images[i][:4], labels[i][:4]) for i in range(2)]
    args = types.SimpleNamespace(encoder="both", position="all", backbone="ViT-B/16", params=["q", "k", "v"], r=2, alpha=1,
                                 dropout_rate=0.25, n_iters=2, shots=1, lr=2e-4, eval_only=False, save_path=None)
    data = types.SimpleNamespace(template=["a photo of a {}."], classnames=classes)
    with contextlib.redirect_stdout(io.StringIO()):
        code.run_lora(args, clip, scale, data, loader, loader[:1], loader[:1])
    save("cliplora_vit_r2", "clip-lora", rows,
         dict(rank=2, alpha=1, dropout=0, lr=2e-4, template="a photo of a {}.", logitScale=scale),
         (*LORA, "lora.py, loralib/, clip/model.py"), out, batchSize=4,
         note="run_lora on a CPU; dropout's p set to 0, B started as N(0, 0.02); row 0 of param.* is the start")


def dept(repositories, out):
    import torch
    classes, weights, inputs = given()
    kit.TRAINERS["dept-coop"] = (DEPT[0], "", kit.DASSL, "trainers.elp_coop", "ExtrasLinearProbeCoOp", "COOP")
    kit.stub("plotnine", __all__=[])
    kit.stub("datasets")
    configuration = kit.configuration

    def configured(*a):
        cfg = configuration(*a)
        cfg.DATASET.SUBSAMPLE_CLASSES = "base"
        return cfg

    kit.configuration = configured
    told = dict(settings=dict(nCtx=4, init="random", csc=False, classTokenPosition="end", epochs=10), weights="vit_tiny")
    torch.manual_seed(3)
    with contextlib.redirect_stdout(io.StringIO()):
        trainer = kit.build("dept-coop", told, weights, classes, repositories, "fp32")
    model = trainer.model
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    with torch.no_grad():  # gains and shifts away from 1 and 0
        for n, p in named:
            if "film" in n:
                p.add_(torch.randn_like(p) * 0.1)
    rows = {f"param.{n}": [p.clone()] for n, p in named}
    rows |= {key: [] for key in ("loss", "logits", "lr", "evalLogits")}
    groups = [group["lr"] for group in trainer.optim.param_groups]
    images, labels = (torch.tensor(inputs[key]) for key in ("images", "labels"))
    similarity = type(model)._forward_logits_similarity

    def listening(self, *a):
        logits = similarity(self, *a)
        if self.prompt_learner.training:
            rows["logits"].append(logits.clone())
        return logits

    type(model)._forward_logits_similarity = listening
    for step in range(4):
        trainer.set_model_mode("train")
        rows["lr"].append(torch.tensor(groups[0]))
        summary = trainer.forward_backward({"img": images[step % len(images)][:4], "label": labels[step % len(images)][:4]})
        rows["loss"].append(torch.tensor(summary["loss"]))
        for n, p in named:
            rows[f"param.{n}"].append(p.clone())
        trainer.set_model_mode("eval")
        with torch.no_grad():
            rows["evalLogits"].append(model(images[0][:8]).clone())
    state = {n: p.clone() for n, p in named}
    with contextlib.redirect_stdout(io.StringIO()):
        kit.configuration = lambda *a: (lambda cfg: (setattr(cfg.DATASET, "SUBSAMPLE_CLASSES", "new"), cfg)[1])(configuration(*a))
        other = kit.build("dept-coop", told, weights, NEW, repositories, "fp32").model.eval()
    other.load_state_dict({n: p for n, p in state.items() if "linear_probe" not in n}, strict=False)
    with torch.no_grad():
        new = other(images[0][:4])
    rows["evalNew.logits"] = [row for row in new]
    save("dept_coop_vit_m4", "dept-coop", rows,
         dict(nCtx=4, init="random", weight=0.7, headRate=groups[1] / groups[0], lr=groups[0]),
         (*DEPT, "trainers/elp_coop.py, trainers/coop.py, trainers/optim.py"), out, batchSize=4, classNamesNew=NEW,
         note="build_model and forward_backward; gains and shifts started 0.1 away; evalNew: its answers for other classes")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("method", choices=["clip-lora", "dept"])
    parser.add_argument("--repositories", required=True)
    parser.add_argument("--out", default=MORE)
    args = parser.parse_args()
    {"clip-lora": lora, "dept": dept}[args.method](os.path.abspath(args.repositories), os.path.abspath(args.out))
