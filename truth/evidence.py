"""Writes data/evidence.json: python truth/evidence.py --repositories DIR, from the repository's root

What each method is held to: the records of its published code (from the manifests of test/fixtures/published), and the
published lines that they are records of. Lines are found by the name of the class or function at the commit; a line that
starts with a word stands for itself and what is indented below it.
"""
import argparse
import ast
import json
import os

COMMITS = {
    "KaiyangZhou/CoOp": "ff61507c790454bce7c5052c3ac39e60772f1f89",
    "BeierZhu/Prompt-align": "1b762036cbe97ecf504e17bb94d89191679e4e6e",
    "mlvlab/ProMetaR": "c907bdb5d8730a00d4e7deb1a53a6882ed4c48a1",
    "muzairkhattak/multimodal-prompt-learning": "69bce21ae8eda80ad6187534b2dce09cf6c59e17",
    "muzairkhattak/PromptSRC": "bb95c77b634d63488f2cad81ff4a72d53bdd06d5",
    "htyao89/KgCoOp": "c43ccc32c8739f64b165cfa205fcc6c0f5bb5b17",
    "jusiro/CLAP": "dbdf4095b3d824546474c725539b9f4efff3ca0e",
    "linzhiqiu/cross_modal_adaptation": "ac9077ee4e422f768c9b9109551468605e33ec9a",
    "1adrianb/lasp": "5b1e8d98e2b6bb127c4fd181951cdd2b8b8e15f0",
    "FereshteShakeri/FewShot-CLIP-Strong-Baseline": "f81054f995b060f8348d20e7306e15889b70c786",
    "ZjjConan/Multi-Modal-Adapter": "547ee345a4dc5d60d43d3aa54e8eee50a107f591",
    "yunncheng/MMRL": "27d8821f6ac135a1d0c8e4c5ed78af14df0cd82e",
    "mlvlab/RPO": "d770db632307d65cbe40ff4e0fa6dd84b4e61274",
    "geekyutao/TaskRes": "5195359661d6bef661090c33b81aacfc7d7cc181",
    "htyao89/Textual-based_Class-aware_prompt_tuning": "bd97bec6bd4901baaf318e9e8f073f618d12066e",
    "MaxZanella/CLIP-LoRA": "358f0d7361f59e66c0b2d0b672a3dafb143a759b",
    "Koorye/DePT": "d4ff41684bac42da30ebb6898496772dec3157f2",
    "gaopengcuhk/Tip-Adapter": "d0e2d6f8c5feb8b6ce937b757810761f7155d4d5",
}
COOP = "KaiyangZhou/CoOp"
PROMETAR = ("mlvlab/ProMetaR", "trainers/prometar.py", ["ProMetaR.forward_backward", "gradient_update", "VNet", "CustomCLIP.forward"])
CLAP = ("jusiro/CLAP", "trainers/adapters.py")
# plumbline's name of a method: repository, file, names in it
METHODS = {
    "zero-shot": [(COOP, "trainers/zsclip.py", ["ZeroshotCLIP"])],
    "linear-probe": [(COOP, "lpclip/linear_probe.py", ["for num_shot"])],
    "coop": [(COOP, "trainers/coop.py", ["CoOp.forward_backward", "PromptLearner", "CustomCLIP.forward"])],
    "cocoop": [(COOP, "trainers/cocoop.py", ["CoCoOp.forward_backward", "PromptLearner", "CustomCLIP.forward"])],
    "prograd": [("BeierZhu/Prompt-align", "ProGrad.public/trainers/prograd.py",
                 ["ProGrad.forward_backward", "ProGradLoss", "PromptLearner"]),
                ("BeierZhu/Prompt-align", "Dassl.ProGrad.pytorch/dassl/engine/trainer.py", ["TrainerBase.prograd_backward_and_update"])],
    "prometar": [PROMETAR],
    **{f"prometar-{on}": [PROMETAR] for on in ("coop", "vpt", "maple")},  # no record of their own: the paper's plug-in
    "ivlp": [("mlvlab/ProMetaR", "trainers/prometar.py", ["VLPromptLearner", "CustomCLIP.forward"]),
             ("mlvlab/ProMetaR", "clip/model.py", ["ResidualAttentionBlock_IVLP"])],
    "vpt": [("mlvlab/ProMetaR", "clip/model.py", ["ResidualAttentionBlock_IVLP", "VisionTransformer"])],
    "kgcoop": [("htyao89/KgCoOp", "KgCoOp/trainers/kgcoop.py", ["KgCoOp.forward_backward", "PromptLearner", "CustomCLIP.forward"])],
    "maple": [("muzairkhattak/multimodal-prompt-learning", "trainers/maple.py",
               ["MaPLe.forward_backward", "MultiModalPromptLearner", "CustomCLIP.forward"])],
    "promptsrc": [("muzairkhattak/PromptSRC", "trainers/promptsrc.py",
                   ["PromptSRC.forward_backward", "PromptSRC.get_gauss", "VLPromptLearner", "CustomCLIP.forward"])],
    "lasp": [("1adrianb/lasp", "prompting/lasp.py", ["LASP.forward_backward", "PromptLearner", "CustomCLIP"])],
    "rpo": [("mlvlab/RPO", "trainers/rpo.py", ["RPO.forward_backward", "PromptLearner", "CustomCLIP"])],
    "tcp": [("htyao89/Textual-based_Class-aware_prompt_tuning", "trainers/tcp.py",
             ["TCP.forward_backward", "PromptLearner", "CustomCLIP.forward"])],
    "mma": [("ZjjConan/Multi-Modal-Adapter", "trainers/mmadapter.py",
             ["MultiModalAdapter.forward_backward", "AdapterLearner", "CustomCLIP"])],
    "mmrl": [("yunncheng/MMRL", "trainers/mmrl.py",
              ["MMRL.forward_backward", "MMRL_Loss", "MultiModalRepresentationLearner", "CustomCLIP.forward"])],
    "clip-lora": [("MaxZanella/CLIP-LoRA", "lora.py", ["run_lora"]),
                  ("MaxZanella/CLIP-LoRA", "loralib/layers.py", ["PlainMultiheadAttentionLoRA", "LinearLoRA"])],
    **{f"dept-{on}": [("Koorye/DePT", f"trainers/elp_{on}.py", ["CustomCLIP"])] for on in ("coop", "maple")},
    "clip-adapter": [(*CLAP, ["AdapterMethod.init_clipA", "CustomCLIP.forward_clipadapter"])],
    "tip-adapter": [("gaopengcuhk/Tip-Adapter", "main.py", ["run_tip_adapter"]),
                    ("gaopengcuhk/Tip-Adapter", "utils.py", ["build_cache_model", "search_hp"]),
                    (*CLAP, ["AdapterMethod.init_tipA", "CustomCLIP.forward_tipadapter"])],
    "tip-adapter-f": [(*CLAP, ["AdapterMethod.init_tipA", "CustomCLIP.forward_tipadapter", "ADAPTER.forward_backward"]),
                      ("gaopengcuhk/Tip-Adapter", "main.py", ["run_tip_adapter_F"])],
    "taskres": [("geekyutao/TaskRes", "trainers/taskres.py", ["TaskRes.forward_backward", "TaskResLearner", "CustomCLIP.forward"]),
                (*CLAP, ["AdapterMethod.init_TR", "CustomCLIP.forward_task_residual"])],
    "zs-lp": [(*CLAP, ["CustomCLIP.forward_lp", "ADAPTER.forward_backward"])],
    "clap": [(*CLAP, ["AdapterMethod.zero_shot_constraint", "AdapterMethod.init_lagrangian_multipliers",
                      "AdapterMethod.outer_step", "ADAPTER.forward_backward"])],
    "cross-modal": [("linzhiqiu/cross_modal_adaptation", "train.py", ["train"]),
                    ("linzhiqiu/cross_modal_adaptation", "engine/model/head.py", ["make_classifier_head"]),
                    (*CLAP, ["AdapterMethod.init_MultiModal"])],
    "lp-plus-plus": [("FereshteShakeri/FewShot-CLIP-Strong-Baseline", "methods/linear_probe_p2.py",
                      ["LinearProbe_P2.forward", "calculate_lr_alpha", "calculate_lr_w"])],
}
FOLDERS = ["", "comparators", "more"]
# Records whose method the manifest does not name, by what their names begin with
DATA = {"zeroshot": "zero-shot", "linear_probe": "linear-probe", "promptsrc": "promptsrc", "prometar": "prometar"}
NAMES = {"lp++": "lp-plus-plus"}


