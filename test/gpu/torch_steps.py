"""Steps of the benchmarks' sizes in plain PyTorch, on a GPU where there is one: all 77 tokens of every prompt, attention by
nn.MultiheadAttention, frozen towers, as the published code has it; float32 and, on a GPU, float16 by autocast. Weights are
random: only time and memory are measured. Prints a line of JSON. `--small`: sizes that a CPU does at once.
"""
import json
import sys
import time

import torch
from torch import nn

SMALL = "--small" in sys.argv
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.attention = nn.MultiheadAttention(width, heads)
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, mask=None):
        y = self.first(x)
        x = x + self.attention(y, y, y, need_weights=False, attn_mask=mask)[0]
        y = self.wide(self.second(x))
        return x + self.narrow(y * torch.sigmoid(1.702 * y))


class Tower(nn.Module):
    """Blocks over [tokens, batch, width]; deep prompts replace the last tokens at the first layers."""

    def __init__(self, width, heads, layers, out):
        super().__init__()
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm, self.out = nn.LayerNorm(width), nn.Linear(width, out, bias=False)

    def forward(self, x, read, mask=None, deep=(), at=None):
        for i, block in enumerate(self.blocks):
            if 0 < i < len(deep):
                prompt = deep[i].unsqueeze(1).expand(-1, x.shape[1], -1)
                x = torch.cat([x[:at], prompt.to(x.dtype), x[at + len(prompt):]])
            x = block(x, mask)
        return self.out(self.norm(x[read]))


def unit(x):
    return x / x.norm(dim=-1, keepdim=True)


def text_inputs(context, classes, width, tokens):
    """Prompts whose context is learned: [tokens, classes, width]."""
    own = torch.randn(tokens, classes, width, device=DEVICE) / 50
    learned = context.unsqueeze(1).expand(-1, classes, -1)
    return torch.cat([own[:1], learned, own[1 + len(context):]])


def coop(sizes):
    """CoOp's text side, forward and backward; image features are given."""
    width, heads, layers, tokens, classes, batch, out = sizes
    text = Tower(width, heads, layers, out).to(DEVICE).requires_grad_(False)
    context = nn.Parameter(torch.randn(16, width, device=DEVICE) / 50)
    mask = torch.full((tokens, tokens), float("-inf"), device=DEVICE).triu(1)
    images = unit(torch.randn(batch, out, device=DEVICE))
    labels = torch.arange(batch, device=DEVICE) % classes
    optimiser = torch.optim.SGD([context], lr=0.002, momentum=0.9, weight_decay=5e-4)

    def step():
        features = unit(text(text_inputs(context, classes, width, tokens), -1, mask))
        return nn.functional.cross_entropy(100 * images.to(features.dtype) @ features.t(), labels)

    return step, optimiser


def ivlp(sizes):
    """IVLP: deep prompts of four tokens in both towers, images encoded with gradients."""
    width, heads, layers, tokens, classes, batch, out = sizes
    vision_width, vision_heads, patches = (96, 2, 16) if SMALL else (768, 12, 196)
    text = Tower(width, heads, layers, out).to(DEVICE).requires_grad_(False)
    vision = Tower(vision_width, vision_heads, layers, out).to(DEVICE).requires_grad_(False)
    depth = min(9, layers)
    prompts = [nn.Parameter(torch.randn(4, w, device=DEVICE) / 50)
               for w in [width] * depth + [vision_width] * depth]
    mask = torch.full((tokens, tokens), float("-inf"), device=DEVICE).triu(1)
    pixels = torch.randn(1 + patches, batch, vision_width, device=DEVICE)
    labels = torch.arange(batch, device=DEVICE) % classes
    optimiser = torch.optim.SGD(prompts, lr=0.002, momentum=0.9, weight_decay=5e-4)

    def step():
        of_text, of_images = prompts[:depth], prompts[depth:]
        texts = unit(text(text_inputs(of_text[0], classes, width, tokens), -1, mask, of_text, 1))
        seen = torch.cat([pixels, of_images[0].unsqueeze(1).expand(-1, batch, -1)])
        images = unit(vision(seen, 0, None, of_images, 1 + patches))
        return nn.functional.cross_entropy(100 * images @ texts.t(), labels)

    return step, optimiser


def measure(case, sizes, half):
    step, optimiser = case(sizes)
    if hasattr(torch.amp, "GradScaler"):
        scaler = torch.amp.GradScaler("cuda", enabled=half)
    else:  # before PyTorch 2.3
        scaler = torch.cuda.amp.GradScaler(enabled=half)

    def take():
        optimiser.zero_grad()
        with torch.autocast(DEVICE, dtype=torch.float16, enabled=half):
            loss = step()
        scaler.scale(loss.float()).backward()
        scaler.step(optimiser)
        scaler.update()
        return loss.item()

    for _ in range(2):
        take()
    times = []
    for _ in range(3 if SMALL else 10):
        begun = time.perf_counter()
        take()
        times.append(time.perf_counter() - begun)
    return sorted(times)[len(times) // 2]


def main():
    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    real = {"text of coop/RN50/32x100": (coop, (512, 8, 12, 77, 100, 32, 1024)),
            "ivlp/ViT-B-16/4x51 from patch embeddings": (ivlp, (512, 8, 12, 77, 51, 4, 512))}
    small = {"text of coop, small": (coop, (64, 2, 2, 20, 5, 4, 32)),
             "ivlp, small": (ivlp, (64, 2, 2, 20, 5, 4, 32))}
    steps = {}
    for name, (case, sizes) in (small if SMALL else real).items():
        if DEVICE == "cuda":
            torch.cuda.reset_peak_memory_stats()
        steps[name] = {"float32": measure(case, sizes, False)}
        if DEVICE == "cuda":
            steps[name]["float16"] = measure(case, sizes, True)
            steps[name]["peakBytes"] = torch.cuda.max_memory_allocated()
    device = torch.cuda.get_device_name() if DEVICE == "cuda" else "CPU"
    print(json.dumps({"version": torch.__version__, "device": device, "steps": steps}))


main()
