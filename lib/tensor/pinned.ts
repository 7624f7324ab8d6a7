/**
 * The wheels that the native backend is made of, by the SHA-256 of their bytes: each was downloaded from PyPI with pip and
 * hashed, on 28 November 2026. The package index says where they are; that it gives these and no others is seen here.
 *
 * @module
 */

/** SHA-256 of a wheel, by its file's name. */
export const pinnedWheels: Readonly<Record<string, string>> = {
  "tensorflow-2.18.1-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl":
    "8a6485edd2148f70d011dbd1d8dc2c775e91774a5a159466e83d0d1f21580944",
  "tensorflow-2.18.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl":
    "c9f87e5d2a680a4595f5dc30daf6bbaec9d4129b46d7ef1b2af63c46ac7d2828",
  "tensorflow_cpu-2.18.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl":
    "810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298",
  "nvidia_cublas_cu12-12.5.3.2-py3-none-manylinux2014_x86_64.whl":
    "ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b",
  "nvidia_cuda_cupti_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl":
    "bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953",
  "nvidia_cuda_nvrtc_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl":
    "3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd",
  "nvidia_cuda_runtime_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl":
    "3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115",
  "nvidia_cudnn_cu12-9.3.0.75-py3-none-manylinux2014_x86_64.whl":
    "9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d",
  "nvidia_cufft_cu12-11.2.3.61-py3-none-manylinux2014_x86_64.whl":
    "9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8",
  "nvidia_curand_cu12-10.3.6.82-py3-none-manylinux2014_x86_64.whl":
    "2823fb27de4e44dbb22394a6adf53aa6e1b013aca0f8c22867d1cfae58405536",
  "nvidia_cusolver_cu12-11.6.3.83-py3-none-manylinux2014_x86_64.whl":
    "93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b",
  "nvidia_cusparse_cu12-12.5.1.3-py3-none-manylinux2014_x86_64.whl":
    "016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752",
  "nvidia_nccl_cu12-2.21.5-py3-none-manylinux2014_x86_64.whl":
    "8579076d30a8c24988834445f8d633c697d42397e92ffc3f63fa26766d25e0a0",
  "nvidia_nvjitlink_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl":
    "f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212",
};
