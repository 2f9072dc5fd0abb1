#!/bin/sh
# build.sh [OUTDIR]: libfederated_torch.so over the libtorch of TORCH_ROOT, or of the system.
# build.sh OUTDIR LIBRARY SOURCE...: another library over the same libtorch (the benchmark's).
# TORCH_ROOT: a libtorch folder or an installed PyTorch's (it holds include/ and lib/).
# Does nothing when neither sources nor libtorch have changed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../../artifacts/native}
library=${2:-libfederated_torch.so}
root=${TORCH_ROOT:-}

fail() { echo "build.sh: $*" >&2; exit 3; }

command -v c++ >/dev/null || fail "no C++ compiler: apt-get install g++"
if [ -n "$root" ]; then
    include="-isystem $root/include -isystem $root/include/torch/csrc/api/include"
    lib=$root/lib
    [ -e "$lib/libtorch_cpu.so" ] || fail "TORCH_ROOT is $root, but $lib/libtorch_cpu.so does not exist"
    [ -e "$root/include/ATen/ATen.h" ] || fail "TORCH_ROOT is $root, but $root/include/ATen/ATen.h does not exist"
else
    include="-isystem /usr/include/torch/csrc/api/include"
    lib=$(dirname "$(ls /usr/lib/*/libtorch_cpu.so /usr/local/lib/libtorch_cpu.so 2>/dev/null | head -n 1)")
    [ "$lib" != . ] || fail "no libtorch: apt-get install libtorch-dev, or set TORCH_ROOT"
fi

# A libtorch from PyPI before 2.7 was built with the old std::string; its symbols say so.
abi=1
if ! grep -aq '_ZN3c105Error[A-Za-z0-9_]*__cxx11' "$lib/libc10.so"; then abi=0; fi
extra=
if [ -e "$lib/libtorch_cuda.so" ]; then extra="-Wl,--no-as-needed -ltorch_cuda -Wl,--as-needed"; fi

if [ $# -gt 2 ]; then shift 2; else set -- "$here/operators.cpp" "$here/tensors.cpp" "$here/autograd.cpp" "$here/function.cpp" "$here/context.cpp"; fi
stamp=$(cat "$@" "$here/shim.h" "$0" | sha256sum | cut -d' ' -f1)
stamp="$stamp $lib $(stat -L -c '%s %Y' "$lib/libtorch_cpu.so") $(c++ -dumpfullversion)"
mkdir -p "$out"
if [ -e "$out/$library" ] && [ "$(cat "$out/$library.stamp" 2>/dev/null)" = "$stamp" ]; then
    exit 0
fi

work=$(mktemp -d "$out/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
jobs=
for source in "$@"; do
    # shellcheck disable=SC2086
    c++ -std=c++17 -O2 -fPIC -fvisibility=hidden -Wall -Wno-unknown-pragmas "-D_GLIBCXX_USE_CXX11_ABI=$abi" $include -c "$source" -o "$work/$(basename "$source" .cpp).o" &
    jobs="$jobs $!"
done
for job in $jobs; do wait "$job" || fail "libtorch at $lib: compiling failed"; done
# shellcheck disable=SC2086
c++ -shared "$work"/*.o -o "$work/$library" "-L$lib" "-Wl,-rpath,$lib" $extra -ltorch_cpu -lc10
mv "$work/$library" "$out/$library"
printf '%s' "$stamp" > "$out/$library.stamp"