def method_of(record):
    named = record.get("method")
    if named in METHODS or named in NAMES:
        return NAMES.get(named, named)
    return next((method for start, method in DATA.items() if record["name"].startswith(start)), None)


def records():
    for folder in FOLDERS:
        at = os.path.join("test/fixtures/published", folder)
        for record in json.load(open(os.path.join(at, "manifest.json")))["records"]:
            method = method_of(record)
            if method:
                found = next(name for name in (record["file"], record["file"] + ".gz") if os.path.exists(os.path.join(at, name)))
                yield method, dict(name=record["name"], file=os.path.join(at, found))


def lines(path, name):
    """The lines, from 1, of a class, a method of a class, a function, or a statement at the left margin."""
    source = open(path).read()
    body = ast.parse(source).body
    if " " in name:
        node = next(n for n in body if source.splitlines()[n.lineno - 1].startswith(name))
        return node.lineno, node.end_lineno
    for part in name.split("."):
        node = next(n for n in body if getattr(n, "name", None) == part)
        body = getattr(node, "body", [])
    return node.lineno, node.end_lineno


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repositories", required=True)
    args = parser.parse_args()
    held = {}
    for method, record in records():
        held.setdefault(method, []).append(record)
    made = {}
    for method, places in METHODS.items():
        code = []
        for repository, file, names in places:
            path = os.path.join(args.repositories, repository.replace("/", "+"), file)
            for name in names:
                start, end = lines(path, name)
                code.append(dict(what=name, repository=repository, commit=COMMITS[repository], file=file, lines=[start, end]))
        made[method] = dict(records=held.get(method, []), code=code)
    with open("data/evidence.json", "w") as file:
        body = ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in made.items())
        file.write(f"{{\n{body}\n}}\n")


if __name__ == "__main__":
    main()
