#!/bin/bash
# SPDX-License-Identifier: MIT
# A file is one topic: none of ours has more than 400 lines.
set -euo pipefail

find . \( -name .git -o -path ./build \) -prune -o -type f \
    \( -name '*.[ch]' -o -name '*.[ch]pp' -o -name '*.sh' -o -name CMakeLists.txt \) -exec wc -l {} + |
    awk '$2 != "total" && $1 > 400 {print $2 ": " $1 " lines, split it"; bad = 1} END {exit bad}'
