/**
 * The papers that the methods come from.
 *
 * @module
 */
import type { Citation } from "./method.ts";

export const clipPaper: Citation = {
  title: "Learning Transferable Visual Models From Natural Language Supervision",
  venue: "ICML 2021",
  arxiv: "2103.00020",
};

export const coopPaper: Citation = {
  title: "Learning to Prompt for Vision-Language Models",
  venue: "IJCV 2022",
  arxiv: "2109.01134",
};

export const cocoopPaper: Citation = {
  title: "Conditional Prompt Learning for Vision-Language Models",
  venue: "CVPR 2022",
  arxiv: "2203.05557",
};

export const vptPaper: Citation = {
  title: "Visual Prompt Tuning",
  venue: "ECCV 2022",
  arxiv: "2203.12119",
};

export const ivlpPaper: Citation = {
  title: "Fine-tuned CLIP Models are Efficient Video Learners",
  venue: "CVPR 2023",
  arxiv: "2212.03640",
};

export const progradPaper: Citation = {
  title: "Prompt-aligned Gradient for Prompt Tuning",
  venue: "ICCV 2023",
  arxiv: "2205.14865",
};

export const prometarPaper: Citation = {
  title: "Prompt Learning via Meta-Regularization",
  venue: "CVPR 2024",
  arxiv: "2404.00851",
};

export const kgcoopPaper: Citation = {
  title: "Visual-Language Prompt Tuning with Knowledge-guided Context Optimization",
  venue: "CVPR 2023",
  arxiv: "2303.13283",
};

export const maplePaper: Citation = {
  title: "MaPLe: Multi-modal Prompt Learning",
  venue: "CVPR 2023",
  arxiv: "2210.03117",
};

export const promptsrcPaper: Citation = {
  title: "Self-regulating Prompts: Foundational Model Adaptation without Forgetting",
  venue: "ICCV 2023",
  arxiv: "2307.06948",
};

export const clipAdapterPaper: Citation = {
  title: "CLIP-Adapter: Better Vision-Language Models with Feature Adapters",
  venue: "IJCV 2024",
  arxiv: "2110.04544",
};

export const tipAdapterPaper: Citation = {
  title: "Tip-Adapter: Training-free Adaption of CLIP for Few-shot Classification",
  venue: "ECCV 2022",
  arxiv: "2207.09519",
};

export const taskresPaper: Citation = {
  title: "Task Residual for Tuning Vision-Language Models",
  venue: "CVPR 2023",
  arxiv: "2211.10277",
};

export const clapPaper: Citation = {
  title: "A Closer Look at the Few-Shot Adaptation of Large Vision-Language Models",
  venue: "CVPR 2024",
  arxiv: "2312.12730",
};

export const crossModalPaper: Citation = {
  title: "Multimodality Helps Unimodality: Cross-Modal Few-Shot Learning with Multimodal Models",
  venue: "CVPR 2023",
  arxiv: "2301.06267",
};

export const lpPlusPlusPaper: Citation = {
  title: "LP++: A Surprisingly Strong Linear Probe for Few-Shot CLIP",
  venue: "CVPR 2024",
  arxiv: "2404.02285",
};

export const tcpPaper: Citation = {
  title: "TCP: Textual-based Class-aware Prompt tuning for Visual-Language Model",
  venue: "CVPR 2024",
  arxiv: "2311.18231",
};

export const rpoPaper: Citation = {
  title: "Read-only Prompt Optimization for Vision-Language Few-shot Learning",
  venue: "ICCV 2023",
  arxiv: "2308.14960",
};

export const mmaPaper: Citation = {
  title: "MMA: Multi-Modal Adapter for Vision-Language Models",
  venue: "CVPR 2024",
  arxiv: "",
};

export const mmrlPaper: Citation = {
  title: "MMRL: Multi-Modal Representation Learning for Vision-Language Models",
  venue: "CVPR 2025",
  arxiv: "2503.08497",
};

export const laspPaper: Citation = {
  title:
    "LASP: Text-to-Text Optimization for Language-Aware Soft Prompting of Vision & Language Models",
  venue: "CVPR 2023",
  arxiv: "2210.01115",
};

export const clipLoraPaper: Citation = {
  title: "Low-Rank Few-Shot Adaptation of Vision-Language Models",
  venue: "CVPR 2024 Workshops",
  arxiv: "2405.18541",
};

export const prodaPaper: Citation = {
  title: "Prompt Distribution Learning",
  venue: "CVPR 2022",
  arxiv: "2205.03340",
};

export const deptPaper: Citation = {
  title: "DePT: Decoupled Prompt Tuning",
  venue: "CVPR 2024",
  arxiv: "2309.07439",
};
