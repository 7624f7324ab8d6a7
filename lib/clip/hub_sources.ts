/**
 * Where published CLIPs' weights are on the Hugging Face Hub. None could be fetched from where this was written: repositories are
 * those that open_clip_torch 3.3.0 names, or transformers' documentation; revisions, sizes and checksums those that public projects
 * recorded when they fetched them. Where no revision is recorded, the newest is taken; where no checksum is, the one that the Hub
 * states is.
 */

import type { PublishedName } from "./published.ts";

/** Weights on the Hub. */
export interface HubSource {
  repo: string;
  /** The file; `open_clip_model.safetensors` where absent. */
  file?: string | undefined;
  /** Files that belong beside it, which say how it is computed. */
  beside?: readonly string[];
  /** The commit; the newest where absent. */
  revision?: string;
  sha256?: string;
  /** The file's bytes, where they were recorded. */
  bytes?: number;
  /** The licence of the weights, as their page says; OpenAI's repository is under MIT, its weights' pages say no more. */
  licence?: string;
  /** Where the revision and the checksum were found. */
  found: string;
}

const unrecorded = "open_clip_torch 3.3.0 names the repository (2026-11-21)";
const recorded = (by: string) => `${unrecorded}; revision and checksum recorded by ${by}`;

/** The sources of OpenAI's by name. */
export const hubSources: Record<PublishedName, HubSource> = {
  "RN50": {
    repo: "timm/resnet50_clip.openai",
    revision: "ec3d92cf63a5f9d591f0d611b736895966c73076",
    sha256: "da0baa37fb2211eee5729ab69ed587eb10d48f5b7076ceeed01552fc3d4cb4ee",
    found: recorded("three independent projects"),
  },
  "RN101": { repo: "timm/resnet101_clip.openai", found: unrecorded },
  "RN50x4": {
    repo: "timm/resnet50x4_clip.openai",
    sha256: "fcd5a494550d0951f314a9d74225887e727ddc20c28c78962b58464705bfb465",
    found: `${unrecorded}; checksum from a stored copy of the file's page on the Hub`,
  },
  "RN50x16": { repo: "timm/resnet50x16_clip.openai", found: unrecorded },
  "RN50x64": { repo: "timm/resnet50x64_clip.openai", found: unrecorded },
  "ViT-B/32": {
    repo: "timm/vit_base_patch32_clip_224.openai",
    revision: "a6f597a30f7b82c51704746581f9a4e41421e878",
    sha256: "e6d1bd7789aa45192b3bf90570a789b478bae1b74ebcce7eddd908e83a2b7c31",
    found: recorded("more than three independent projects"),
  },
  "ViT-B/16": {
    repo: "timm/vit_base_patch16_clip_224.openai",
    revision: "977e3dd0ec55ab8da155f2fbeb6b5f54948b6e3d",
    sha256: "4b8699299b1e8997753c64b052ba32031449d5d853f55a039148560ee02b820f",
    found: recorded("three independent projects"),
  },
  "ViT-L/14": {
    repo: "timm/vit_large_patch14_clip_224.openai",
    revision: "18d0535469bb561bf468d76c1d73aa35156c922b",
    sha256: "9ce2e8a8ebfff3793d7d375ad6d3c35cb9aebf3de7ace0fc7308accab7cd207e",
    found: recorded("one project, its revision by a second"),
  },
  "ViT-L/14@336px": { repo: "timm/vit_large_patch14_clip_336.openai", found: unrecorded },
};

