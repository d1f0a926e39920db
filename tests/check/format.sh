#!/bin/bash
# SPDX-License-Identifier: MIT
# Sources are as clang-format-19 writes them; `format.sh --fix` makes them so.
set -euo pipefail
cd "$(dirname "$0")/../.."

mode=(--dry-run --Werror)
[[ ${1-} != --fix ]] || mode=(-i)
find . \( -name .git -o -path ./build \) -prune -o -type f \( -name '*.[ch]' -o -name '*.[ch]pp' \) \
    ! -name record.h -print0 | xargs --null clang-format-19 "${mode[@]}"
clang-format-19 -style=file:bpf/.clang-format "${mode[@]}" include/otherend/record.h
