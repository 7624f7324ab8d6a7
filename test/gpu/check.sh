#!/usr/bin/env bash
# What a GPU does with this code, in under 8 minutes and without a network: parity on WebGPU and on native CUDA, real-size
# steps of both beside plain PyTorch's, memory. Writes results.json and prints its lines.
#
#   test/gpu/check.sh [--out FILE]      on a machine with an NVIDIA GPU
#   test/gpu/check.sh --rehearse        the same on the CPU, small: Mesa's software adapter, native where it is built
#   test/gpu/check.sh --pack FOLDER     where there is a network, before: what a bare machine needs beside this checkout
#
# FOLDER then holds deno.gz and packages.tar.gz (about 65 MB): lay it into the checkout as out/gpu. For native CUDA, whose
# libraries are 3.8 GB, carry the folder that `deno task native --gpu` leaves in ~/.cache/plumbline to the same place
# there; without it WebGPU alone is checked. A machine without libvulkan.so.1 needs that too (Debian: libvulkan1); a container
# must be let at the driver's graphics part, which Vulkan is (NVIDIA_DRIVER_CAPABILITIES=compute,utility,graphics): else
# "webgpu finds no adapter". PyTorch is measured where python3 can import it. Exit status 0: some backend computed on the GPU,
# and every record it replayed was within tolerance; what could not be done is a line of its own in results.json.
set -euo pipefail
cd "$(dirname "$0")/../.."
packed=out/gpu

if [ "${1:-}" = --pack ]; then
  to=${2:?check.sh --pack FOLDER}
  mkdir -p "$to"
  deno install -q
  deno eval 'console.log(Deno.execPath())' | xargs gzip -6c >"$to/deno.gz"
  # Not what only browsers, type checkers, bundlers and other C libraries read.
  tar -czf "$to/packages.tar.gz" --exclude='*.map' --exclude='*.d.ts' --exclude='*fesm*' --exclude='*es2017*' \
    --exclude='*.min.js' --exclude='*linuxmusl*/lib' --exclude='*esbuild*/bin' node_modules
  du -ch "$to"/*
  exit 0
fi

if ! command -v deno >/dev/null; then
  [ -f $packed/deno.gz ] || { echo "check.sh: there is no deno here; see --pack in $0" >&2; exit 2; }
  [ -x $packed/deno ] || { gunzip -c $packed/deno.gz >$packed/deno && chmod +x $packed/deno; }
  PATH="$PWD/$packed:$PATH"
fi
[ -d node_modules ] || [ ! -f $packed/packages.tar.gz ] || tar -xzf $packed/packages.tar.gz

# Where only NVIDIA's own folder has the Vulkan driver's description.
for icd in /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json /etc/vulkan/icd.d/nvidia_icd.json; do
  if [ -z "${VK_DRIVER_FILES:-}" ] && [ -f $icd ]; then export VK_DRIVER_FILES=$icd; fi
done
export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/tmp}"
exec deno run -q -A --cached-only --no-prompt test/gpu/check.ts "$@"
