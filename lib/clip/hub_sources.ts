/**
 * Where each published CLIP's weights are on the Hugging Face Hub. None could be fetched from where this was written: repositories are
 * those that open_clip_torch 3.3.0 names for its `openai` weights, revisions and checksums those that public projects recorded when
 * they fetched them. Where nothing is recorded, the newest revision is taken and held to the checksum that the Hub states.
 */

import type { PublishedName } from "./published.ts";

/** Weights on the Hub. */
export interface HubSource {
  repo: string;
  /** The commit; the newest where absent. */
  revision?: string;
  sha256?: string;
  /** Where the revision and the checksum were found. */
  found: string;
}

const unrecorded = "open_clip_torch 3.3.0 names the repository (2026-11-21)";
const recorded = (by: string) => `${unrecorded}; revision and checksum recorded by ${by}`;

/** The sources by name. */
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
