#!/usr/bin/env bash
# What a GPU does with this code, in under 8 minutes and without a network: parity on WebGPU and on native CUDA, real-size
# steps of both beside plain PyTorch's, memory. Writes results.json and prints its lines.
#
#   test/gpu/check.sh [--out FILE]      on a machine with an NVIDIA GPU
#   test/gpu/check.sh --rehearse        the same on the CPU, small: Mesa's software adapter, native where it is built
#   test/gpu/check.sh --pack FOLDER     where there is a network, before: what a bare machine needs beside this checkout
#
# FOLDER then holds deno.xz, packages.tar.xz and libvulkan.so.1 (about 36 MB): lay it into the checkout as out/gpu. The
# check needs of the checkout deno.json, deno.lock, mod.ts, core.ts, lib, data and test (28 MB; `git sparse-checkout set lib
# data test` leaves the rest out), so that a carrier of 64 MiB takes both. For native CUDA, whose libraries are 3.8 GB, carry
# the folder that `deno task native --gpu` leaves in ~/.cache/plumbline to the same place there; without it WebGPU alone is
# checked. A container must be let at the driver's graphics part, which Vulkan is
# (NVIDIA_DRIVER_CAPABILITIES=compute,utility,graphics): else "webgpu finds no adapter". PyTorch is measured where python3 can
# import it. Exit status 0: some backend computed on the GPU, and every record it replayed was within tolerance; what could
# not be done is a line of its own in results.json.
set -euo pipefail
cd "$(dirname "$0")/../.."
packed=out/gpu

if [ "${1:-}" = --pack ]; then
  to=${2:?check.sh --pack FOLDER}
  mkdir -p "$to"
  deno install -q
  deno eval 'console.log(Deno.execPath())' | xargs xz -T0 -6 -c >"$to/deno.xz"
  # Every package's description, for Deno looks whether it is there; the files of those that compute, and of all small ones.
  {
    find node_modules ! -type d \( -type l -o -name package.json -o -name .initialized -o -path 'node_modules/.deno/.*' \)
    for package in node_modules/.deno/*/; do
      case $package in
        *@tensorflow+tfjs-core@* | *@tensorflow+tfjs-backend-*) ;;
        *) [ "$(du -sk "$package" | cut -f1)" -lt 1000 ] || continue ;;
      esac
      find "$package" -type f ! -name '*.map' ! -name '*.d.*ts' ! -path '*fesm*' ! -path '*es2017*' ! -name '*.min.js'
    done
  } | sort -u | tar -c -T - | xz -T0 -6 -c >"$to/packages.tar.xz"
  loader=$(ldconfig -p | sed -n 's/.*libvulkan\.so\.1 .*x86-64.*=> //p' | head -1)
  [ -z "$loader" ] || cp -L "$loader" "$to/libvulkan.so.1"
  du -ch "$to"/*
  exit 0
fi

unpacked() { # xz is not everywhere, Python is nearly
  if command -v xz >/dev/null; then xz -dc "$1"; else
    python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer)' "$1"
  fi
}
if ! command -v deno >/dev/null; then
  [ -f $packed/deno.xz ] || { echo "check.sh: there is no deno here; see --pack in $0" >&2; exit 2; }
  [ -x $packed/deno ] || { unpacked $packed/deno.xz >$packed/deno && chmod +x $packed/deno; }
  PATH="$PWD/$packed:$PATH"
fi
[ -d node_modules ] || [ ! -f $packed/packages.tar.xz ] || unpacked $packed/packages.tar.xz | tar -x

# The system's own loader of Vulkan goes first; the packed one is for where there is none.
if [ -f $packed/libvulkan.so.1 ] && ! ldconfig -p 2>/dev/null | grep -q libvulkan.so.1; then
  export LD_LIBRARY_PATH="$PWD/$packed${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
fi
# Where only NVIDIA's own folder has the Vulkan driver's description.
for icd in /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json /etc/vulkan/icd.d/nvidia_icd.json; do
  if [ -z "${VK_DRIVER_FILES:-}" ] && [ -f $icd ]; then export VK_DRIVER_FILES=$icd; fi
done
export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/tmp}"
exec deno run -q -A --cached-only --no-prompt test/gpu/check.ts "$@"
