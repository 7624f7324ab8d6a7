"""A small CLIP with a ResNet tower that was never trained: python truth/resnet_tower.py POCKET OUT --clip CLIP_CODE --images FOLDER

The text tower is the pocket CLIP's; the image tower has the published ModifiedResNet's form (layers 1, 1, 1, 1, width 16, 64
pixels) with random weights, and batch norms whose statistics are those of the given images, so that features differ from
image to image. CLIP_CODE is the folder `clip` of the published CoOp repository.
"""
import argparse
import glob

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from pack import MEAN, STD, published_clip


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pocket")
    parser.add_argument("out")
    parser.add_argument("--clip", required=True)
    parser.add_argument("--images", required=True)
    args = parser.parse_args()
    published_clip(args.clip)
    import clip.model as model
    kept = {key: value.float() for key, value in load_file(args.pocket).items() if not key.startswith("visual.")}
    torch.manual_seed(1)
    width = kept["text_projection"].shape[1]
    tower = model.ModifiedResNet((1, 1, 1, 1), width, 8, input_resolution=64, width=16)
    for name, module in tower.named_modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
            torch.nn.init.normal_(module.weight, 1.0, 0.1)
            torch.nn.init.normal_(module.bias, 0.0, 0.1)
    paths = sorted(glob.glob(f"{args.images}/**/*.png", recursive=True) + glob.glob(f"{args.images}/**/*.jpg", recursive=True))
    pixels = [np.asarray(Image.open(p).convert("RGB").resize((64, 64), Image.BICUBIC), np.float32) for p in paths[:64]]
    with torch.no_grad():
        tower.train()(torch.tensor(np.stack([(p.transpose(2, 0, 1) / 255 - MEAN) / STD for p in pixels])))
    made = {f"visual.{key}": value for key, value in tower.eval().state_dict().items() if not key.endswith("num_batches_tracked")}
    save_file({**kept, **{key: value.float().contiguous() for key, value in made.items()}}, args.out)


if __name__ == "__main__":
    main()
