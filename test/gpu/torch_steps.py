"""The benchmarks' steps in plain PyTorch, on a GPU where there is one: images through their tower at every step, all 77 tokens
of every prompt, attention by nn.MultiheadAttention, frozen towers, as the published code has it; float32 and, on a GPU,
float16 by autocast. Weights are random: only time and memory are measured. Prints a line of JSON. `--small`: sizes that a
CPU does at once.
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


class Bottleneck(nn.Module):
    """CLIP's: a stride is an average pool before the last convolution, and before the shortcut's."""

    def __init__(self, channels, planes, stride):
        super().__init__()
        pool = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()
        self.path = nn.Sequential(
            nn.Conv2d(channels, planes, 1, bias=False), nn.BatchNorm2d(planes), nn.ReLU(),
            nn.Conv2d(planes, planes, 3, padding=1, bias=False), nn.BatchNorm2d(planes), nn.ReLU(),
            pool, nn.Conv2d(planes, 4 * planes, 1, bias=False), nn.BatchNorm2d(4 * planes))
        self.short = nn.Identity() if stride == 1 and channels == 4 * planes else nn.Sequential(
            pool, nn.Conv2d(channels, 4 * planes, 1, bias=False), nn.BatchNorm2d(4 * planes))

    def forward(self, x):
        return torch.relu(self.path(x) + self.short(x))


class ResNet(nn.Module):
    """CLIP's: a stem of three convolutions, and attention of the mean to all places in the end (with one projection more)."""

    def __init__(self, width, layers, size, heads, out):
        super().__init__()
        stem, channels = [], 3
        for planes, stride in ((width // 2, 2), (width // 2, 1), (width, 1)):
            stem += [nn.Conv2d(channels, planes, 3, stride, 1, bias=False), nn.BatchNorm2d(planes), nn.ReLU()]
            channels = planes
        blocks = []
        for i, count in enumerate(layers):
            for j in range(count):
                blocks.append(Bottleneck(channels, width << i, 2 if i > 0 and j == 0 else 1))
                channels = 4 * (width << i)
        self.body = nn.Sequential(*stem, nn.AvgPool2d(2), *blocks)
        self.places = nn.Parameter(torch.randn((size // 32) ** 2 + 1, 1, channels) / channels ** 0.5)
        self.attention, self.out = nn.MultiheadAttention(channels, heads), nn.Linear(channels, out)

    def forward(self, pixels):
        x = self.body(pixels).flatten(2).permute(2, 0, 1)
        x = torch.cat([x.mean(0, keepdim=True), x]) + self.places
        return self.out(self.attention(x[:1], x, x, need_weights=False)[0][0])


def contexts(sizes):
    """What CoOp and ProGrad have: a learned context, frozen towers, images and their labels."""
    width, heads, layers, tokens, classes, batch, out = sizes
    text = Tower(width, heads, layers, out).to(DEVICE).requires_grad_(False)
    resnet = (16, (1, 1, 1, 1), 64, 2) if SMALL else (64, (3, 4, 6, 3), 224, 32)
    vision = ResNet(*resnet, out).to(DEVICE).requires_grad_(False).eval()
    context = nn.Parameter(torch.randn(16, width, device=DEVICE) / 50)
    mask = torch.full((tokens, tokens), float("-inf"), device=DEVICE).triu(1)
    pixels = torch.randn(batch, 3, resnet[2], resnet[2], device=DEVICE)
    labels = torch.arange(batch, device=DEVICE) % classes
    optimiser = torch.optim.SGD([context], lr=0.002, momentum=0.9, weight_decay=5e-4)

    def logits():
        texts = unit(text(text_inputs(context, classes, width, tokens), -1, mask))
        with torch.no_grad():
            images = unit(vision(pixels))
        return 100 * images.to(texts.dtype) @ texts.t(), images

    return logits, context, labels, optimiser, classes, out


def coop(sizes):
    """CoOp: the cross-entropy's gradient."""
    logits, context, labels, optimiser, *_ = contexts(sizes)
    return lambda: [nn.functional.cross_entropy(logits()[0], labels)], optimiser, [context]


def prograd(sizes):
    """ProGrad: the gradients of the cross-entropy and of the divergence from zero-shot CLIP, whose text features are known."""
    logits, context, labels, optimiser, classes, out = contexts(sizes)
    zero_shot = unit(torch.randn(classes, out, device=DEVICE))

    def step():
        ours, images = logits()
        known = (100 * images @ zero_shot.to(images.dtype).t()).float().softmax(-1)
        general = nn.functional.kl_div(ours.float().log_softmax(-1), known, reduction="batchmean")
        return [nn.functional.cross_entropy(ours, labels), general]

    return step, optimiser, [context]


def ivlp(sizes):
    """IVLP: deep prompts of four tokens in both towers, images encoded with gradients."""
    width, heads, layers, tokens, classes, batch, out = sizes
    vision_width, vision_heads, side, patch = (96, 2, 64, 16) if SMALL else (768, 12, 224, 16)
    text = Tower(width, heads, layers, out).to(DEVICE).requires_grad_(False)
    vision = Tower(vision_width, vision_heads, layers, out).to(DEVICE).requires_grad_(False)
    embed = nn.Conv2d(3, vision_width, patch, patch, bias=False).to(DEVICE).requires_grad_(False)
    patches = (side // patch) ** 2
    places = torch.randn(1 + patches, 1, vision_width, device=DEVICE) / 50
    depth = min(9, layers)
    prompts = [nn.Parameter(torch.randn(4, w, device=DEVICE) / 50)
               for w in [width] * depth + [vision_width] * depth]
    mask = torch.full((tokens, tokens), float("-inf"), device=DEVICE).triu(1)
    pixels = torch.randn(batch, 3, side, side, device=DEVICE)
    labels = torch.arange(batch, device=DEVICE) % classes
    optimiser = torch.optim.SGD(prompts, lr=0.002, momentum=0.9, weight_decay=5e-4)

    def step():
        of_text, of_images = prompts[:depth], prompts[depth:]
        texts = unit(text(text_inputs(of_text[0], classes, width, tokens), -1, mask, of_text, 1))
        rows = embed(pixels).flatten(2).permute(2, 0, 1)
        rows = torch.cat([torch.zeros_like(rows[:1]), rows]) + places
        seen = torch.cat([rows, of_images[0].unsqueeze(1).expand(-1, batch, -1)])
        images = unit(vision(seen, 0, None, of_images, 1 + patches))
        return [nn.functional.cross_entropy(100 * images @ texts.t(), labels)]

    return step, optimiser, prompts


def measure(case, sizes, half):
    step, optimiser, params = case(sizes)
    if hasattr(torch.amp, "GradScaler"):
        scaler = torch.amp.GradScaler("cuda", enabled=half)
    else:  # before PyTorch 2.3
        scaler = torch.cuda.amp.GradScaler(enabled=half)

    def take():
        optimiser.zero_grad()
        with torch.autocast(DEVICE, dtype=torch.float16, enabled=half):
            loss, *general = [loss.float() for loss in step()]
        scaler.scale(loss).backward(retain_graph=bool(general))
        if general:  # what opposes the general gradient is taken away
            own = [p.grad.clone() for p in params]
            optimiser.zero_grad()
            scaler.scale(general[0]).backward()
            for p, g in zip(params, own):
                towards = p.grad / p.grad.norm()
                p.grad = g - towards * (g * towards).sum().clamp(max=0)
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
    real = {"coop/RN50/32x100": (coop, (512, 8, 12, 77, 100, 32, 1024)),
            "prograd/RN50/32x100": (prograd, (512, 8, 12, 77, 100, 32, 1024)),
            "ivlp/ViT-B-16/4x51": (ivlp, (512, 8, 12, 77, 51, 4, 512))}
    small = {f"{case.__name__}, small": (case, (64, 2, 2, 20, 5, 4, 32))
             for case in (coop, prograd, ivlp)}
    steps = {}
    for name, (case, sizes) in (small if SMALL else real).items():
        steps[name] = {}
        for half in (False, True) if DEVICE == "cuda" else (False,):
            precision = "float16" if half else "float32"
            if DEVICE == "cuda":
                torch.cuda.empty_cache()
                torch.cuda.reset_peak_memory_stats()
            steps[name][precision] = measure(case, sizes, half)
            if DEVICE == "cuda":
                steps[name][f"{precision}PeakBytes"] = torch.cuda.max_memory_allocated()
    device = torch.cuda.get_device_name() if DEVICE == "cuda" else "CPU"
    print(json.dumps({"version": torch.__version__, "device": device, "steps": steps}))


main()
