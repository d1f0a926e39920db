#!/bin/bash
# SPDX-License-Identifier: MIT
# install.sh BUILD CONSUMER: what is installed from the build tree BUILD serves a program outside of it, found by
# CMake and by pkg-config, and the installed otherend runs.
set -euo pipefail

build=$1 consumer=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

DESTDIR='' cmake --install "$build" --prefix "$prefix"
"$prefix/bin/otherend" --version

[[ -e $build/otherend.8 ]] && [[ -s $prefix/share/man/man8/otherend.8 ]]

# A sanitized library needs a sanitized program.
flags=$(sed -n 's/^OTHEREND_SANITIZE:BOOL=ON$/-fsanitize=address,undefined/p' "$build/CMakeCache.txt")
cmake -S "$consumer" -B "$work/cmake" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_FLAGS="$flags"
cmake --build "$work/cmake"
"$work/cmake/consumer"

export PKG_CONFIG_PATH
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name otherend.pc)")
# shellcheck disable=SC2046,SC2086 # one word per flag
c++ -std=c++23 $flags "$consumer/main.cpp" -o "$work/consumer" \
    $(pkg-config --define-variable=prefix="$prefix" --cflags --libs otherend)
LD_LIBRARY_PATH=$(pkg-config --define-variable=prefix="$prefix" --variable=libdir otherend) "$work/consumer"
