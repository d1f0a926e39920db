#!/bin/bash
# SPDX-License-Identifier: MIT
# The first line of every source file (the second of a script) is the SPDX line of its licence.
set -euo pipefail

tag='SPDX-License-Identifier'
status=0
while read -r file; do
    licence=MIT
    if [[ $file == ./bpf/*.[ch] || $file == ./include/otherend/record.h ]]; then
        licence='GPL-2.0-only OR BSD-2-Clause'
    fi
    # scdoc wants its title first
    line=$(head -n 2 "$file" | sed -E '1{/^#!|\([1-9]\)$/d}' | head -n 1)
    if [[ ! $line =~ ^('//'|'#'|';'|'/*')" $tag: $licence"(' */')?$ ]]; then
        echo "$file:1: expected $tag: $licence"
        status=1
    fi
done < <(find . \( -name .git -o -path ./build \) -prune -o -type f \( -name '*.[ch]' -o -name '*.[ch]pp' \
    -o -name '*.sh' -o -name '*.cmake' -o -name CMakeLists.txt -o -name '*.scd' -o -name '.clang-*' \
    -o -path './scripts/*' -o -path './.ci/*' \) -print | sort)
exit $status