const openClip = { beside: ["open_clip_config.json"] };
const siglip = {
  file: "model.safetensors",
  beside: [
    ...["config.json", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json"],
  ],
};

/** The sources of others' by name: who trained it, or on what, and the architecture. */
export const otherSources: Readonly<Record<string, HubSource>> = {
  "laion2b/ViT-B/32": {
    repo: "laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
    ...openClip,
    revision: "1a25a446712ba5ee05982a381eed697ef9b435cf",
    sha256: "ac4f8c4b88af6d963118cbf40ad93176d092abbedfcb752601ae1866352656e6",
    bytes: 605_143_316,
    licence: "MIT",
    found: recorded("more than three independent projects"),
  },
  "laion2b/ViT-B/16": {
    repo: "laion/CLIP-ViT-B-16-laion2B-s34B-b88K",
    ...openClip,
    revision: "7288da5a0d6f0b51c4a2b27c624837a9236d0112",
    found: `${unrecorded}; revision recorded by one project`,
  },
  "laion2b/ViT-L/14": {
    repo: "laion/CLIP-ViT-L-14-laion2B-s32B-b82K",
    ...openClip,
    licence: "MIT",
    found: unrecorded,
  },
  "laion2b/ViT-H/14": {
    repo: "laion/CLIP-ViT-H-14-laion2B-s32B-b79K",
    ...openClip,
    revision: "1c2b8495b28150b8a4922ee1c8edee224c284c0c",
    sha256: "0084e75319a50ad85ef45377bad5bc38f2f58824459eb690048d51c9f8863be5",
    bytes: 3_944_517_836,
    licence: "MIT",
    found: recorded("one project, its revision by more than three"),
  },
  "laion2b/ViT-g/14": {
    repo: "laion/CLIP-ViT-g-14-laion2B-s12B-b42K",
    file: "open_clip_pytorch_model.bin",
    ...openClip,
    revision: "4b0305adc6802b2632e11cbe6606a9bdd43d35c9",
    sha256: "6aac683f899159946bc4ca15228bb7016f3cbb1a2c51f365cba0b23923f344da",
    bytes: 5_467_006_745,
    licence: "MIT",
    found: recorded("one project, its revision by more than three"),
  },
  "laion2b/ViT-bigG/14": {
    repo: "laion/CLIP-ViT-bigG-14-laion2B-39B-b160k",
    file: "open_clip_pytorch_model.bin",
    ...openClip,
    revision: "743c27bd53dfe508a0ade0f50698f99b39d03bec",
    licence: "MIT",
    found: `${unrecorded}; revision recorded by more than three independent projects`,
  },
  "datacomp/ViT-B/32": {
    repo: "laion/CLIP-ViT-B-32-DataComp.XL-s13B-b90K",
    file: "open_clip_pytorch_model.bin",
    ...openClip,
    revision: "f0e2ffa09cbadab3db6a261ec1ec56407ce42912",
    found: `${unrecorded}; revision recorded by a benchmark of embeddings`,
  },
  "datacomp/ViT-B/16": {
    repo: "laion/CLIP-ViT-B-16-DataComp.XL-s13B-b90K",
    file: "open_clip_pytorch_model.bin",
    ...openClip,
    revision: "d110532e8d4ff91c574ee60a342323f28468b287",
    licence: "MIT",
    found: `${unrecorded}; revision and licence recorded by a benchmark of embeddings`,
  },
  "datacomp/ViT-L/14": {
    repo: "laion/CLIP-ViT-L-14-DataComp.XL-s13B-b90K",
    file: "open_clip_pytorch_model.bin",
    ...openClip,
    revision: "84c9828e63dc9a9351d1fe637c346d4c1c4db341",
    found: `${unrecorded}; revision recorded by one project`,
  },
  "metaclip/ViT-B/32": {
    repo: "timm/vit_base_patch32_clip_224.metaclip_400m",
    ...openClip,
    licence: "CC-BY-NC-4.0",
    found: `${unrecorded}; licence as timm lists it`,
  },
  "metaclip/ViT-B/16": {
    repo: "timm/vit_base_patch16_clip_224.metaclip_400m",
    ...openClip,
    revision: "aca0d831da24a3c26af5051af0c8ea43491a318c",
    licence: "CC-BY-NC-4.0",
    found: `${unrecorded}; revision and licence from a stored copy of its page on the Hub`,
  },
  "metaclip/ViT-L/14": {
    repo: "timm/vit_large_patch14_clip_224.metaclip_400m",
    ...openClip,
    licence: "CC-BY-NC-4.0",
    found: `${unrecorded}; licence as timm lists it`,
  },
  "eva01/ViT-g/14": {
    repo: "timm/eva_giant_patch14_clip_224.laion400m_s11b_b41k",
    ...openClip,
    revision: "69f80f17fcfd9dc572983c4225fc2f5bf4bf58b3",
    licence: "MIT",
    found: `${unrecorded}; revision and licence from a stored copy of its page on the Hub`,
  },
  "siglip/ViT-B/16": {
    repo: "google/siglip-base-patch16-224",
    ...siglip,
    revision: "7fd15f0689c79d79e38b1c2e2e2370a7bf2761ed",
    licence: "Apache-2.0",
    found:
      "transformers' documentation names the repository; revision and licence recorded by more than three independent projects",
  },
  "siglip2/ViT-B/16": {
    repo: "google/siglip2-base-patch16-224",
    ...siglip,
    revision: "75de2d55ec2d0b4efc50b3e9ad70dba96a7b2fa2",
    sha256: "612923381c76ec5a9bed335d1c48827e3f2e506ac31b044b63b2031fadee6a0b",
    bytes: 1_500_800_904,
    licence: "Apache-2.0",
    found:
      "transformers' documentation names the repository; revision, checksum and licence recorded by more than three independent projects",
  },
};

/** Every name that weights can be fetched by. */
export const hubNames: readonly string[] = [
  ...Object.keys(hubSources),
  ...Object.keys(otherSources),
];

/** The source of a name, if it is one. */
export function sourceOf(name: string): HubSource | undefined {
  if (Object.hasOwn(hubSources, name)) return hubSources[name as PublishedName];
  return Object.hasOwn(otherSources, name) ? otherSources[name] : undefined;
}
