"""plumbline's random streams in the place of the published code's draws: start, order, crops, flips, task draws."""
import math
import random

import numpy as np
import torch


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
        if method in ("coop", "prograd") and not trainer.cfg.TRAINER.COOP.CTX_INIT:
            gauss(model.prompt_learner.ctx)
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
